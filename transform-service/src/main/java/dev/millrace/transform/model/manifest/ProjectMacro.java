package dev.millrace.transform.model.manifest;

import dev.millrace.transform.jinja.MacroDefinition;
import dev.millrace.transform.jinja.Template;

/**
 * A macro of a package.
 *
 * @param packageName package that it belongs to
 * @param file its file, relative to the package
 * @param name its name
 * @param template the file that it stands in
 */
public record ProjectMacro(String packageName, String file, String name, Template template) {

    /** The macro itself. */
    public MacroDefinition definition() {
        return template.macro(name)
                .orElseThrow(() -> new IllegalStateException(file + " has no macro " + name));
    }

    /** dbt's unique id, for example {@code macro.dbt_utils.star}. */
    public String id() {
        return "macro." + packageName + "." + name;
    }
}
