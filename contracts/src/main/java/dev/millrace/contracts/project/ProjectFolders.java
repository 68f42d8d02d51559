package dev.millrace.contracts.project;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Warns of folders that hold YAML and that nobody reads: what stands in a misspelled one has no
 * effect, and would have none without a word.
 */
final class ProjectFolders {

    private static final String DBT_PROJECT = "dbt_project.yml";
    private static final List<String> OWN = List.of("sources", "model", "contracts", "alerts");
    private static final List<String> PLANNED = List.of("schedules", "features", "syncs");

    /** dbt's, as they are named unless its project file says otherwise. */
    private static final List<String> OF_DBT =
            List.of(
                    "models",
                    "seeds",
                    "snapshots",
                    "macros",
                    "tests",
                    "analyses",
                    "analysis",
                    "data",
                    "functions",
                    "target",
                    "logs",
                    "dbt_packages",
                    "dbt_modules");

    /** What is written at the top by mistake, and where it belongs. */
    private static final Map<String, String> DEEPER =
            Map.of("cubes", "model/cubes", "views", "model/views");

    private ProjectFolders() {}

    static void check(ProjectFiles files, Problems problems) {
        Set<String> read = new TreeSet<>(OWN);
        read.addAll(OF_DBT);
        read.addAll(namedByDbt(files));
        Map<String, List<String>> found = new TreeMap<>();
        for (String path : files.below("", "yml", "yaml")) {
            int slash = path.indexOf('/');
            if (slash > 0) {
                found.computeIfAbsent(
                        path.substring(0, slash), folder -> files.below(folder, "yml", "yaml"));
            }
        }
        found.forEach(
                (folder, paths) -> {
                    if (!read.contains(folder)) {
                        problems.warn(
                                new Position(paths.getFirst(), 1, 1), message(folder, paths, read));
                    }
                });
    }

    private static String message(String folder, List<String> paths, Set<String> read) {
        if (PLANNED.contains(folder)) {
            return "%s/ is not offered by this version, which leaves out what stands there: %s"
                    .formatted(folder, paths.size() == 1 ? "1 file" : paths.size() + " files");
        }
        Set<String> candidates = new TreeSet<>(read);
        candidates.addAll(PLANNED);
        String hint =
                DEEPER.containsKey(folder)
                        ? "; did you mean '" + DEEPER.get(folder) + "'?"
                        : NearestName.hint(folder, candidates);
        return "nothing reads the folder '%s'%s"
                .formatted(
                        folder,
                        hint.isEmpty()
                                ? "; Millrace reads sources/, contracts/, model/, alerts/ and dbt's"
                                        + " own"
                                : hint);
    }

    /** Folders that dbt_project.yml names; its mistakes are told where it is read. */
    private static Set<String> namedByDbt(ProjectFiles files) {
        if (!files.contains(DBT_PROJECT)) {
            return Set.of();
        }
        Problems untold = new Problems();
        Map<String, YamlValue> settings =
                YamlValue.parse(DBT_PROJECT, files.bytes(DBT_PROJECT), YamlValue.verbatim(), untold)
                        .map(document -> document.mapping().entries())
                        .orElse(new LinkedHashMap<>());
        Set<String> named = new TreeSet<>();
        settings.forEach(
                (key, value) -> {
                    if (key.endsWith("-paths") || key.endsWith("-path")) {
                        value.items().stream()
                                .flatMap(item -> item.text().stream())
                                .forEach(path -> named.add(top(path)));
                    }
                });
        return named;
    }

    private static String top(String path) {
        String below = path.startsWith("./") ? path.substring(2) : path;
        int slash = below.indexOf('/');
        return slash < 0 ? below : below.substring(0, slash);
    }
}
