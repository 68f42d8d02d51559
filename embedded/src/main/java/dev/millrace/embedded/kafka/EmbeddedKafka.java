package dev.millrace.embedded.kafka;

import dev.millrace.embedded.process.DirectoryLock;
import dev.millrace.embedded.process.FreePort;

import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Properties;
import java.util.stream.Stream;

/** A Kafka broker in this JVM, on the loopback interface, whose data survives restarts. */
public final class EmbeddedKafka implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);

    /** As long as a predecessor needs that was told to end when its parent was killed. */
    private static final Duration LOCK = Duration.ofSeconds(20);

    private final DirectoryLock lock;
    private final KafkaRaftServer server;
    private final String bootstrapServers;

    private EmbeddedKafka(DirectoryLock lock, KafkaRaftServer server, String bootstrapServers) {
        this.lock = lock;
        this.server = server;
        this.bootstrapServers = bootstrapServers;
    }

    /** Starts a broker and returns when it answers; formats its directory the first time. */
    public static EmbeddedKafka start(KafkaSettings settings)
            throws IOException, InterruptedException {
        // Two brokers on one directory would hang, Kafka's own lock notwithstanding.
        DirectoryLock lock = DirectoryLock.acquire(settings.directory(), LOCK);
        try {
            Path log = settings.directory().resolve("log");
            int port = settings.port() == 0 ? FreePort.find() : settings.port();
            Properties parameters = BrokerParameters.of(log, port, FreePort.find());
            settings.parameters().forEach(parameters::setProperty);
            if (!Files.exists(log)) {
                format(settings.directory(), log);
            }
            KafkaRaftServer server =
                    new KafkaRaftServer(KafkaConfig.fromProps(parameters, false), Time.SYSTEM);
            String bootstrapServers = "127.0.0.1:" + port;
            try {
                server.startup();
                KafkaReadiness.await(bootstrapServers, START);
            } catch (IOException | InterruptedException | RuntimeException e) {
                server.shutdown();
                throw e;
            }
            return new EmbeddedKafka(lock, server, bootstrapServers);
        } catch (IOException | InterruptedException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Formats aside and renames, so that a crash leaves a formatted directory or none. */
    private static void format(Path directory, Path log) throws IOException {
        Path unfinished = directory.resolve("log.unfinished");
        if (Files.exists(unfinished)) {
            try (Stream<Path> files = Files.list(unfinished)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(unfinished);
        try (PrintStream quiet =
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            new Formatter()
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(BrokerParameters.NODE)
                    .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                    .setControllerListenerName("CONTROLLER")
                    .setMetadataLogDirectory(unfinished.toString())
                    .addDirectory(unfinished.toString())
                    .setPrintStream(quiet)
                    .run();
        } catch (Exception e) {
            throw new IOException("cannot format " + log + " for Kafka: " + e.getMessage(), e);
        }
        Files.move(unfinished, log, StandardCopyOption.ATOMIC_MOVE);
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Returns when the broker has stopped, by {@link #close} or by itself. */
    public void awaitShutdown() {
        server.awaitShutdown();
    }

    @Override
    public void close() throws IOException {
        server.shutdown();
        server.awaitShutdown();
        lock.close();
    }
}
