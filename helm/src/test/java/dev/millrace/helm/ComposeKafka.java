package dev.millrace.helm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The Compose file's Kafka without its container: the same settings, translated and formatted by
 * the program that the image does it with, and the same script for users and rights. Only ports,
 * host and directory differ.
 */
final class ComposeKafka implements AutoCloseable {

    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final Process broker;
    private final Map<String, String> secrets;
    private final Map<String, String> ports;

    private ComposeKafka(Process broker, Map<String, String> secrets, Map<String, String> ports) {
        this.broker = broker;
        this.secrets = secrets;
        this.ports = Map.copyOf(ports);
    }

    /** Starts the broker and sets users and rights, with these topics declared by the project. */
    static ComposeKafka start(Path directory, Map<String, String> secrets, String declaredTopics)
            throws IOException, InterruptedException {
        ComposeFile compose = ComposeFile.read().with(secrets);
        Map<String, String> ports = new LinkedHashMap<>();
        for (String port : List.of("9092", "9093", "9094", "9095")) {
            ports.put(port, Integer.toString(freePort()));
        }
        Map<String, String> environment = new LinkedHashMap<>();
        compose.environment("kafka")
                .forEach((name, value) -> environment.put(name, here(name, value, ports)));
        environment.put("KAFKA_LOG_DIRS", directory.resolve("log").toString());

        Path settings = configure(directory, environment);
        Process broker =
                new ProcessBuilder(
                                JAVA,
                                "-Xmx256m",
                                "-cp",
                                classPath(),
                                "kafka.Kafka",
                                settings.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("broker.log").toFile())
                        .start();
        ComposeKafka kafka = new ComposeKafka(broker, secrets, ports);
        try {
            kafka.awaitHealthy(compose, ports);
            kafka.setUp(compose, directory, ports, declaredTopics);
        } catch (IOException | InterruptedException | RuntimeException e) {
            kafka.close();
            throw new IOException(
                    e.getMessage() + "\n" + Files.readString(directory.resolve("broker.log")), e);
        }
        return kafka;
    }

    /** Ports that are free here, on the loopback interface. */
    private static String here(String name, String value, Map<String, String> ports) {
        String result = value;
        if (name.contains("LISTENERS") || name.contains("VOTERS")) {
            for (Map.Entry<String, String> port : ports.entrySet()) {
                result = result.replace(":" + port.getKey(), ":" + port.getValue());
            }
        }
        return name.contains("LISTENERS")
                ? result.replace("CLIENTS://kafka:", "CLIENTS://127.0.0.1:")
                        .replace("://:", "://127.0.0.1:")
                : result;
    }

    private static Path configure(Path directory, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path defaults = Files.createDirectories(directory.resolve("defaults"));
        for (String file : List.of("server.properties", "log4j2.yaml", "tools-log4j2.yaml")) {
            Files.writeString(
                    defaults.resolve(file),
                    file.endsWith(".yaml")
                            ? "Configuration:\n  Loggers:\n    Root:\n      level: INFO\n"
                            : "");
        }
        Path mounted = Files.createDirectories(directory.resolve("mounted"));
        Path settings = Files.createDirectories(directory.resolve("settings"));
        Shell.run(
                environment,
                JAVA,
                "-cp",
                classPath(),
                "kafka.docker.KafkaDockerWrapper",
                "setup",
                "--default-configs-dir",
                defaults.toString(),
                "--mounted-configs-dir",
                mounted.toString(),
                "--final-configs-dir",
                settings.toString());
        return settings.resolve("server.properties");
    }

    private void awaitHealthy(ComposeFile compose, Map<String, String> ports)
            throws IOException, InterruptedException {
        List<String> test =
                compose.service("kafka").at("healthcheck/test").items().stream()
                        .skip(1)
                        .map(Tree::text)
                        .map(word -> word.replace("/9094", "/" + ports.get("9094")))
                        .toList();
        for (int attempt = 0; attempt < 240; attempt++) {
            if (Shell.succeeds(test.toArray(String[]::new))) {
                return;
            }
            if (!broker.isAlive()) {
                throw new IOException("the broker ended with " + broker.exitValue());
            }
            TimeUnit.MILLISECONDS.sleep(250);
        }
        throw new IOException("the broker did not become healthy");
    }

    private void setUp(
            ComposeFile compose, Path directory, Map<String, String> ports, String declaredTopics)
            throws IOException, InterruptedException {
        Path bin = Files.createDirectories(directory.resolve("bin"));
        program(bin.resolve("kafka-configs.sh"), "kafka.admin.ConfigCommand");
        program(bin.resolve("kafka-acls.sh"), "org.apache.kafka.tools.AclCommand");
        Map<String, String> environment = compose.environment("kafka-setup");
        environment.put("KAFKA_BIN", bin.toString());
        environment.put("KAFKA_ADMIN_SERVER", "127.0.0.1:" + ports.get("9094"));
        environment.put("KAFKA_DECLARED_TOPICS", declaredTopics);
        Shell.run(environment, "bash", Repository.file("compose/kafka-setup").toString());
    }

    private static void program(Path file, String main) throws IOException {
        Files.writeString(
                file,
                "#!/bin/sh\nexec %s -Xmx128m -XX:TieredStopAtLevel=1 -cp '%s' %s \"$@\"\n"
                        .formatted(JAVA, classPath(), main));
        if (!file.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + file + " executable");
        }
    }

    private static String classPath() {
        return System.getProperty(
                "surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String bootstrapServers() {
        return server("9092");
    }

    private String server(String port) {
        return "127.0.0.1:" + ports.get(port);
    }

    /** What a service's client sets to get in, as in the Compose file. */
    Map<String, Object> clientSettings(String service) {
        return settings(
                bootstrapServers(),
                "millrace_" + service,
                "KAFKA_" + service.toUpperCase(Locale.ROOT) + "_PASSWORD");
    }

    /** What a producer on the host sets. */
    Map<String, Object> producerSettings() {
        return settings(server("9095"), "producer", "KAFKA_PRODUCER_PASSWORD");
    }

    private Map<String, Object> settings(String server, String user, String password) {
        return Map.of(
                "bootstrap.servers",
                server,
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "SCRAM-SHA-512",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required"
                        + " username=\"%s\" password=\"%s\";"
                                .formatted(user, secrets.get(password)),
                "default.api.timeout.ms",
                "15000",
                "request.timeout.ms",
                "10000");
    }

    @Override
    public void close() throws IOException {
        broker.destroy();
        try {
            if (!broker.waitFor(30, TimeUnit.SECONDS)) {
                broker.destroyForcibly();
            }
        } catch (InterruptedException e) {
            broker.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
