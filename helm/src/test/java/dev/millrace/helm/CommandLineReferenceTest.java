package dev.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** docs/reference/command-line.md names what the commands have. */
class CommandLineReferenceTest {

    private static final Path SOURCES =
            Repository.file("standalone/src/main/java/dev/millrace/standalone");

    private static final Path MODEL_COMMANDS =
            Repository.file("transform-service/src/main/java/dev/millrace/transform/command");

    private static String reference;
    private static String commands;
    private static String modelCommands;

    @BeforeAll
    static void read() throws IOException {
        reference = Files.readString(Repository.file("docs/reference/command-line.md"));
        commands = sources(SOURCES);
        modelCommands = sources(MODEL_COMMANDS);
    }

    private static String sources(Path directory) throws IOException {
        StringBuilder sources = new StringBuilder();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                sources.append(Files.readString(file));
            }
        }
        return sources.toString();
    }

    @Test
    void everyCommandHasASection() {
        assertThat(found("@Command\\(\\s*name = \"(?!millrace)(\\w+)\""))
                .contains("up", "demo", "env", "psql", "validate", "alerts", "silence")
                .allSatisfy(
                        command ->
                                assertThat(reference)
                                        .containsPattern(
                                                "\n##+ (alerts |keys |teams )?" + command + "\n"));
    }

    @Test
    void everyCommandAboutModelsIsNamed() {
        assertThat(found(modelCommands, "@[\\w.]*Command\\(\\s*name = \"(?!models)([\\w-]+)\""))
                .contains("build", "run", "retry", "run-operation", "generate", "freshness")
                .allSatisfy(
                        command ->
                                assertThat(reference)
                                        .containsPattern("`(docs |source )?" + command + "\\b"));
    }

    @Test
    void everyOptionIsNamed() {
        assertThat(found(commands + modelCommands, "@Option\\([^@]*?\"(--[a-z-]+)\""))
                .contains("--project", "--data", "--port-offset", "--once", "--select", "--vars")
                .allSatisfy(option -> assertThat(reference).contains("`" + option));
    }

    @Test
    void everyVariableThatEnvPrintsIsNamed() {
        assertThat(found("variables\\.put\\(\"(\\w+)\""))
                .contains("INGESTION_URL")
                .allSatisfy(variable -> assertThat(reference).contains("`" + variable + "`"));
    }

    @Test
    void theExampleProjectsConnectionForDbtIsThatOfTheStack() throws IOException {
        String profile = Files.readString(Repository.file("examples/shop/profiles.yml"));

        assertThat(found("DATABASE = \"(\\w+)\""))
                .singleElement()
                .satisfies(
                        database ->
                                assertThat(profile)
                                        .contains("env_var('PGDATABASE', '" + database + "')"));
        assertThat(profile).contains("env_var('PGPORT', '15432')");
        assertThat(commands).contains("15432 + offset");
        assertThat(reference).contains("| PostgreSQL, database `warehouse` | 15432 |");
    }

    private static List<String> found(String pattern) {
        return found(commands, pattern);
    }

    private static List<String> found(String sources, String pattern) {
        return Pattern.compile(pattern)
                .matcher(sources)
                .results()
                .map((MatchResult match) -> match.group(1))
                .distinct()
                .toList();
    }
}
