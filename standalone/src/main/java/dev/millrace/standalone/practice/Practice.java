package dev.millrace.standalone.practice;

import dev.millrace.embedded.postgres.EmbeddedPostgres;
import dev.millrace.embedded.postgres.PostgresSettings;
import dev.millrace.standalone.Millrace;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Builds a small dbt project in a PostgreSQL that is there for that alone, by the commands that
 * users give. The script that builds Millrace runs it in a JVM that remembers what it did.
 */
public final class Practice {

    /** Building twice replaces what is there, which is what most builds do. */
    private static final List<String> COMMANDS = List.of("build", "build", "compile", "ls");

    private Practice() {}

    /**
     * Practises, and ends with 0 if all went well.
     *
     * @param arguments the project, and an empty directory for all that is written
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        System.exit(run(Path.of(arguments[0]), Path.of(arguments[1])));
    }

    /** Gives each command; the exit code of the first that failed, or 0. */
    static int run(Path project, Path directory) throws IOException, InterruptedException {
        PostgresSettings settings =
                PostgresSettings.forTests(
                        directory.resolve("postgres"),
                        Path.of(System.getProperty("user.home"), ".cache", "millrace"));
        try (EmbeddedPostgres server = EmbeddedPostgres.start(settings)) {
            // It has a password, but for this server only, and listens to this machine alone.
            String url =
                    "postgresql://%s:%s@127.0.0.1:%d/postgres"
                            .formatted(
                                    server.superuser(), server.superuserPassword(), server.port());
            for (String command : COMMANDS) {
                int code =
                        Millrace.commandLine()
                                .execute(
                                        command,
                                        "--project",
                                        project.toString(),
                                        "--target-path",
                                        directory.resolve("target").toString(),
                                        "--url",
                                        url);
                if (code != 0) {
                    return code;
                }
            }
            return 0;
        }
    }
}
