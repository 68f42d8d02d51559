package dev.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.helm.training.AotTraining;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * What the chart renders starts: each service with the command of its image, the variables, user
 * and read-only root of its Deployment, the roles of roles.sql and the rights of
 * compose/kafka-setup.
 */
class ServiceStartTest {

    /** Twice what the chart allows, for a machine that is busy with other tests. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir private static Path directory;

    private static ComposeKafka kafka;
    private static TestWarehouse warehouse;
    private static Map<String, String> secrets;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        assumeTrue(
                Container.isPossible(),
                "needs root and mount namespaces to start what the chart renders");
        for (String service : Chart.SERVICES) {
            assumeTrue(
                    Image.jar(service).isPresent(),
                    service + " is not packaged: this runs with mvn verify");
        }
        secrets = ComposeSecrets.generate(directory.resolve("env"));
        kafka = ComposeKafka.start(directory, secrets, "");
        warehouse = TestWarehouse.create();
    }

    @AfterAll
    static void stop() throws IOException {
        if (kafka != null) {
            kafka.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ingestion", "transform", "serving"})
    void becomesReadyAsItsDeploymentSaysAndEndsInTime(String service)
            throws IOException, InterruptedException {
        int port = freePort();
        Rendered rendered = render(service, port);
        Path work = Files.createDirectory(directory.resolve(service));

        try (Container container = run(rendered, Image.build(service, work), port, work, "")) {
            awaitReady(rendered, service, port, container);

            assertThat(container.status("Uid")).isEqualTo("10001\t10001\t10001\t10001");
            assertThat(container.status("CapEff")).matches("0+");
            assertThat(container.status("CapBnd")).matches("0+");
            assertThat(container.status("NoNewPrivs")).isEqualTo("1");
            assertThat(container.mountOptions().entrySet())
                    .filteredOn(
                            mount -> mount.getKey().matches("/|/app|/project|/usr|/etc|/opt/.*"))
                    .hasSize(6)
                    .allSatisfy(mount -> assertThat(mount.getValue()).startsWith("ro"));
            int grace =
                    Integer.parseInt(
                            rendered.one("Deployment", "shop-millrace-" + service)
                                    .at("spec/template/spec/terminationGracePeriodSeconds")
                                    .text());
            // 128 + SIGTERM, from a JVM that ended in order.
            assertThat(container.stop(grace)).as(container.output()).isEqualTo(143);
        }
    }

    @Test
    void theCacheThatTheImageTrainsIsUsed() throws IOException, InterruptedException {
        String service = "serving";
        int port = freePort();
        Path work = Files.createDirectory(directory.resolve("trained"));
        Image image = Image.build(service, work);
        AotTraining.train(service, image.app());
        Rendered rendered = render(service, port);

        // With this a JVM that cannot use its cache refuses to start.
        try (Container container = run(rendered, image, port, work, " -XX:AOTMode=on")) {
            awaitReady(rendered, service, port, container);
        }
    }

    private static Rendered render(String service, int port) {
        URI database = URI.create(warehouse.url().substring("jdbc:".length()));
        Map<String, Object> set = new LinkedHashMap<>();
        set.put("kafka.bootstrapServers", kafka.bootstrapServers());
        set.put("kafka.securityProtocol", "SASL_PLAINTEXT");
        // There is one broker.
        set.put("kafka.replicationFactor", 1);
        set.put("kafka.minInsyncReplicas", 1);
        set.put("postgresql.host", database.getHost());
        set.put("postgresql.port", database.getPort());
        set.put("postgresql.database", database.getPath().substring(1));
        set.put("postgresql.sslMode", "disable");
        set.put("postgresql.ca.secretName", "");
        // Beside other services of this machine.
        set.put(service + ".extraEnv[0].name", "SERVER_PORT");
        set.put(service + ".extraEnv[0].value", "\"" + port + "\"");
        return Chart.render("minimal", set);
    }

    private static Container run(
            Rendered rendered, Image image, int port, Path work, String javaOptions)
            throws IOException {
        PodEnvironment pod = new PodEnvironment(rendered, podSecrets());
        Path project = Files.createDirectories(work.resolve("project"));
        pod.writeProject(image.service(), project);
        Tree container = rendered.container(image.service());
        Tree security =
                rendered.one("Deployment", "shop-millrace-" + image.service())
                        .at("spec/template/spec/securityContext");
        Map<String, String> environment = new HashMap<>(pod.variables(image.service()));
        environment.put("SERVER_PORT", Integer.toString(port));
        // Stands in for the memory limit, which a control group would set.
        environment.put(
                "JAVA_TOOL_OPTIONS",
                image.environment().get("JAVA_TOOL_OPTIONS")
                        + " -XX:MaxRAM="
                        + container.at("resources/limits/memory").text().replace("i", "")
                        + javaOptions);
        return Container.start(
                image,
                Integer.parseInt(security.at("runAsUser").text()),
                Integer.parseInt(security.at("runAsGroup").text()),
                environment,
                Map.of("/project", project),
                work);
    }

    /** The Secrets that ci/minimal-values.yaml names. */
    private static Map<String, Map<String, String>> podSecrets() {
        Map<String, Map<String, String>> all = new HashMap<>();
        for (Role role : Role.values()) {
            all.put(
                    role.roleName().replace('_', '-') + "-database",
                    Map.of("password", warehouse.password(role)));
        }
        for (String service : new String[] {"ingestion", "transform", "serving"}) {
            all.put(
                    "millrace-" + service + "-kafka",
                    Map.of(
                            "username",
                            "millrace_" + service,
                            "password",
                            secrets.get(
                                    "KAFKA_"
                                            + service.toUpperCase(java.util.Locale.ROOT)
                                            + "_PASSWORD")));
        }
        all.put("millrace-access", Map.of("jwt-secret", UUID.randomUUID().toString()));
        all.put("millrace-api", Map.of("api-secret", UUID.randomUUID().toString()));
        all.put("millrace-tenants", Map.of("tenant-secret", UUID.randomUUID().toString()));
        all.put("shop-environment", Map.of("WEB_WRITE_KEY", UUID.randomUUID().toString()));
        return all;
    }

    private static void awaitReady(Rendered rendered, String service, int port, Container container)
            throws InterruptedException {
        String path = rendered.container(service).at("readinessProbe/httpGet/path").text();
        HttpRequest probe =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(Duration.ofSeconds(3))
                        .build();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (System.nanoTime() < deadline) {
                assertThat(container.isRunning()).as(container.output()).isTrue();
                if (status(client, probe) == 200) {
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
        throw new AssertionError(service + " did not become ready:\n" + container.output());
    }

    private static int status(HttpClient client, HttpRequest request) throws InterruptedException {
        try {
            return client.send(request, BodyHandlers.discarding()).statusCode();
        } catch (IOException _) {
            return 0;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
