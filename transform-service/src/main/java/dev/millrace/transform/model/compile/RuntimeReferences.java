package dev.millrace.transform.model.compile;

import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.model.context.References;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.Relation;
import dev.millrace.transform.model.manifest.ResourceType;

import java.util.Map;
import java.util.function.Consumer;

/**
 * Answers references while a node runs.
 *
 * @param empty whether what is referred to gives no rows
 * @param ephemerals takes the ephemeral models that are referred to
 */
record RuntimeReferences(
        Node node,
        Manifest manifest,
        boolean empty,
        Substitutes substitutes,
        Consumer<Node> ephemerals)
        implements References {

    @Override
    public Relation ref(Node.Ref ref) {
        Node other =
                manifest.find(ref, node.packageName())
                        .orElseThrow(
                                () -> new JinjaException("there is no model '" + ref.name() + "'"));
        if (node.type() != ResourceType.OPERATION && !node.parents().contains(other.id())) {
            // It was not asked for when the project was read, so nothing makes sure of the order.
            throw new JinjaException(
                    "'"
                            + ref.name()
                            + "' is referred to only while it runs; add a comment with --"
                            + " depends_on: {{ ref('"
                            + ref.name()
                            + "') }} outside of 'if execute'");
        }
        return substitutes.of(other.id()).orElseGet(() -> relation(other));
    }

    private Relation relation(Node other) {
        if (other.isEphemeral()) {
            ephemerals.accept(other);
            return Relation.cte(other)
                    .limitedTo(empty ? 0 : null)
                    .during(substitutes.windowOf(other).orElse(null));
        }
        return other.relation().limitedTo(empty ? 0 : null);
    }

    @Override
    public Relation source(String source, String table) {
        return manifest.source(source, table, node.packageName())
                .map(
                        found ->
                                substitutes
                                        .of(found.id())
                                        .orElseGet(
                                                () -> found.relation().limitedTo(empty ? 0 : null)))
                .orElseThrow(
                        () ->
                                new JinjaException(
                                        "there is no source table '" + source + "." + table + "'"));
    }

    @Override
    public void configure(Map<String, Object> settings) {
        // Settings were taken when the project was read.
    }
}
