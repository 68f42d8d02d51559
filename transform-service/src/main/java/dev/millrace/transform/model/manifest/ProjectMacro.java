package dev.millrace.transform.model.manifest;

import dev.millrace.transform.jinja.MacroDefinition;

/**
 * A macro of a package.
 *
 * @param packageName package that it belongs to
 * @param file its file, relative to the package
 * @param definition the macro itself
 */
public record ProjectMacro(String packageName, String file, MacroDefinition definition) {

    public String name() {
        return definition.name();
    }

    /** dbt's unique id, for example {@code macro.dbt_utils.star}. */
    public String id() {
        return "macro." + packageName + "." + name();
    }
}
