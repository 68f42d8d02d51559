package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.search.Search;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Large exports, and those that go wrong, in a service with room for one at once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class ExportStreamTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int LARGE = 40_000;

    private static final String MODEL =
            """
            cubes:
              - name: large
                sql: "SELECT i AS id, i % 1000 AS kind, 'row ' || i AS text, i * 1.5 AS amount FROM generate_series(1, 1000000) i"
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true, public: true}
                  - {name: kind, sql: kind, type: number}
                  - {name: text, sql: text, type: string}
                  - {name: amount, sql: amount, type: number}
              - name: broken
                sql: "SELECT i AS id FROM generate_series(1, 200000) i"
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true, public: true}
                  # What is random is computed after rows are sorted, one by one.
                  - {name: part, sql: "'a text that is long ' || 1 / (100000 - {CUBE}.id) + (random() * 0)::int", type: string}
              - name: gate
                sql: "SELECT pg_advisory_lock_shared(7)::text || pg_advisory_unlock_shared(7)::text AS passed"
                dimensions:
                  - {name: passed, sql: passed, type: string}
                measures:
                  - {name: count, type: count}
              - name: sleep
                sql: "SELECT pg_sleep(50)::text AS slept"
                dimensions:
                  - {name: slept, sql: slept, type: string}
            """;

    private static final String GATE = "{\"dimensions\":[\"gate.passed\"]}";
    private static final String SLEEP = "{\"dimensions\":[\"sleep.slept\"]}";

    private final TestWarehouse warehouse = TestWarehouse.create();
    private RunningService service;
    private ExportClient client;

    private static String large(int rows) {
        return "{\"dimensions\":[\"large.id\",\"large.kind\",\"large.text\",\"large.amount\"],\"ungrouped\":true,\"limit\":%d}"
                .formatted(rows);
    }

    private static String broken(int limit) {
        return "{\"dimensions\":[\"broken.id\",\"broken.part\"],\"ungrouped\":true,\"limit\":%d,\"offset\":%d}"
                .formatted(limit, 150_000 - limit);
    }

    @BeforeAll
    void serve(@TempDir Path project) {
        RunningService.writeModel(project, MODEL);
        service =
                RunningService.start(
                        warehouse,
                        project,
                        "millrace.warehouse.pool-size=2",
                        "millrace.serving.export-limit=1000000",
                        "millrace.serving.export-timeout=8s",
                        "server.tomcat.connection-timeout=11s",
                        "millrace.serving.continue-wait-timeout=10s");
        client = new ExportClient(service);
    }

    @AfterAll
    void stop() {
        if (service != null) {
            service.close();
        }
    }

    @AfterEach
    void nothingIsLeftBehind() throws Exception {
        Eventually.within(
                SOON,
                () -> {
                    assertThat(service.bean(Exports.class).underWay()).isZero();
                    assertThat(inTransactions()).isZero();
                });
        assertThat(client.load(large(1), "text/csv").statusCode()).isEqualTo(200);
        assertThat(service.load("{\"measures\":[\"gate.count\"]}").status()).isEqualTo(200);
    }

    private int inTransactions() throws SQLException {
        return count("state <> 'idle' AND usename = '" + Role.READER.roleName() + "'");
    }

    private int count(String condition) throws SQLException {
        try (Connection owner = warehouse.connection(Role.READER);
                Statement statement = owner.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT count(*) FROM pg_stat_activity WHERE datname ="
                                        + " current_database() AND pid <> pg_backend_pid() AND "
                                        + condition)) {
            row.next();
            return row.getInt(1);
        }
    }

    private double metered(String name, String... tags) {
        Search search = service.bean(MeterRegistry.class).find(name).tags(tags);
        return search.timers().stream().mapToDouble(Timer::count).sum()
                + search.counters().stream().mapToDouble(Counter::count).sum();
    }

    @Test
    void aLargeExportComesWhole() throws Exception {
        ExportedRows csv = ExportedRows.csv(client.load(large(LARGE), ExportClient.CSV).body());
        ExportedRows arrow =
                ExportedRows.arrow(client.load(large(LARGE), ExportClient.ARROW).body());
        ExportedRows parquet =
                ExportedRows.parquet(client.load(large(LARGE), ExportClient.PARQUET).body());

        assertThat(csv.rows()).hasSize(LARGE);
        assertThat(csv.rows().getLast())
                .containsEntry("large.text", "row " + LARGE)
                .containsEntry("large.amount", LARGE / 2 * 3 + ".0");
        assertThat(arrow.rows()).hasSize(LARGE).isEqualTo(parquet.rows());
        assertThat(arrow.rows().getLast()).containsEntry("large.text", "row " + LARGE);
        assertThat(arrow.batches()).isEqualTo(LARGE / 8_192 + 1);
    }

    @Test
    void aLargeExportComesWholeByPostToo() throws Exception {
        byte[] body = ("{\"query\":" + large(LARGE) + "}").getBytes(StandardCharsets.UTF_8);
        HttpResponse<byte[]> answer =
                client.send(
                        service.request("/cubejs-api/v1/load?format=csv")
                                .header("Authorization", RunningService.token())
                                .POST(
                                        HttpRequest.BodyPublishers.ofInputStream(
                                                () -> new ByteArrayInputStream(body)))
                                .build());

        assertThat(ExportedRows.csv(answer.body()).rows()).hasSize(LARGE);
    }

    @Test
    void rowGroupsAreClosedOnTheWay() throws Exception {
        ExportedRows parquet =
                ExportedRows.parquet(client.load(large(600_000), ExportClient.PARQUET).body());

        assertThat(parquet.batches()).isBetween(2, 3);
        assertThat(parquet.rows()).hasSize(600_000);
    }

    @Test
    void theLimitIsTheSettingsAndForFilesAlone() {
        assertThat(client.load(large(1_000_001), "text/csv").statusCode()).isEqualTo(500);
        assertThat(service.load(large(50_001)).error())
                .isEqualTo("Error: The query limit has been exceeded.");
    }

    @ParameterizedTest
    @ValueSource(strings = {ExportClient.CSV, ExportClient.ARROW, ExportClient.PARQUET})
    void aFailureHalfWayIsSeen(String form) throws Exception {
        String format = form.replaceAll(".*[/.](csv|arrow|parquet).*", "$1");
        double before = metered("millrace.serving.exports.broken", "format", format);
        double booked = metered("millrace.serving.queries", "format", format, "outcome", "caller");

        String query = broken(140_000);
        if (form.equals(ExportClient.PARQUET)) {
            // It fails before the first row group is full: nothing has been sent.
            assertThat(client.load(query, form).statusCode()).isEqualTo(400);
        } else {
            assertThatThrownBy(() -> client.load(query, form))
                    .isInstanceOf(UncheckedIOException.class);
            try (RawCaller caller = new RawCaller(service, query, form)) {
                assertThat(caller.lastOf(200))
                        .isNotEmpty()
                        .doesNotEndWith("0\r\n\r\n")
                        .doesNotContain("error");
            }
            assertThat(metered("millrace.serving.exports.broken", "format", format) - before)
                    .isEqualTo(2);
        }
        assertThat(
                        metered("millrace.serving.queries", "format", format, "outcome", "caller")
                                - booked)
                .isPositive();
    }

    @Test
    void aLargeFileIsRefusedToWhomItsEndCouldNotBeTold() throws Exception {
        try (RawCaller caller =
                new RawCaller(service, large(LARGE), ExportClient.CSV, "HTTP/1.0")) {
            assertThat(caller.lastOf(2_000))
                    .startsWith("HTTP/1.1 400")
                    .contains("A file of this size needs HTTP/1.1");
        }
        try (RawCaller caller = new RawCaller(service, large(3), ExportClient.CSV, "HTTP/1.0")) {
            assertThat(caller.lastOf(2_000)).startsWith("HTTP/1.1 200").endsWith("4.5\r\n");
        }
    }

    @Test
    void aFailureBeforeAnythingIsSentIsAnError() {
        HttpResponse<byte[]> answer = client.load(broken(50_100), "text/csv");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo("{\"error\":\"Error: division by zero\"}");
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    }

    @Test
    void aCallerThatLeavesWhileTheQueryComputesEndsIt() throws Exception {
        double before = metered("millrace.serving.queries", "outcome", "caller_left");
        try (RawCaller caller = new RawCaller(service, SLEEP, "text/csv")) {
            Eventually.within(SOON, () -> assertThat(count("wait_event = 'PgSleep'")).isOne());
            assertThat(caller).isNotNull();
        }

        Eventually.within(
                Duration.ofSeconds(4),
                () -> assertThat(count("query LIKE '%pg_sleep%' AND state = 'active'")).isZero());
        Eventually.within(
                SOON,
                () ->
                        assertThat(metered("millrace.serving.queries", "outcome", "caller_left"))
                                .isEqualTo(before + 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {ExportClient.CSV, ExportClient.ARROW, ExportClient.PARQUET})
    void aCallerThatLeavesHalfWayGivesTheConnectionBack(String form) throws Exception {
        try (RawCaller caller = new RawCaller(service, large(1_000_000), form)) {
            assertThat(caller.read(5_000)).startsWith("HTTP/1.1 200");
        }

        Eventually.within(Duration.ofSeconds(4), () -> assertThat(inTransactions()).isZero());
    }

    @Test
    void aReaderThatIsTooSlowLosesTheConnection() throws Exception {
        double before = metered("millrace.serving.queries", "outcome", "timeout");
        try (RawCaller caller = new RawCaller(service, large(1_000_000), "text/csv")) {
            assertThat(caller.read(5_000)).startsWith("HTTP/1.1 200");
            assertThat(inTransactions()).isOne();
            // It takes nothing more; the connection is for others all the same.
            Eventually.within(Duration.ofSeconds(14), () -> assertThat(inTransactions()).isZero());
            Eventually.within(
                    SOON,
                    () ->
                            assertThat(metered("millrace.serving.queries", "outcome", "timeout"))
                                    .isEqualTo(before + 1));
            assertThat(caller.lastOf(200)).doesNotEndWith("0\r\n\r\n");
        }
    }

    @Test
    void aQueryThatComputesTooLongIsEnded() {
        HttpResponse<byte[]> answer = client.load(SLEEP, "text/csv");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("took longer");
    }

    @Test
    void exportsLeaveHalfOfTheTurnsToQueries() throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<HttpResponse<byte[]>> first;
            Future<HttpResponse<byte[]>> second;
            try (Connection gate = warehouse.connection(Role.TRANSFORM);
                    Statement statement = gate.createStatement()) {
                statement.execute("SELECT pg_advisory_lock(7)");
                first = callers.submit(() -> client.load(GATE, "text/csv"));
                second = callers.submit(() -> client.load(GATE, ExportClient.ARROW));
                Eventually.within(
                        SOON,
                        () -> {
                            assertThat(service.bean(Exports.class).underWay()).isEqualTo(2);
                            assertThat(count("wait_event = 'advisory'")).isOne();
                        });
                assertThat(
                                service.load(
                                                "{\"dimensions\":[\"large.id\"],\"limit\":1,\"ungrouped\":true}")
                                        .data()
                                        .size())
                        .isOne();
                assertThat(count("wait_event = 'advisory'")).isOne();
            }
            assertThat(first.get().statusCode()).isEqualTo(200);
            assertThat(second.get().statusCode()).isEqualTo(200);
        }
    }
}
