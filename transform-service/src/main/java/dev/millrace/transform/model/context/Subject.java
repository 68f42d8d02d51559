package dev.millrace.transform.model.context;

import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.model.manifest.NodeSettings;
import dev.millrace.transform.model.manifest.Relation;

import org.jspecify.annotations.Nullable;

/**
 * What a template is about: a node, or the project as such.
 *
 * @param file file that the template stands in, relative to the project
 * @param packageName package whose macros and variables it sees first
 * @param relation what it is in the warehouse; null for what is in none
 * @param settings its settings; null while they are being found out
 * @param description what it sees of itself as {@code model}
 */
public record Subject(
        String file,
        String packageName,
        @Nullable Relation relation,
        @Nullable NodeSettings settings,
        DictValue description) {

    /** A template that belongs to no node, such as one in {@code dbt_project.yml}. */
    public static Subject ofProject(String file, String packageName) {
        return new Subject(file, packageName, null, null, new DictValue());
    }
}
