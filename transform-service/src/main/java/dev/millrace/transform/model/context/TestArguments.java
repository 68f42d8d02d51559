package dev.millrace.transform.model.context;

import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.Map;
import java.util.regex.Pattern;

/** The arguments of a generic test, as its macro gets them. */
public final class TestArguments {

    /** The name under which a test's code finds its arguments. */
    public static final String NAME = "_dbt_generic_test_kwargs";

    private static final Pattern CALL =
            Pattern.compile("\\s*(?:env_var|ref|var|source|doc)\\s*\\(.+\\)\\s*", Pattern.DOTALL);

    private TestArguments() {}

    /** Renders the templates in arguments; what looks like a reference is one. */
    public static DictValue rendered(
            TemplateNames names, String file, Map<String, Object> arguments) {
        DictValue rendered = new DictValue();
        arguments.forEach(
                (name, value) ->
                        rendered.put(
                                name,
                                name.equals("column_name")
                                        ? Values.of(value)
                                        : rendered(names, file, value)));
        return rendered;
    }

    private static Object rendered(TemplateNames names, String file, @Nullable Object value) {
        return switch (value) {
            case String text -> value(names, file, text);
            case Map<?, ?> map -> {
                DictValue dict = new DictValue();
                map.forEach((key, item) -> dict.put(key, rendered(names, file, item)));
                yield dict;
            }
            case Collection<?> items -> {
                ListValue list = new ListValue();
                items.forEach(item -> list.add(rendered(names, file, item)));
                yield list;
            }
            case null, default -> Values.of(value);
        };
    }

    private static Object value(TemplateNames names, String file, String text) {
        String template = CALL.matcher(text).matches() ? "{{ " + text + " }}" : text;
        boolean plain = !template.contains("{{") && !template.contains("{%");
        return plain
                ? text
                : names.rendering().value(Template.parse(file, template, DbtSyntax.SYNTAX));
    }
}
