package dev.millrace.embedded.postgres;

import dev.millrace.embedded.process.ChildCommand;
import dev.millrace.embedded.process.ChildProcess;
import dev.millrace.embedded.process.DirectoryLock;
import dev.millrace.embedded.process.FreePort;
import dev.millrace.embedded.process.Signal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * A PostgreSQL server on the loopback interface that lives as long as this JVM, or shorter. Every
 * connection needs a password (scram-sha-256). Its data directory is used by one server at a time;
 * what an earlier one left behind after a crash is recovered.
 */
public final class EmbeddedPostgres implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final DirectoryLock lock;
    private final ChildProcess process;
    private final int port;
    private final String password;

    private EmbeddedPostgres(DirectoryLock lock, ChildProcess process, int port, String password) {
        this.lock = lock;
        this.process = process;
        this.port = port;
        this.password = password;
    }

    /** Starts a server and returns when it answers; makes its data directory the first time. */
    public static EmbeddedPostgres start(PostgresSettings settings)
            throws IOException, InterruptedException {
        DirectoryLock lock = DirectoryLock.acquire(settings.directory());
        try {
            PostgresCluster cluster = PostgresCluster.prepare(settings);
            LeftoverServer.end(cluster.data());
            int port = settings.port() == 0 ? FreePort.find() : settings.port();
            if (portIsTaken(port)) {
                throw new IOException(
                        "another program listens on port "
                                + port
                                + ". Stop it, or choose another port for PostgreSQL.");
            }
            ChildProcess process = startUntilReady(settings, cluster, port);
            return new EmbeddedPostgres(lock, process, port, cluster.password());
        } catch (IOException | InterruptedException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** A connection as the superuser of the server that another process runs in this directory. */
    public static Connection connect(Path directory, int port, String database)
            throws IOException, SQLException {
        return connect(port, database, PostgresCluster.password(directory));
    }

    private static ChildProcess startUntilReady(
            PostgresSettings settings, PostgresCluster cluster, int port)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START.toNanos();
        while (true) {
            long logged = Files.exists(cluster.log()) ? Files.size(cluster.log()) : 0;
            ChildProcess process = ChildProcess.start(command(settings, cluster, port));
            try {
                while (process.isAlive() && System.nanoTime() < deadline) {
                    if (answers(port, cluster.password())) {
                        return process;
                    }
                    Thread.sleep(PAUSE);
                }
            } catch (InterruptedException e) {
                process.stop(Signal.INT, STOP);
                throw e;
            }
            boolean ended = !process.isAlive();
            process.stop(Signal.INT, STOP);
            String said = saidSince(logged, cluster.log());
            // The helpers of a killed server hold its shared memory for a moment: try again.
            boolean passes =
                    said.contains("shared memory block") || said.contains("postmaster.pid");
            if (!ended || !passes || System.nanoTime() > deadline) {
                throw new IOException(
                        "PostgreSQL does not start on port "
                                + port
                                + "; it said in "
                                + cluster.log()
                                + ":\n"
                                + said);
            }
            Thread.sleep(PAUSE.multipliedBy(4));
        }
    }

    private static ChildCommand command(
            PostgresSettings settings, PostgresCluster cluster, int port) {
        Map<String, String> parameters = new TreeMap<>();
        parameters.put("port", Integer.toString(port));
        parameters.put("listen_addresses", "127.0.0.1");
        parameters.put("unix_socket_directories", "");
        parameters.put("max_connections", "200");
        // Bulk loads write much log between two checkpoints.
        parameters.put("max_wal_size", "2GB");
        parameters.put("timezone", "UTC");
        parameters.put("log_timezone", "UTC");
        if (hasSmallSharedMemory()) {
            parameters.put("dynamic_shared_memory_type", "mmap");
        }
        if (!settings.durable()) {
            parameters.put("fsync", "off");
            parameters.put("full_page_writes", "off");
            parameters.put("synchronous_commit", "off");
        }
        parameters.putAll(settings.parameters());

        List<String> arguments = new ArrayList<>();
        arguments.add(cluster.binaries().program("postgres").toString());
        arguments.add("-D");
        arguments.add(cluster.data().toString());
        parameters.forEach((name, value) -> arguments.addAll(List.of("-c", name + "=" + value)));
        return ChildCommand.of("PostgreSQL", arguments, cluster.log())
                .withEnvironment(Map.of("LC_ALL", "C", "TZ", "UTC"))
                .signalledAtParentsDeath(Signal.INT)
                .as(cluster.account());
    }

    /** Containers often have 64 MB there, which parallel queries overrun. */
    private static boolean hasSmallSharedMemory() {
        try {
            Path shm = Path.of("/dev/shm");
            return Files.isDirectory(shm)
                    && Files.getFileStore(shm).getTotalSpace() < 512L * 1024 * 1024;
        } catch (IOException _) {
            return true;
        }
    }

    private static boolean answers(int port, String password) {
        try (Connection _ = connect(port, "postgres", password)) {
            return true;
        } catch (SQLException _) {
            return false;
        }
    }

    private static Connection connect(int port, String database, String password)
            throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", PostgresCluster.SUPERUSER);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", "5");
        // Whatever listens there need not be a database, and might never say a word.
        properties.setProperty("loginTimeout", "5");
        return DriverManager.getConnection(url(port, database), properties);
    }

    private static String url(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    private static boolean portIsTaken(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    private static String saidSince(long position, Path log) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(log)) {
            channel.position(position);
            return new String(
                    Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    public int port() {
        return port;
    }

    /** The JDBC URL of a database of this server. */
    public String url(String database) {
        return url(port, database);
    }

    /** The name of the superuser, who makes databases and roles and then stays away. */
    public String superuser() {
        return PostgresCluster.SUPERUSER;
    }

    public String superuserPassword() {
        return password;
    }

    /** A connection as the superuser. */
    public Connection connect(String database) throws SQLException {
        return connect(port, database, password);
    }

    /** The server's process, to watch for its end. */
    public ChildProcess process() {
        return process;
    }

    /** Rolls back what runs, writes everything to disk and stops. */
    @Override
    public void close() throws IOException {
        process.stop(Signal.INT, STOP);
        lock.close();
    }
}
