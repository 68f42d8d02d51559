package dev.millrace.embedded.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.millrace.embedded.process.DirectoryInUseException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;

@Timeout(180)
class EmbeddedPostgresTest {

    private static final Path BINARIES =
            Path.of(System.getProperty("user.home"), ".cache", "millrace");

    @TempDir private Path parent;
    private PostgresSettings settings;

    @BeforeEach
    void chooseDirectory() {
        settings = PostgresSettings.forTests(parent.resolve("postgres"), BINARIES);
    }

    @Test
    void runsTheVersionThatTheBuildChose() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.start(settings)) {
            assertThat(text(server, "SHOW server_version"))
                    .isEqualTo(PostgresBinaries.version().replaceAll("\\.0$", ""));
            assertThat(text(server, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(
                            text(
                                    server,
                                    "SELECT datlocprovider::text || datlocale FROM pg_database"
                                            + " LIMIT 1"))
                    .isEqualTo("bC.UTF-8");
        }
    }

    @Test
    void letsNobodyInWithoutThePassword() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.start(settings)) {
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(
                            () ->
                                    DriverManager.getConnection(
                                            server.url("postgres"), server.superuser(), "guess"))
                    .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
            assertThat(text(server, "SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'"))
                    .startsWith("SCRAM-SHA-256");
        }
        Path password = settings.directory().resolve("superuser.password");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(password)))
                .isEqualTo("rw-------");
        assertThat(settings.directory().resolve("password.initdb")).doesNotExist();
    }

    @Test
    void keepsItsDataFromOneStartToTheNext() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.start(settings)) {
            execute(server, "CREATE TABLE kept AS SELECT 7 AS n");
        }
        try (EmbeddedPostgres server = EmbeddedPostgres.start(settings)) {
            assertThat(text(server, "SELECT n FROM kept")).isEqualTo("7");
        }
    }

    @Test
    void recoversWhatWasCommittedWhenItIsKilled() throws Exception {
        PostgresSettings durable =
                PostgresSettings.durable(settings.directory(), BINARIES, freePort());
        EmbeddedPostgres killed = EmbeddedPostgres.start(durable);
        execute(killed, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n");
        ProcessHandle process = ProcessHandle.of(killed.process().pid()).orElseThrow();
        process.destroyForcibly();
        assertThat(killed.process().onExit().get(30, TimeUnit.SECONDS)).isEqualTo(128 + 9);
        killed.close();

        try (EmbeddedPostgres server = EmbeddedPostgres.start(durable)) {
            assertThat(server.port()).isEqualTo(durable.port());
            assertThat(text(server, "SELECT count(*) FROM kept")).isEqualTo("1000");
        }
    }

    @Test
    void endsAServerThatAKilledParentLeftBehind() throws Exception {
        EmbeddedPostgres orphan = EmbeddedPostgres.start(settings);
        LeftoverServer.end(settings.directory().resolve("data"));
        assertThat(orphan.process().isAlive()).isFalse();
        orphan.close();
    }

    @Test
    void isNotFooledByAPidFileWhoseNumberAnotherProgramHas() throws Exception {
        EmbeddedPostgres.start(settings).close();
        Path pidFile = settings.directory().resolve("data/postmaster.pid");
        Files.writeString(pidFile, ProcessHandle.current().pid() + "\n/somewhere\n0\n");
        try (EmbeddedPostgres server = EmbeddedPostgres.start(settings)) {
            assertThat(text(server, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void beginsAgainAfterACrashInTheMiddleOfInitialisation() throws Exception {
        Path unfinished = settings.directory().resolve("data.unfinished");
        Files.createDirectories(unfinished.resolve("base"));
        Files.writeString(unfinished.resolve("base/1"), "half");
        try (EmbeddedPostgres server = EmbeddedPostgres.start(settings)) {
            assertThat(text(server, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void refusesADirectoryThatIsInUse() throws Exception {
        try (EmbeddedPostgres _ = EmbeddedPostgres.start(settings)) {
            assertThatExceptionOfType(DirectoryInUseException.class)
                    .isThrownBy(() -> EmbeddedPostgres.start(settings));
        }
    }

    @Test
    void showsItsLogWhenItCannotStart() {
        PostgresSettings wrong =
                new PostgresSettings(
                        settings.directory(), BINARIES, 0, false, Map.of("no_such_setting", "1"));
        assertThatIOException()
                .isThrownBy(() -> EmbeddedPostgres.start(wrong))
                .withMessageContaining("no_such_setting");
    }

    @Test
    void saysThatThePortIsTaken() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            PostgresSettings taken =
                    new PostgresSettings(
                            settings.directory(), BINARIES, socket.getLocalPort(), false, Map.of());
            assertThatIOException()
                    .isThrownBy(() -> EmbeddedPostgres.start(taken))
                    .withMessageContaining("port " + socket.getLocalPort())
                    .withMessageContaining("another program listens");
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void execute(EmbeddedPostgres server, String sql) throws SQLException {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String text(EmbeddedPostgres server, String query) throws SQLException {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
