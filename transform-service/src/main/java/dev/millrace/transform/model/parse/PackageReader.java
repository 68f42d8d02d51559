package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.YamlValue;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.model.context.Macros;
import dev.millrace.transform.model.context.Subject;
import dev.millrace.transform.model.context.TemplateNames;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.DbtPackage;
import dev.millrace.transform.model.manifest.Quoting;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads {@code dbt_project.yml} of the project and of the packages that are installed in it. */
final class PackageReader {

    private static final String FILE = "dbt_project.yml";
    private static final Set<String> NOT_RENDERED =
            Set.of("on-run-start", "on-run-end", "query-comment", "vars");
    private static final Set<String> HOOKS =
            Set.of("pre-hook", "post-hook", "pre_hook", "post_hook");

    /** Kinds of resources by the keys that settings of theirs stand under. */
    private static final List<String> KINDS =
            List.of(
                    "models",
                    "seeds",
                    "snapshots",
                    "data_tests",
                    "sources",
                    "exposures",
                    "metrics",
                    "semantic-models",
                    "saved-queries",
                    "unit_tests");

    private final ProjectFiles files;
    private final ProjectBasis basis;
    private final Problems problems;

    PackageReader(ProjectFiles files, ProjectBasis basis, Problems problems) {
        this.files = files;
        this.basis = basis;
        this.problems = problems;
    }

    /** The project first, then its packages; empty if there is no project. */
    List<DbtPackage> read() {
        List<DbtPackage> packages = new ArrayList<>();
        if (!files.contains(FILE)) {
            return packages;
        }
        Map<String, @Nullable Object> root = document("");
        Optional<DbtPackage> project = read("", root);
        project.ifPresent(packages::add);
        String installed = Yaml.text(root.get("packages-install-path"), "dbt_packages");
        for (String directory : directories(installed)) {
            read(directory, document(directory))
                    .ifPresent(
                            found -> {
                                boolean twice =
                                        packages.stream()
                                                .anyMatch(p -> p.name().equals(found.name()));
                                if (twice) {
                                    problems.add(
                                            found.position(),
                                            "there is another package '" + found.name() + "'");
                                } else {
                                    packages.add(found);
                                }
                            });
        }
        return packages;
    }

    private List<String> directories(String installed) {
        Set<String> directories = new TreeSet<>();
        for (String path : files.below(installed, "yml")) {
            String inside = path.substring(installed.length() + 1);
            if (inside.endsWith("/" + FILE) && inside.indexOf('/') == inside.lastIndexOf('/')) {
                directories.add(path.substring(0, path.length() - FILE.length() - 1));
            }
        }
        return List.copyOf(directories);
    }

    private Map<String, @Nullable Object> document(String directory) {
        String path = directory.isEmpty() ? FILE : directory + "/" + FILE;
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        YamlFiles.read(files, path, problems)
                .map(YamlValue::plain)
                .ifPresent(
                        plain -> {
                            if (plain instanceof Map<?, ?> found) {
                                found.forEach((key, value) -> map.put(String.valueOf(key), value));
                            }
                        });
        return map;
    }

    private Optional<DbtPackage> read(String directory, Map<String, @Nullable Object> document) {
        Position position = new Position(directory.isEmpty() ? FILE : directory + "/" + FILE, 1, 1);
        String name = Yaml.text(document.get("name"), "");
        if (name.isEmpty()) {
            problems.add(position, "the key 'name' is required here: the name of the project");
            return Optional.empty();
        }
        try {
            return Optional.of(read(name, directory, position, rendered(position, name, document)));
        } catch (JinjaException e) {
            JinjaProblems.add(problems, position, e);
            return Optional.empty();
        }
    }

    private Map<String, Object> rendered(
            Position position, String name, Map<String, @Nullable Object> document) {
        DbtPackage bare = read(name, "", position, Map.of());
        Workspace workspace =
                basis.reading(bare, Map.of(name, bare), new Macros(bare, Set.of(name), List.of()));
        TemplateNames names =
                new TemplateNames(
                        workspace,
                        Subject.ofProject(position.file(), name),
                        new NoReferences(),
                        null);
        return Yaml.map(
                new YamlRendering(position.file(), names, PackageReader::isRendered)
                        .render(document));
    }

    private static boolean isRendered(List<String> path) {
        if (path.isEmpty() || NOT_RENDERED.contains(path.getFirst())) {
            return false;
        }
        return path.stream().noneMatch(step -> HOOKS.contains(step.replaceFirst("^\\+\\s*", "")));
    }

    private static DbtPackage read(
            String name, String directory, Position position, Map<String, Object> document) {
        Map<String, Map<String, Object>> settings = new LinkedHashMap<>();
        for (String kind : KINDS) {
            settings.put(kind, Yaml.withNulls(document.get(kind)));
        }
        if (document.containsKey("tests")) {
            Map<String, Object> both = Yaml.map(document.get("data_tests"));
            both.putAll(Yaml.map(document.get("tests")));
            settings.put("data_tests", both);
        }
        Map<String, List<String>> dispatch = new LinkedHashMap<>();
        for (Map<String, Object> entry : Yaml.maps(document.get("dispatch"))) {
            dispatch.put(
                    Yaml.text(entry.get("macro_namespace"), ""),
                    Yaml.texts(entry.get("search_order")));
        }
        return new DbtPackage(
                name,
                directory,
                position,
                paths(document),
                settings,
                Yaml.map(document.get("vars")),
                quoting(Yaml.map(document.get("quoting")), Quoting.ALL),
                dispatch,
                Yaml.texts(document.get("on-run-start")),
                Yaml.texts(document.get("on-run-end")),
                Yaml.text(document.get("version")),
                Boolean.TRUE.equals(Yaml.flag(document.get("restrict-access"))),
                Yaml.map(document.get("flags")));
    }

    /** Quoting as it is written, over what holds otherwise. */
    static Quoting quoting(Map<String, Object> written, Quoting otherwise) {
        return new Quoting(
                flag(written, "database", otherwise.database()),
                flag(written, "schema", otherwise.schema()),
                flag(written, "identifier", otherwise.identifier()));
    }

    private static boolean flag(Map<String, Object> map, String key, boolean otherwise) {
        Boolean flag = Yaml.flag(map.get(key));
        return flag == null ? otherwise : flag;
    }

    private static DbtPackage.Paths paths(Map<String, Object> document) {
        List<String> models = paths(document, "model-paths", "source-paths", "models");
        List<String> seeds = paths(document, "seed-paths", "data-paths", "seeds");
        List<String> snapshots = paths(document, "snapshot-paths", "", "snapshots");
        List<String> analyses = paths(document, "analysis-paths", "", "analyses");
        List<String> macros = paths(document, "macro-paths", "", "macros");
        List<String> docs = Yaml.texts(document.get("docs-paths"));
        if (docs.isEmpty()) {
            docs = new ArrayList<>(models);
            docs.addAll(seeds);
            docs.addAll(snapshots);
            docs.addAll(analyses);
            docs.addAll(macros);
        }
        return new DbtPackage.Paths(
                models,
                seeds,
                snapshots,
                paths(document, "test-paths", "", "tests"),
                analyses,
                macros,
                docs);
    }

    private static List<String> paths(
            Map<String, Object> document, String key, String formerly, String otherwise) {
        List<String> written = Yaml.texts(document.get(key));
        if (written.isEmpty()) {
            written = Yaml.texts(document.get(formerly));
        }
        return written.isEmpty() ? List.of(otherwise) : written;
    }
}
