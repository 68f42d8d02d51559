package dev.millrace.transform.run.artifact;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.transform.model.context.Invocation;
import dev.millrace.transform.model.context.ReadableEnvironment;
import dev.millrace.transform.model.context.Target;
import dev.millrace.transform.model.context.TemplateLog;
import dev.millrace.transform.model.manifest.Documentation;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.SourceTable;
import dev.millrace.transform.model.parse.DocumentationReader;
import dev.millrace.transform.model.parse.ManifestReader;
import dev.millrace.transform.model.parse.ProjectBasis;
import dev.millrace.transform.model.parse.StreamTables;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** A project made of texts, and its artifacts. */
final class ArtifactStage {

    static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123456Z");
    static final String INVOCATION = "6a5e8f0c-0000-4000-8000-000000000001";
    static final Target TARGET = new Target("dev", "shop", "shopdb", "analytics", 4, Map.of());

    private static final JsonMapper JSON = JsonMapper.builder().build();

    final Path directory;
    final ManifestReader.Read read;
    final Documentation documentation;
    final Artifacts artifacts;

    private ArtifactStage(Path directory, ManifestReader.Read read, Documentation documentation) {
        this.directory = directory;
        this.read = read;
        this.documentation = documentation;
        this.artifacts =
                new Artifacts(
                        directory.resolve("target"),
                        ArtifactHeader.of(
                                INVOCATION, Map.of("DBT_ENV_CUSTOM_ENV_TEAM", "data", "HOME", "/")),
                        Clock.fixed(NOW, ZoneOffset.UTC));
    }

    /** Reads a project of these files, by path. */
    static ArtifactStage of(Path directory, Map<String, String> files) {
        Map<String, byte[]> contents = new TreeMap<>();
        files.forEach((path, text) -> contents.put(path, text.getBytes(StandardCharsets.UTF_8)));
        ProjectFiles project = ProjectFiles.of(contents);
        Problems problems = new Problems();
        ManifestReader.Read read = reader(project, problems).read().orElseThrow();
        Documentation documentation =
                new DocumentationReader(project, read.workspace(), problems).read();
        if (!problems.isEmpty()) {
            throw new AssertionError(problems.list());
        }
        return new ArtifactStage(directory, read, documentation);
    }

    private static ManifestReader reader(ProjectFiles project, Problems problems) {
        Environment environment = Environment.of(Map.of());
        TemplateLog log =
                new TemplateLog() {
                    @Override
                    public void say(String file, String message, boolean shown) {}

                    @Override
                    public void warn(String file, String message) {}
                };
        ProjectBasis basis =
                new ProjectBasis(
                        TARGET,
                        Invocation.of(INVOCATION, NOW, "build"),
                        ReadableEnvironment.of(environment, Set.of()),
                        Clock.fixed(NOW, ZoneOffset.UTC),
                        log);
        return new ManifestReader(project, basis, StreamTables.NONE, problems);
    }

    Manifest manifest() {
        return read.manifest();
    }

    Node node(String id) {
        Node node = manifest().nodes().get(id);
        if (node == null) {
            throw new AssertionError(id + " is not among " + manifest().nodes().keySet());
        }
        return node;
    }

    /** The source of the shop, and when it is too old. */
    SourceTable orders() {
        return Objects.requireNonNull(manifest().sources().get("source.shop.web.orders"));
    }

    SourceTable.Freshness freshness() {
        return Objects.requireNonNull(orders().freshness());
    }

    ManifestContents contents() {
        return ManifestContents.parsed(directory, manifest(), read.workspace(), documentation);
    }

    /** {@code manifest.json} of a project of which nothing was run. */
    JsonNode parsed() throws IOException {
        artifacts.manifest(contents());
        return json("manifest.json");
    }

    JsonNode json(String file) throws IOException {
        return JSON.readTree(Files.readAllBytes(directory.resolve("target").resolve(file)));
    }
}
