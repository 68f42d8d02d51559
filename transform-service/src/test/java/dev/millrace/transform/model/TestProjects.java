package dev.millrace.transform.model;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.InvalidProjectException;
import dev.millrace.contracts.project.Problem;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.ProjectLoader;
import dev.millrace.contracts.project.ProjectLoader.Kind;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Projects of a few files, for tests. */
public final class TestProjects {

    private static final Environment VALUES =
            Environment.of(Map.of("KEY", "k", "DBT_SCHEMA", "from_env", "SECRET", "s3cret"));

    private TestProjects() {}

    /** A project of paths and texts in turn; a dbt_project.yml is added if there is none. */
    public static Project of(String... pathsAndTexts) throws InvalidProjectException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("dbt_project.yml", bytes("name: shop\n"));
        files.put(
                "sources/web.yml",
                bytes(
                        """
                        sources:
                          - {name: web, type: segment, write_key: "${KEY}"}
                          - {name: clicks, type: kafka, streams: [{name: click, topic: shop.clicks}]}
                        """));
        for (int i = 0; i < pathsAndTexts.length; i += 2) {
            files.put(pathsAndTexts[i], bytes(pathsAndTexts[i + 1]));
        }
        return new ProjectLoader(VALUES, Set.of(Kind.SOURCES, Kind.MODELS))
                .load(ProjectFiles.of(files));
    }

    /** The environment that models may read of it. */
    public static ReadableEnvironment environment() {
        return new ReadableEnvironment(VALUES, Set.of());
    }

    static ModelGraph graph(String... pathsAndTexts) throws InvalidProjectException {
        Problems problems = new Problems();
        ModelGraph graph =
                ModelGraph.read(of(pathsAndTexts), environment(), problems).orElseThrow();
        if (!problems.isEmpty()) {
            throw new InvalidProjectException(problems.list());
        }
        return graph;
    }

    static List<String> problems(String... pathsAndTexts) throws InvalidProjectException {
        Problems problems = new Problems();
        ModelGraph.read(of(pathsAndTexts), environment(), problems);
        return problems.list().stream().map(Problem::toString).toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
