package dev.millrace.transform.model.context;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.manifest.DbtPackage;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * {@code var}: what the run was given, the project's own, and the package's own, in this order.
 *
 * @param rendering makes text of templates that stand in variables
 * @param lenient whether one that is not set is None, as while the project is read
 */
record Variables(Map<String, Object> values, UnaryOperator<String> rendering, boolean lenient)
        implements Invocable, HasAttributes {

    /** The variables that templates of a package see. */
    static Variables of(
            Workspace workspace,
            String packageName,
            UnaryOperator<String> rendering,
            boolean lenient) {
        Map<String, Object> values = new LinkedHashMap<>();
        DbtPackage own = workspace.packages().get(packageName);
        if (own != null) {
            add(values, own, packageName);
        }
        add(values, workspace.root(), packageName);
        workspace.invocation().vars().forEach((key, value) -> put(values, key, value));
        return new Variables(values, rendering, lenient);
    }

    private static void add(Map<String, Object> values, DbtPackage from, String packageName) {
        from.vars().forEach((key, value) -> put(values, key, value));
        if (from.vars().get(packageName) instanceof Map<?, ?> scoped) {
            scoped.forEach((key, value) -> put(values, String.valueOf(key), value));
        }
    }

    private static void put(Map<String, Object> values, String key, @Nullable Object value) {
        values.put(key, value == null ? None.NONE : value);
    }

    @Override
    public Object call(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("var", "name", "default");
        String name = bound.text("name");
        Object value = values.get(name);
        if (value != null) {
            return value instanceof String text ? rendered(text) : Values.of(value);
        }
        Object otherwise = bound.find("default").orElse(null);
        if (otherwise != null && otherwise != None.NONE) {
            return otherwise;
        }
        if (lenient || otherwise != null) {
            return None.NONE;
        }
        throw new JinjaException(
                "the variable '"
                        + name
                        + "' is not set"
                        + NearestName.hint(name, values.keySet())
                        + " (set it under vars in dbt_project.yml, give it to the run, or write a"
                        + " default: var('"
                        + name
                        + "', …))");
    }

    private String rendered(String text) {
        return text.contains("{{") || text.contains("{%") ? rendering.apply(text) : text;
    }

    @Override
    public @Nullable Object attribute(String name) {
        return name.equals("has_var")
                ? (Invocable)
                        arguments -> values.containsKey(arguments.bind(name, "name").text("name"))
                : null;
    }
}
