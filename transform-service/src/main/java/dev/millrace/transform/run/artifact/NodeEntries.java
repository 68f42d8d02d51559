package dev.millrace.transform.run.artifact;

import dev.millrace.contracts.Sha256;
import dev.millrace.transform.jinja.Json;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.context.NodeDescriptions;
import dev.millrace.transform.model.manifest.DbtPackage;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.NodeProperties;
import dev.millrace.transform.model.manifest.ResourceType;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Nodes as {@code manifest.json} has them. */
final class NodeEntries {

    private final ManifestContents contents;
    private final MacroCalls calls;

    NodeEntries(ManifestContents contents, MacroCalls calls) {
        this.contents = contents;
        this.calls = calls;
    }

    Map<String, @Nullable Object> of(Node node) {
        // What templates see of a node is the same by the same keys.
        Entry entry = new Entry(NodeDescriptions.of(node));
        entry.take("database", "schema", "name", "resource_type", "package_name", "path");
        entry.take("original_file_path", "unique_id", "fqn", "alias", "checksum");
        entry.put("config", ConfigEntries.of(node.type(), node.settings()));
        entry.take("tags");
        entry.put("description", contents.described(node.properties().description(), node));
        entry.put(
                "columns",
                ColumnEntries.of(node.columns(), text -> contents.described(text, node)));
        entry.take("meta", "group");
        entry.put("docs", ConfigEntries.docs(node.settings().map("docs")));
        entry.take("patch_path");
        entry.put("build_path", contents.builtPath(node));
        entry.put("unrendered_config", ConfigEntries.given(node.type(), node.settings()));
        entry.put("created_at", contents.createdAt());
        entry.take("relation_name", "raw_code");
        if (node.type() == ResourceType.SEED) {
            seed(entry, node);
        } else {
            code(entry, node);
        }
        switch (node.type()) {
            case MODEL -> model(entry, node.properties());
            case TEST -> test(entry, node);
            case OPERATION -> entry.put("index", index(node));
            default -> {}
        }
        return entry.values();
    }

    private void seed(Entry entry, Node node) {
        DbtPackage own = contents.workspace().packages().get(node.packageName());
        entry.put("root_path", own == null ? null : contents.root(own));
        entry.put("depends_on", new Entry().put("macros", calls.of(node)).values());
    }

    private void code(Entry entry, Node node) {
        entry.take("language", "refs", "sources", "metrics");
        entry.put(
                "depends_on",
                new Entry().put("macros", calls.of(node)).put("nodes", node.parents()).values());
        CompiledNode compiled = contents.compiled().get(node.id());
        if (compiled == null) {
            entry.put("compiled_path", null);
        } else {
            entry.put("compiled_path", compiled.path().isEmpty() ? null : compiled.path());
            entry.put("compiled", true);
            entry.put("compiled_code", compiled.sql());
            entry.put("extra_ctes_injected", true);
            List<Object> ctes = new ArrayList<>();
            for (CompiledNode.Cte cte : compiled.ctes()) {
                ctes.add(new Entry().put("id", cte.id()).put("sql", cte.sql()).values());
            }
            entry.put("extra_ctes", ctes);
        }
        Entry contract =
                new Entry(node.settings().map("contract"))
                        .takeOr("enforced", false)
                        .takeOr("alias_types", true);
        boolean enforced = Boolean.TRUE.equals(contract.written("enforced"));
        entry.put("contract", contract.put("checksum", enforced ? checksum(node) : null).values());
    }

    /** Changes with what a contract promises. */
    private static String checksum(Node node) {
        List<Object> promised = new ArrayList<>();
        node.columns().values().stream()
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .forEach(
                        column -> {
                            promised.add(column.name());
                            promised.add(String.valueOf(column.dataType()));
                            promised.add(String.valueOf(column.constraints()));
                        });
        promised.add(String.valueOf(node.properties().constraints()));
        return Sha256.hex(Json.write(Values.of(promised)));
    }

    private static void model(Entry entry, NodeProperties properties) {
        entry.take("access");
        entry.put("constraints", ColumnEntries.ofRelation(properties.constraints()));
        entry.take("version", "latest_version", "deprecation_date");
    }

    private static void test(Entry entry, Node node) {
        if (node.test() != null) {
            entry.take("column_name");
            entry.put("file_key_name", null);
            entry.take("attached_node", "test_metadata");
        }
    }

    private static @Nullable Long index(Node node) {
        String digits = node.name().substring(node.name().lastIndexOf('-') + 1);
        return digits.matches("\\d{1,6}") ? Long.valueOf(digits) : null;
    }
}
