package dev.millrace.helm;

import dev.millrace.embedded.postgres.EmbeddedPostgres;
import dev.millrace.embedded.postgres.PostgresSettings;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A PostgreSQL that this machine's pg_dump can read, as pg_dump refuses a server newer than itself:
 * the embedded one, or else the one of the package that pg_dump came with.
 */
record DumpableServer(int port, String superuser, String password, Stopping stopping) {

    private static final int EMBEDDED = 18;

    /** How it is stopped. */
    @FunctionalInterface
    interface Stopping {
        void stop() throws IOException, InterruptedException;
    }

    /** Starts one, if there is any. */
    static Optional<DumpableServer> start(Path directory, Path binaries)
            throws IOException, InterruptedException {
        Optional<Integer> version = versionOfDump();
        if (version.isEmpty()) {
            return Optional.empty();
        }
        if (version.get() >= EMBEDDED) {
            EmbeddedPostgres server =
                    EmbeddedPostgres.start(PostgresSettings.forTests(directory, binaries));
            return Optional.of(
                    new DumpableServer(
                            server.port(),
                            server.superuser(),
                            server.superuserPassword(),
                            server::close));
        }
        Path programs = Path.of("/usr/lib/postgresql/" + version.get() + "/bin");
        return Files.isExecutable(programs.resolve("initdb"))
                ? Optional.of(packaged(programs, directory))
                : Optional.empty();
    }

    private static Optional<Integer> versionOfDump() throws InterruptedException {
        try {
            String version =
                    Shell.run(Map.of(), "pg_dump", "--version")
                            .replaceAll("[^0-9]*(\\d+).*\\s", "$1");
            return Optional.of(Integer.valueOf(version));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static DumpableServer packaged(Path programs, Path directory)
            throws IOException, InterruptedException {
        String password = "superuser";
        Files.createDirectories(directory);
        Path passwordFile = Files.writeString(directory.resolve("password"), password);
        Path data = directory.resolve("data");
        boolean root = "root".equals(System.getProperty("user.name"));
        if (root) {
            // PostgreSQL does not run as root; the package brings this account.
            Shell.run(Map.of(), "chown", "-R", "postgres", directory.toString());
        }
        int port = freePort();
        as(
                root,
                programs.resolve("initdb").toString(),
                "--pgdata=" + data,
                "--username=postgres",
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync");
        String control = programs.resolve("pg_ctl").toString();
        as(
                root,
                control,
                "start",
                "--wait",
                "--pgdata=" + data,
                "--log=" + directory.resolve("log"),
                "--options=-c listen_addresses=127.0.0.1 -c port="
                        + port
                        + " -c unix_socket_directories= -c fsync=off");
        return new DumpableServer(
                port,
                "postgres",
                password,
                () -> as(root, control, "stop", "--mode=fast", "--pgdata=" + data));
    }

    private static void as(boolean root, String... command)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        if (root) {
            words.addAll(List.of("runuser", "-u", "postgres", "--"));
        }
        words.addAll(List.of(command));
        Shell.run(Map.of("LC_ALL", "C"), words.toArray(String[]::new));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/" + database, superuser, password);
    }

    void stop() throws IOException, InterruptedException {
        stopping.stop();
    }
}
