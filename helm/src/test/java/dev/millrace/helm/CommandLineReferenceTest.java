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

    private static String reference;
    private static String commands;

    @BeforeAll
    static void read() throws IOException {
        reference = Files.readString(Repository.file("docs/reference/command-line.md"));
        StringBuilder sources = new StringBuilder();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                sources.append(Files.readString(file));
            }
        }
        commands = sources.toString();
    }

    @Test
    void everyCommandHasASection() {
        assertThat(found("@Command\\(\\s*name = \"(?!millrace)(\\w+)\""))
                .contains("up", "demo", "env", "psql", "build", "validate")
                .allSatisfy(command -> assertThat(reference).contains("\n## " + command + "\n"));
    }

    @Test
    void everyOptionIsNamed() {
        assertThat(found("@Option\\([^@]*?\"(--[a-z-]+)\""))
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
        return Pattern.compile(pattern)
                .matcher(commands)
                .results()
                .map((MatchResult match) -> match.group(1))
                .distinct()
                .toList();
    }
}
