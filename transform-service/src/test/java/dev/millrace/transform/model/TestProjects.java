package dev.millrace.transform.model;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.InvalidProjectException;
import dev.millrace.contracts.project.Problem;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.ProjectLoader;
import dev.millrace.contracts.project.ProjectLoader.Kind;
import dev.millrace.transform.model.context.Invocation;
import dev.millrace.transform.model.context.ReadableEnvironment;
import dev.millrace.transform.model.context.Target;
import dev.millrace.transform.model.context.TemplateLog;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.parse.ManifestReader;
import dev.millrace.transform.model.parse.ProjectBasis;
import dev.millrace.transform.model.parse.StreamTables;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Projects of a few files, for tests. */
public final class TestProjects {

    /** The moment at which all of them run. */
    public static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

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
        return new ProjectLoader(VALUES, Set.of(Kind.SOURCES)).load(ProjectFiles.of(files));
    }

    /** The environment that models may read of it. */
    public static ReadableEnvironment environment() {
        return ReadableEnvironment.of(VALUES, Set.of());
    }

    /** Reads a project for the schema analytics of the database warehouse. */
    public static Optional<ManifestReader.Read> read(
            Project project, Map<String, Object> vars, Problems problems) {
        Target target = new Target("dev", "shop", "warehouse", "analytics", 4, Map.of());
        Invocation invocation =
                new Invocation(
                        "run-1", NOW, "build", vars, false, false, false, Set.of(), null, null);
        return new ManifestReader(
                        project.files(),
                        new ProjectBasis(
                                target,
                                invocation,
                                environment(),
                                Clock.fixed(NOW, ZoneOffset.UTC),
                                new Silence()),
                        new StreamTables(project.sources()),
                        problems)
                .read();
    }

    /** Reads a project that has no mistakes. */
    public static ManifestReader.Read read(String... pathsAndTexts) throws InvalidProjectException {
        Problems problems = new Problems();
        ManifestReader.Read read = read(of(pathsAndTexts), Map.of(), problems).orElseThrow();
        if (!problems.isEmpty()) {
            throw new InvalidProjectException(problems.list());
        }
        return read;
    }

    public static Manifest manifest(String... pathsAndTexts) throws InvalidProjectException {
        return read(pathsAndTexts).manifest();
    }

    /** The mistakes of a project. */
    public static List<String> problems(String... pathsAndTexts) throws InvalidProjectException {
        Problems problems = new Problems();
        read(of(pathsAndTexts), Map.of(), problems);
        return problems.list().stream().map(Problem::toString).toList();
    }

    /** What is odd in a project, and no mistake. */
    public static List<String> warnings(String... pathsAndTexts) throws InvalidProjectException {
        Problems problems = new Problems();
        read(of(pathsAndTexts), Map.of(), problems);
        return problems.warnings().stream().map(Problem::toString).toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static final class Silence implements TemplateLog {

        @Override
        public void say(String file, String message, boolean shown) {}

        @Override
        public void warn(String file, String message) {}
    }
}
