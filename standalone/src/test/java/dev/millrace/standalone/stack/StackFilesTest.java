package dev.millrace.standalone.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.millrace.contracts.warehouse.Role;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Stream;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

class StackFilesTest {

    private static final Clock CLOCK =
            Clock.fixed(Instant.parse("2026-03-01T00:00:00Z"), ZoneOffset.UTC);
    private static final Ports PORTS = new Ports(1, 2, 3, 4, 5);

    @TempDir private Path directory;
    private DataDirectory data;

    @BeforeEach
    void prepare() throws Exception {
        data = DataDirectory.prepare(directory.resolve("data"));
    }

    @Test
    void drawsSecretsOnceAndKeepsThem() throws Exception {
        Secrets first = Secrets.loadOrCreate(data.secrets());
        Secrets second = Secrets.loadOrCreate(data.secrets());
        assertThat(second).isEqualTo(first);
        assertThat(first.passwords().values())
                .doesNotHaveDuplicates()
                .hasSize(Role.values().length);
        assertThat(first.operatorsJwt().getBytes(StandardCharsets.UTF_8))
                .hasSizeGreaterThanOrEqualTo(32);
        assertThat(Secrets.loadOrCreate(Files.createDirectory(directory.resolve("other"))))
                .isNotEqualTo(first);
    }

    @Test
    void showsSecretsToNobody() throws Exception {
        Secrets secrets = Secrets.loadOrCreate(data.secrets());
        assertThat(permissions(data.secrets())).isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(data.secrets())) {
            assertThat(files).allSatisfy(f -> assertThat(permissions(f)).isEqualTo("rw-------"));
        }
        assertThat(secrets.toString()).doesNotContain(secrets.piiKey());
    }

    @Test
    void closesTheRecordsToOthers() throws Exception {
        assertThat(permissions(data.root())).isEqualTo("rwx--x--x");
        assertThat(permissions(data.kafka())).isEqualTo("rwx------");
        assertThat(permissions(data.logs())).isEqualTo("rwx------");
    }

    @Test
    void putsALargeLogAside() throws Exception {
        Path log = data.rotatedLog("kafka");
        Files.write(log, new byte[11 << 20]);
        assertThat(data.rotatedLog("kafka")).isEqualTo(log).doesNotExist();
        assertThat(data.logs().resolve("kafka.log.1")).hasSize(11 << 20);
        Files.writeString(log, "small");
        assertThat(data.rotatedLog("kafka")).hasContent("small");
    }

    @Test
    void keepsThreeOldLogs() throws Exception {
        for (int run = 1; run <= 5; run++) {
            byte[] content = new byte[11 << 20];
            content[0] = (byte) run;
            Files.write(data.rotatedLog("kafka"), content);
        }
        data.rotatedLog("kafka");
        try (Stream<Path> logs = Files.list(data.logs())) {
            assertThat(logs.map(p -> p.getFileName().toString()))
                    .containsExactlyInAnyOrder("kafka.log.1", "kafka.log.2", "kafka.log.3");
        }
        assertThat(Files.readAllBytes(data.logs().resolve("kafka.log.1"))[0]).isEqualTo((byte) 5);
    }

    @Test
    void findsARunningStackByWhatItAnnounced() throws Exception {
        RunningStack.announce(data, PORTS);
        StackAccess access = StackAccess.ofRunning(data.root(), CLOCK);
        Secrets secrets = Secrets.loadOrCreate(data.secrets());
        assertThat(access.variables())
                .containsEntry("INGESTION_URL", "http://127.0.0.1:1")
                .containsEntry("TRANSFORM_URL", "http://127.0.0.1:2")
                .containsEntry("SERVING_URL", "http://127.0.0.1:3")
                .containsEntry("KAFKA_BOOTSTRAP", "127.0.0.1:5")
                .containsEntry(
                        "WAREHOUSE_URL",
                        "postgresql://millrace_reader:%s@127.0.0.1:4/warehouse"
                                .formatted(secrets.password(Role.READER)))
                .containsKeys("SERVING_TOKEN", "OPERATOR_TOKEN");
    }

    @Test
    void findsNoStackThatWasWithdrawnOrDied() throws Exception {
        assertThatIOException()
                .isThrownBy(() -> StackAccess.ofRunning(data.root(), CLOCK))
                .withMessageContaining("no stack is running")
                .withMessageContaining("./millrace up");
        RunningStack.announce(data, PORTS);
        RunningStack.withdraw(data);
        assertThatIOException().isThrownBy(() -> StackAccess.ofRunning(data.root(), CLOCK));
        Files.writeString(data.run().resolve("stack.properties"), "pid=999999999\n");
        assertThatIOException().isThrownBy(() -> StackAccess.ofRunning(data.root(), CLOCK));
    }

    @Test
    void signsTokensThatEnd() throws Exception {
        String secret = "a secret of the operators, long enough";
        String[] parts = new OperatorTokens(secret, CLOCK).issue("reader").split("\\.");
        assertThat(parts).hasSize(3);
        assertThat(decoded(parts[0])).isEqualTo("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
        assertThat(decoded(parts[1]))
                .isEqualTo(
                        "{\"sub\":\"standalone\",\"roles\":[\"reader\"],\"iat\":1772323200,\"exp\":1772928000}");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        assertThat(Base64.getUrlDecoder().decode(parts[2]))
                .isEqualTo(
                        mac.doFinal((parts[0] + "." + parts[1]).getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void namesThePortsThatOthersHave() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Ports ports = new Ports(socket.getLocalPort(), 0, 0, 0, 0);
            assertThatIOException()
                    .isThrownBy(ports::checkFree)
                    .withMessageContaining(socket.getLocalPort() + " (ingestion)")
                    .withMessageContaining("--port-offset");
        }
        new Ports(0, 0, 0, 0, 0).checkFree();
    }

    @Test
    void shiftsAllPortsTogether() {
        assertThat(Ports.shifted(0)).isEqualTo(new Ports(8081, 8082, 8083, 15432, 19092));
        assertThat(Ports.shifted(100)).isEqualTo(new Ports(8181, 8182, 8183, 15532, 19192));
    }

    @Test
    void refusesASecondStackOnTheSameData() throws Exception {
        StackSettings settings =
                new StackSettings(directory, directory, data.root(), PORTS, Map.of());
        try (Stack first = Stack.open(settings, new RecordedProgress())) {
            assertThat(first.isOpen()).isTrue();
            assertThatIOException()
                    .isThrownBy(() -> Stack.open(settings, new RecordedProgress()))
                    .withMessageContaining("process " + ProcessHandle.current().pid())
                    .withMessageContaining(data.root().toString())
                    .withMessageContaining("--data DIR");
        }
        Stack.open(settings, new RecordedProgress()).close();
    }

    @Test
    void endsTheProcessesThatAKilledSupervisorLeft() throws Exception {
        Process java =
                new ProcessBuilder(
                                JavaProgram.java(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Sleeper.class.getName())
                        .start();
        Process stranger = new ProcessBuilder("sleep", "300").start();
        try {
            java.getInputStream().read();
            Files.writeString(data.pidFile("serving"), java.pid() + "\n");
            Files.writeString(data.pidFile("transform"), stranger.pid() + "\n");
            Files.writeString(data.pidFile("ingestion"), "999999999\n");
            Files.writeString(data.pidFile("kafka"), "half a num");
            RecordedProgress progress = new RecordedProgress();
            Leftovers.end(data, progress);
            assertThat(progress.next()).contains("recovering");
            assertThat(java.isAlive()).isFalse();
            assertThat(stranger.isAlive()).as("not a JVM, so not ours").isTrue();
            try (Stream<Path> left = Files.list(data.run())) {
                assertThat(left).isEmpty();
            }
        } finally {
            java.destroyForcibly();
            stranger.destroyForcibly();
        }
    }

    @Test
    void saysHowToBuildAServiceThatIsNotBuilt() throws Exception {
        assertThatIOException()
                .isThrownBy(() -> ServiceProgram.unpacked(directory, "serving-service"))
                .withMessageContaining("mvn package");
    }

    /** A JVM that waits to be told to end. */
    static final class Sleeper {
        private Sleeper() {}

        public static void main(String[] arguments) throws InterruptedException {
            System.out.println("up");
            Thread.sleep(300_000);
        }
    }

    private static String decoded(String base64) {
        return new String(Base64.getUrlDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    private static String permissions(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
