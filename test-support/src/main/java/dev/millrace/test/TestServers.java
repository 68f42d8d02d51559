package dev.millrace.test;

import dev.millrace.embedded.kafka.EmbeddedKafka;
import dev.millrace.embedded.kafka.KafkaSettings;
import dev.millrace.embedded.postgres.EmbeddedPostgres;
import dev.millrace.embedded.postgres.PostgresSettings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The servers of this test JVM: one of each, started when first asked for, gone with the JVM. */
final class TestServers {

    private TestServers() {}

    static EmbeddedPostgres postgres() {
        return PostgresHolder.SERVER;
    }

    static EmbeddedKafka kafka() {
        return KafkaHolder.SERVER;
    }

    private static final class PostgresHolder {
        static final EmbeddedPostgres SERVER = start();

        private static EmbeddedPostgres start() {
            try {
                Path directory = temporaryDirectory("millrace-postgres-");
                EmbeddedPostgres server =
                        EmbeddedPostgres.start(
                                PostgresSettings.forTests(directory, binariesCache()));
                closeWithThisJvm(server, directory);
                return server;
            } catch (IOException e) {
                throw new IllegalStateException("cannot start PostgreSQL for tests", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while starting PostgreSQL", e);
            }
        }
    }

    private static final class KafkaHolder {
        static final EmbeddedKafka SERVER = start();

        private static EmbeddedKafka start() {
            try {
                Path directory = temporaryDirectory("millrace-kafka-");
                EmbeddedKafka server = EmbeddedKafka.start(KafkaSettings.of(directory, 0));
                closeWithThisJvm(server, directory);
                return server;
            } catch (IOException e) {
                throw new IllegalStateException("cannot start Kafka for tests", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while starting Kafka", e);
            }
        }
    }

    /** Shared by all builds of this user; holds programs only, no data. */
    static Path binariesCache() {
        return Path.of(System.getProperty("user.home"), ".cache", "millrace");
    }

    private static Path temporaryDirectory(String prefix) throws IOException {
        Path directory = Files.createTempDirectory(prefix);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        return directory;
    }

    private static void closeWithThisJvm(AutoCloseable server, Path directory) {
        Thread close =
                new Thread(
                        () -> {
                            try {
                                server.close();
                                delete(directory);
                            } catch (Exception e) {
                                System.err.println("a test server did not stop: " + e);
                            }
                        },
                        "test-server-shutdown");
        Runtime.getRuntime().addShutdownHook(close);
    }

    /** Has it deleted, which takes longer than this JVM is given to end: by another process. */
    private static void delete(Path directory) throws IOException {
        new ProcessBuilder("nice", "-n", "19", "rm", "-rf", directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
