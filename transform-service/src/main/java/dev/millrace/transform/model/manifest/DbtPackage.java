package dev.millrace.transform.model.manifest;

import dev.millrace.contracts.project.Position;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/**
 * A package as its {@code dbt_project.yml} describes it: the project itself, or one that it uses.
 *
 * @param name name by which others refer to it
 * @param directory where its files are, relative to the project; empty for the project itself
 * @param settings trees of settings by kind of resource, such as {@code models}
 * @param dispatch packages that a macro namespace is looked for in, in their order
 */
public record DbtPackage(
        String name,
        String directory,
        Position position,
        Paths paths,
        Map<String, Map<String, Object>> settings,
        Map<String, Object> vars,
        Quoting quoting,
        Map<String, List<String>> dispatch,
        List<String> onRunStart,
        List<String> onRunEnd,
        @Nullable String version,
        boolean restrictsAccess,
        Map<String, Object> flags) {

    /** Directories of a package's files, relative to the package. */
    public record Paths(
            List<String> models,
            List<String> seeds,
            List<String> snapshots,
            List<String> tests,
            List<String> analyses,
            List<String> macros,
            List<String> docs) {}

    /** The path of a file of the package, relative to the project. */
    public String within(String file) {
        return directory.isEmpty() ? file : directory + "/" + file;
    }
}
