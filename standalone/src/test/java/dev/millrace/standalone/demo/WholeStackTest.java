package dev.millrace.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.millrace.standalone.demo.shop.Door;
import dev.millrace.standalone.stack.Ports;
import dev.millrace.standalone.stack.RecordedProgress;
import dev.millrace.standalone.stack.Stack;
import dev.millrace.standalone.stack.StackAccess;
import dev.millrace.standalone.stack.StackSettings;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The whole stack, from the programs that the build made, with the demo played on it. */
@Timeout(600)
class WholeStackTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Map<String, String> KEYS =
            Map.of("WEB_WRITE_KEY", "of-the-test", "MAIL_WRITE_KEY", "of-the-test-too");

    @TempDir private Path directory;

    @BeforeAll
    static void programsWereBuilt() throws IOException {
        for (String service : List.of("ingestion", "transform", "serving")) {
            Path target = HOME.resolve(service + "-service/target");
            assumeThat(target).isDirectory();
            try (Stream<Path> files = Files.list(target)) {
                assumeThat(files.anyMatch(f -> f.toString().endsWith("-exec.jar")))
                        .as("%s is packaged (mvn verify does that first)", service)
                        .isTrue();
            }
        }
    }

    @Test
    void startsAnswersRightRecoversFromAKillAndLeavesNothingBehind() throws Exception {
        Ports ports = freePorts();
        StackSettings settings =
                new StackSettings(
                        HOME,
                        HOME.resolve("examples/shop"),
                        directory.resolve("data"),
                        ports,
                        KEYS);
        RecordedProgress progress = new RecordedProgress();
        List<Long> pids = new ArrayList<>();
        try (Stack stack = Stack.open(settings, progress)) {
            stack.start();
            assertThat(Stream.generate(() -> next(progress)).limit(5))
                    .containsExactlyInAnyOrder(
                            "started postgres",
                            "started kafka",
                            "started ingestion",
                            "started transform",
                            "started serving");
            StackAccess access = stack.access();
            everyDoorIsLockedButToItsOwner(access);
            theWarehouseCanBeReadAndNotWritten(access);
            theDemosAnswersAreRight(settings, access);

            Path data = settings.data();
            long serving = pid(data, "serving");
            ProcessHandle.of(serving).orElseThrow().destroyForcibly();
            assertThat(progress.next()).isEqualTo("restarting serving: ended with signal 9");
            assertThat(progress.next()).isEqualTo("restarted serving");
            assertThat(pid(data, "serving")).isNotEqualTo(serving);
            assertThat(status(access.servingUrl() + "/operator/project", access.servingToken()))
                    .isEqualTo(200);
            for (String component :
                    List.of("postgres", "kafka", "ingestion", "transform", "serving")) {
                pids.add(pid(data, component));
            }
        }
        assertThat(pids).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
        try (Stream<Path> left = Files.list(settings.data().resolve("run"))) {
            assertThat(left).isEmpty();
        }
        for (int port : List.of(ports.ingestion(), ports.postgres(), ports.kafka())) {
            new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
        }
    }

    private static void theDemosAnswersAreRight(StackSettings settings, StackAccess access)
            throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        new Demo(
                        Addresses.of(access),
                        settings.project(),
                        settings.data(),
                        new PrintStream(printed, true, StandardCharsets.UTF_8))
                .run(42, Map.of(Door.WEB, "of-the-test", Door.MAIL, "of-the-test-too"));
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("1. Weekly sign-ups by city", "6. Users who have not logged in");

        // Somebody else's arithmetic on what was sent.
        ProcessBuilder check =
                new ProcessBuilder(
                                "python3",
                                settings.project().resolve("check.py").toString(),
                                "--log",
                                settings.data().resolve("demo/sent.jsonl").toString())
                        .redirectErrorStream(true);
        check.environment().put("SERVING_URL", access.servingUrl());
        check.environment().put("SERVING_TOKEN", access.servingToken());
        Process process;
        try {
            process = check.start();
        } catch (IOException e) {
            assumeThat(e).as("python3 is there, to check the answers").isNull();
            return;
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said.lines().filter(line -> line.startsWith("OK"))).hasSize(6);
    }

    private static void everyDoorIsLockedButToItsOwner(StackAccess access) throws Exception {
        for (String url :
                List.of(access.ingestionUrl(), access.transformUrl(), access.servingUrl())) {
            assertThat(status(url + "/operator/project", "")).as(url).isEqualTo(401);
            assertThat(status(url + "/operator/project", access.servingToken()))
                    .as(url)
                    .isEqualTo(200);
            assertThat(status(url + "/operator/audit", access.servingToken()))
                    .as(url)
                    .isEqualTo(403);
            assertThat(status(url + "/operator/audit", access.operatorToken()))
                    .as(url)
                    .isEqualTo(200);
        }
    }

    private static void theWarehouseCanBeReadAndNotWritten(StackAccess access) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(
                                access.warehouseJdbcUrl(),
                                access.warehouseUser(),
                                access.warehousePassword());
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> statement.execute("CREATE SCHEMA mine"))
                    .hasMessageContaining("read-only");
        }
    }

    private static int status(String url, String token) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request.build(), BodyHandlers.discarding()).statusCode();
        }
    }

    private static long pid(Path data, String component) throws IOException {
        return Long.parseLong(Files.readString(data.resolve("run/" + component + ".pid")).strip());
    }

    private static String next(RecordedProgress progress) {
        try {
            return progress.next();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private static Ports freePorts() throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return new Ports(
                    sockets.get(0).getLocalPort(),
                    sockets.get(1).getLocalPort(),
                    sockets.get(2).getLocalPort(),
                    sockets.get(3).getLocalPort(),
                    sockets.get(4).getLocalPort());
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }
}
