package dev.millrace.contracts.project.dbt;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code dbt_project.yml} and the YAML files that belong to it. */
public final class DbtFiles {

    /** The file that makes a directory a dbt project. */
    public static final String PROJECT_FILE = "dbt_project.yml";

    private static final Set<String> WITHOUT_EFFECT =
            Set.of(
                    "analysis-paths",
                    "asset-paths",
                    "clean-targets",
                    "config-version",
                    "dbt-cloud",
                    "docs-paths",
                    "flags",
                    "function-paths",
                    "log-path",
                    "packages-install-path",
                    "query-comment",
                    "quoting",
                    "require-dbt-version",
                    "restrict-access",
                    "snapshot-paths",
                    "target-path",
                    "test-paths",
                    "version",
                    "dispatch",
                    "sources",
                    "exposures",
                    "metrics",
                    "semantic-models",
                    "saved-queries",
                    "data_tests",
                    "tests",
                    "snapshots",
                    "unit_tests",
                    "functions",
                    "analyses");

    private final ProjectFiles files;
    private final Environment environment;
    private final Problems problems;
    private final List<Notice> notices = new ArrayList<>();

    private DbtFiles(ProjectFiles files, Environment environment, Problems problems) {
        this.files = files;
        this.environment = environment;
        this.problems = problems;
    }

    /** The dbt project of a directory; nothing if it is none, or its file is empty. */
    public static Optional<DbtProject> read(
            ProjectFiles files, Environment environment, Problems problems) {
        byte[] content = files.contents().get(PROJECT_FILE);
        if (content == null) {
            return Optional.empty();
        }
        return YamlValue.parse(PROJECT_FILE, content, YamlValue.verbatim(), problems)
                .map(
                        document ->
                                new DbtFiles(files, environment, problems)
                                        .read(document.mapping()));
    }

    private DbtProject read(YamlMapping top) {
        String name = top.requiredText("name");
        if (!name.isEmpty() && !name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            top.reject("name", "the name '" + name + "' must be letters, digits and _");
        }
        DbtProject.Paths paths =
                new DbtProject.Paths(
                        paths(top, "model-paths", "source-paths", "models"),
                        paths(top, "seed-paths", "data-paths", "seeds"),
                        paths(top, "macro-paths", null, "macros"));
        ConfigNode modelConfig = config(top, "models", KnownConfigs.MODEL);
        ConfigNode seedConfig = config(top, "seeds", KnownConfigs.SEED);
        DbtTarget target =
                new ProfilesFile(environment).target(files, top.text("profile"), problems);
        DbtProject.Hooks hooks =
                new DbtProject.Hooks(top.texts("on-run-start"), top.texts("on-run-end"));
        Map<String, Object> vars = vars(top);
        WITHOUT_EFFECT.forEach(top::take);
        top.rejectUnknown();
        PropertiesFiles properties = new PropertiesFiles(problems);
        properties.read(files, concat(paths.models(), paths.seeds()));
        noticeFiles("packages.yml", "packages are not installed; copy the macros that you need");
        noticeFiles("dependencies.yml", "packages are not installed; copy the macros you need");
        noticeFiles("selectors.yml", "named selectors are left out by this version");
        noticeDirectories(top, "snapshot-paths", "snapshots");
        noticeDirectories(top, "test-paths", "tests");
        notices.addAll(properties.notices());
        return new DbtProject(
                name,
                paths,
                vars,
                modelConfig,
                seedConfig,
                target,
                hooks,
                properties.models(),
                properties.seeds(),
                properties.sourceTables(),
                notices);
    }

    private static List<String> concat(List<String> a, List<String> b) {
        List<String> all = new ArrayList<>(a);
        all.addAll(b);
        return all;
    }

    private List<String> paths(
            YamlMapping top, String key, @Nullable String oldKey, String otherwise) {
        List<String> paths = top.texts(key);
        if (oldKey != null && paths.isEmpty()) {
            paths = top.texts(oldKey);
        }
        for (String path : paths) {
            if (path.startsWith("/") || List.of(path.split("/", -1)).contains("..")) {
                top.reject(key, "the path '" + path + "' must lie within the project");
            }
        }
        return paths.isEmpty() ? List.of(otherwise) : paths;
    }

    private static ConfigNode config(YamlMapping top, String key, Set<String> known) {
        return top.take(key).map(new ConfigReader(known)::tree).orElse(ConfigNode.EMPTY);
    }

    private static Map<String, Object> vars(YamlMapping top) {
        Map<String, Object> vars = new LinkedHashMap<>();
        top.take("vars")
                .ifPresent(
                        value ->
                                value.mapping()
                                        .entries()
                                        .forEach(
                                                (name, entry) ->
                                                        Optional.ofNullable(entry.plain())
                                                                .ifPresent(
                                                                        plain ->
                                                                                vars.put(
                                                                                        name,
                                                                                        plain))));
        return vars;
    }

    private void noticeFiles(String path, String message) {
        if (files.contains(path)) {
            notices.add(new Notice(new Position(path, 1, 1), message));
        }
    }

    private void noticeDirectories(YamlMapping top, String key, String otherwise) {
        List<String> directories = top.texts(key).isEmpty() ? List.of(otherwise) : top.texts(key);
        for (String directory : directories) {
            List<String> found = files.below(directory, "sql", "yml", "yaml");
            if (!found.isEmpty()) {
                notices.add(
                        new Notice(
                                new Position(found.getFirst(), 1, 1),
                                found.size()
                                        + (found.size() == 1 ? " file" : " files")
                                        + " below "
                                        + directory
                                        + "/: this version leaves them out"));
            }
        }
    }
}
