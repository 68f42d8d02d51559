package dev.millrace.transform.model.parse;

import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.context.DbtSyntax;
import dev.millrace.transform.model.context.TemplateNames;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Renders the templates that stand in values of YAML files. */
final class YamlRendering {

    private final String file;
    private final TemplateNames names;
    private final Predicate<List<String>> rendered;

    /**
     * @param rendered which paths of keys are rendered; the others stay as they are written
     */
    YamlRendering(String file, TemplateNames names, Predicate<List<String>> rendered) {
        this.file = file;
        this.names = names;
        this.rendered = rendered;
    }

    @Nullable Object render(@Nullable Object value) {
        return render(value, new ArrayList<>());
    }

    private @Nullable Object render(@Nullable Object value, List<String> path) {
        return switch (value) {
            case String text when rendered.test(path) -> value(text, path);
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> result = new LinkedHashMap<>();
                map.forEach(
                        (key, item) -> {
                            path.add(String.valueOf(key));
                            result.put(String.valueOf(key), render(item, path));
                            path.removeLast();
                        });
                yield result;
            }
            case Collection<?> items -> {
                List<@Nullable Object> result = new ArrayList<>();
                for (Object item : items) {
                    path.add("[]");
                    result.add(render(item, path));
                    path.removeLast();
                }
                yield result;
            }
            case null, default -> value;
        };
    }

    private @Nullable Object value(String text, List<String> path) {
        try {
            return value(text);
        } catch (JinjaException e) {
            boolean here = e.place() != null && e.place().template().equals(file);
            if (!here || path.isEmpty()) {
                throw e;
            }
            // Its place is one within the value, which says nothing about the file.
            throw new JinjaException("'" + String.join(".", path) + "': " + e.problem());
        }
    }

    /** A single expression keeps its type; anything else is text. */
    @Nullable Object value(String text) {
        if (!isTemplate(text)) {
            return text;
        }
        Object value = names.rendering().value(Template.parse(file, text, DbtSyntax.SYNTAX));
        return value == None.NONE ? null : Values.plain(value);
    }

    static boolean isTemplate(String text) {
        return text.contains("{{") || text.contains("{%") || text.contains("{#");
    }
}
