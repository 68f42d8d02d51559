package dev.millrace.test;

import dev.millrace.embedded.kafka.BrokerMain;
import dev.millrace.embedded.process.FreePort;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A Kafka broker of a test's own, in a process that can be killed and comes back. */
public final class KillableKafka implements AutoCloseable {

    private final Path directory;
    private final int port;
    private Process process;

    private KillableKafka(Path directory, int port, Process process) {
        this.directory = directory;
        this.port = port;
        this.process = process;
    }

    /** Starts a broker that keeps its data in a directory, which is the caller's to delete. */
    public static KillableKafka start(Path directory) {
        try {
            int port = FreePort.find();
            return new KillableKafka(directory, port, start(directory, port));
        } catch (IOException e) {
            throw new IllegalStateException("cannot start Kafka", e);
        }
    }

    private static Process start(Path directory, int port) throws IOException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                BrokerMain.class.getName(),
                                directory.toString(),
                                Integer.toString(port))
                        .redirectErrorStream(true)
                        .start();
        BufferedReader said = process.inputReader();
        String line;
        while ((line = said.readLine()) != null) {
            if (line.startsWith("Kafka answers")) {
                // Nobody reads on, and a full pipe would stop the broker.
                Thread.ofVirtual().start(() -> said.lines().forEach(_ -> {}));
                return process;
            }
        }
        throw new IllegalStateException("the broker ended before it answered");
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    public void createTopic(String name, int partitions) {
        try (Admin admin =
                Admin.create(
                        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()))) {
            TestKafka.create(admin, new NewTopic(name, partitions, (short) 1));
        }
    }

    /** Ends the broker without a word, as a crash does, and returns when it is gone. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Starts it again where it was, after {@link #kill()}. */
    public void restart() throws IOException {
        process = start(directory, port);
    }

    @Override
    public void close() {
        kill();
    }
}
