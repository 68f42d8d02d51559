package dev.millrace.transform.model.compile;

import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.model.context.DbtSyntax;
import dev.millrace.transform.model.context.TemplateNames;
import dev.millrace.transform.model.manifest.Node;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.Map;

/** Puts relations where foreign keys of a model say {@code ref} or {@code source}. */
final class ForeignKeys {

    private static final String TO = "to";

    private ForeignKeys() {}

    /**
     * @param description what templates see of the node, which is changed
     */
    static void resolve(Node node, DictValue description, TemplateNames names) {
        resolve(description.get("constraints"), node, names);
        if (description.get("columns") instanceof Map<?, ?> columns) {
            for (Object column : columns.values()) {
                if (column instanceof Map<?, ?> map) {
                    resolve(map.get("constraints"), node, names);
                }
            }
        }
    }

    private static void resolve(@Nullable Object constraints, Node node, TemplateNames names) {
        if (!(constraints instanceof Collection<?> all)) {
            return;
        }
        for (Object each : all) {
            if (each instanceof DictValue constraint
                    && constraint.get(TO) instanceof String to
                    && to.matches("\\s*(ref|source)\\s*\\(.*")) {
                Template template =
                        Template.parse(
                                node.position().file(),
                                "{{ (" + to + ").render() }}",
                                DbtSyntax.SYNTAX);
                constraint.put(TO, names.rendering().render(template).text());
            }
        }
    }
}
