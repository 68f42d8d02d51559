package dev.millrace.serving.budget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.access.CallerKeyClient;
import dev.millrace.serving.query.Eventually;
import dev.millrace.serving.query.RunningService;
import dev.millrace.serving.query.RunningService.Answer;
import dev.millrace.test.TestWarehouse;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class BudgetsTest {

    private static final String MODEL =
            """
            cubes:
              - name: one
                sql: "SELECT 1 AS id"
                measures: [{name: count, type: count}]
              - name: two
                sql: "SELECT * FROM (VALUES (1), (2)) v (id)"
                dimensions: [{name: id, sql: id, type: number}]
              - name: slow
                sql: "SELECT 'x' AS who FROM (SELECT pg_sleep(8) OFFSET 0) s"
                dimensions: [{name: who, sql: who, type: string}]
                measures: [{name: count, type: count}]
            """;

    private static final String TWO = "{\"dimensions\":[\"two.id\"]}";

    private final TestWarehouse warehouse = TestWarehouse.create();
    private Path directory;
    private RunningService service;
    private CallerKeyClient client;

    @BeforeAll
    void serve(@TempDir Path project) {
        directory = project;
        RunningService.writeModel(project, MODEL);
        start();
    }

    private void start() {
        service =
                RunningService.start(
                        warehouse,
                        directory,
                        "millrace.warehouse.pool-size=4",
                        "millrace.serving.continue-wait-timeout=60s",
                        "millrace.serving.budgets.waiting=3",
                        "millrace.serving.budgets.patience=60s",
                        "millrace.serving.budgets.tenant.requests-per-second=1000",
                        "millrace.serving.budgets.tenant.rows-per-day=5");
        client = new CallerKeyClient(service);
    }

    @AfterAll
    void stop() {
        if (service != null) {
            service.close();
        }
    }

    private static String token(Map<String, Object> claims) {
        return RunningService.token(
                "a secret of the metrics doors for tests", claims, Instant.now().plusSeconds(600));
    }

    private static void assertRefused(Answer answer, String words) {
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(429);
        assertThat(CallerKeyClient.error(answer)).startsWith("Error: ").contains(words);
        assertThat(answer.response().headers().firstValue("Retry-After").map(Long::parseLong))
                .hasValueSatisfying(seconds -> assertThat(seconds).isBetween(1L, 86_400L));
    }

    @Test
    void aKeyMayAskSoOftenAndNotMoreOften() throws Exception {
        JsonNode made =
                client.create(
                        "{'name': 'often', 'scopes': ['load'],"
                                + " 'budget': {'requestsPerSecond': 0.01, 'burst': 2}}");
        String key = made.path("key").asString();
        assertThat(client.load(key).status()).isEqualTo(200);
        assertThat(client.load(key).status()).isEqualTo(200);

        assertRefused(client.load(key), "0.01 requests a second (2 at once) of key often");
        assertThat(client.load(RunningService.token()).status()).isEqualTo(200);

        Answer raised =
                client.operators(
                        "PUT",
                        "/caller-keys/" + made.path("id").asString() + "/budget",
                        "{'requestsPerSecond': 0}");
        assertThat(raised.status()).as(raised.body().toString()).isEqualTo(200);
        assertThat(client.load(key).status()).isEqualTo(200);
    }

    @Test
    void rowsOfADayAreCountedAndSurviveARestart() {
        String key =
                client.key("{'name': 'rows', 'scopes': ['load'], 'budget': {'rowsPerDay': 3}}");
        assertThat(client.load(TWO, key).status()).isEqualTo(200);
        assertThat(client.load(TWO, key).status()).isEqualTo(200);
        assertRefused(client.load(TWO, key), "3 rows a day of key rows");

        service.close();
        start();

        assertRefused(client.load(TWO, key), "3 rows a day of key rows");
        JsonNode line =
                client.operators("GET", "/usage?account=key:rows", "").body().path("usage").path(0);
        assertThat(line.path("rows").asInt()).isEqualTo(4);
        assertThat(line.path("requests").asInt()).isEqualTo(2);
        assertThat(line.path("refused").asInt()).isEqualTo(1);
        assertThat(line.path("bytes").asInt()).isPositive();
    }

    @Test
    void allCallersOfATenantShareItsBudget() {
        String ann = token(Map.of("sub", "ann", "tenant_id", "shared"));
        String ben = token(Map.of("sub", "ben", "tenant_id", "shared"));
        for (int i = 0; i < 3; i++) {
            assertThat(client.load(TWO, i % 2 == 0 ? ann : ben).status()).isEqualTo(200);
        }

        assertRefused(client.load(TWO, ann), "5 rows a day of tenant shared");
        assertRefused(client.load(TWO, ben), "5 rows a day of tenant shared");
        assertThat(client.load(TWO, token(Map.of("sub", "ann", "tenant_id", "other"))).status())
                .isEqualTo(200);
    }

    @Test
    void whoSeesSeveralTenantsUsesTheBudgetOfEach() throws Exception {
        String both = token(Map.of("sub", "cam", "tenant_id", List.of("left", "right")));
        String left = token(Map.of("sub", "dan", "tenant_id", "left"));
        for (String caller : List.of(both, left, both)) {
            assertThat(client.load(TWO, caller).status()).isEqualTo(200);
        }

        assertRefused(client.load(TWO, both), "5 rows a day of tenant left");
        assertRefused(client.load(TWO, left), "5 rows a day of tenant left");
        assertThat(client.load(TWO, token(Map.of("sub", "eve", "tenant_id", "right"))).status())
                .isEqualTo(200);
        assertRefused(client.load(TWO, both), "rows a day of tenant");
        Eventually.within(
                Duration.ofSeconds(20),
                () -> {
                    JsonNode lines =
                            client.operators("GET", "/usage?tenant=right&account=token:cam", "")
                                    .body()
                                    .path("usage");
                    assertThat(lines.size()).isEqualTo(1);
                    assertThat(lines.path(0).path("rows").asInt()).isEqualTo(4);
                    assertThat(lines.path(0).path("tenants").toString())
                            .isEqualTo("[\"left\",\"right\"]");
                });
    }

    @Test
    void whatOtherReplicasCountIsKnownSoon(@TempDir Path project) throws Exception {
        String key =
                client.key("{'name': 'replicas', 'scopes': ['load'], 'budget': {'rowsPerDay': 2}}");
        RunningService.writeModel(project, MODEL);
        try (RunningService another = RunningService.start(warehouse, project)) {
            assertThat(client.load("{\"dimensions\":[\"two.id\"],\"limit\":1}", key).status())
                    .isEqualTo(200);
            CallerKeyClient there = new CallerKeyClient(another);
            assertThat(there.load(TWO, key).status()).isEqualTo(200);

            Eventually.within(
                    Duration.ofSeconds(20),
                    () ->
                            assertThat(
                                            client.load(
                                                            "{\"dimensions\":[\"two.id\"],\"limit\":1}",
                                                            key)
                                                    .status())
                                    .isEqualTo(429));
        }
    }

    /** Two of four connections are all that a tenant gets; without shares the other one waits. */
    @Test
    void aTenantWhoseQueriesSleepKeepsNobodyElseWaiting() throws Exception {
        String slow = token(Map.of("sub", "sloth", "tenant_id", "slow"));
        String quick = token(Map.of("sub", "hare", "tenant_id", "quick"));
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                String query =
                        "{\"measures\":[\"slow.count\"],\"filters\":[{\"member\":\"slow.who\",\"operator\":\"notEquals\",\"values\":[\"%d\"]}]}"
                                .formatted(i);
                answers.add(callers.submit(() -> client.load(query, slow)));
            }
            Eventually.within(Duration.ofSeconds(20), () -> assertThat(sleeping()).isEqualTo(2));
            long began = System.nanoTime();

            assertThat(client.load(TWO, quick).status()).isEqualTo(200);

            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isLessThan(Duration.ofSeconds(6));
            List<Integer> statuses = new ArrayList<>();
            for (Future<Answer> answer : answers) {
                statuses.add(answer.get().status());
                if (answer.get().status() == 429) {
                    assertRefused(answer.get(), "tenant slow run and wait");
                }
            }
            // Two ran, three waited for them, and one was too many.
            assertThat(statuses).containsOnly(200, 429);
            assertThat(statuses.stream().filter(status -> status == 429)).hasSize(1);
        }
    }

    private int sleeping() throws SQLException {
        try (var connection = warehouse.connection(Role.READER);
                var statement = connection.createStatement();
                var rows =
                        statement.executeQuery(
                                "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
                                        + " AND datname = current_database()")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /** The query of both waits for a turn of the first one's budget, and is refused for it. */
    @Test
    void nobodyIsRefusedForAnothersBudget(@TempDir Path project) throws Exception {
        RunningService.writeModel(project, MODEL);
        try (RunningService another =
                        RunningService.start(
                                warehouse,
                                project,
                                "millrace.warehouse.pool-size=4",
                                "millrace.serving.continue-wait-timeout=60s",
                                "millrace.serving.budgets.patience=4s");
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            CallerKeyClient there = new CallerKeyClient(another);
            String narrow =
                    there.key(
                            "{'name': 'narrow', 'scopes': ['load'], 'budget':"
                                    + " {'concurrentQueries': 1}}");
            String wide = there.key("{'name': 'wide', 'scopes': ['load']}");
            Future<Answer> sleeping =
                    callers.submit(() -> there.load("{\"measures\":[\"slow.count\"]}", narrow));
            Eventually.within(Duration.ofSeconds(20), () -> assertThat(sleeping()).isEqualTo(1));
            Future<Answer> refused = callers.submit(() -> there.load(TWO, narrow));
            Gauge waiting =
                    another.bean(MeterRegistry.class)
                            .get("millrace.serving.requests.waiting")
                            .gauge();
            Eventually.within(
                    Duration.ofSeconds(20), () -> assertThat(waiting.value()).isEqualTo(2));

            Answer answer = there.load(TWO, wide);

            assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
            assertRefused(refused.get(), "key narrow run and wait");
            assertThat(sleeping.get().status()).isEqualTo(200);
        }
    }

    @Test
    void usageIsToldPageByPage() throws Exception {
        for (String name : List.of("u1", "u2", "u3")) {
            client.load(token(Map.of("sub", name, "tenant_id", "paged")));
        }
        // A request is counted when its answer is out.
        Eventually.within(
                Duration.ofSeconds(20),
                () ->
                        assertThat(
                                        client.operators("GET", "/usage?tenant=paged", "")
                                                .body()
                                                .path("usage")
                                                .size())
                                .isEqualTo(3));

        JsonNode first = client.operators("GET", "/usage?tenant=paged&limit=2", "").body();
        JsonNode second =
                client.operators(
                                "GET",
                                "/usage?tenant=paged&limit=2&after="
                                        + first.path("next").asString(),
                                "")
                        .body();

        assertThat(first.path("usage").path(0).path("account").asString()).isEqualTo("token:u3");
        assertThat(first.path("usage").size()).isEqualTo(2);
        assertThat(second.path("usage").path(0).path("account").asString()).isEqualTo("token:u1");
        assertThat(second.path("next").isNull()).isTrue();
        assertThat(client.operators("GET", "/usage?to=2020-01-01", "").body().path("usage").size())
                .isZero();
        assertThat(client.operators("GET", "/usage?after=nonsense", "").status()).isEqualTo(400);
        assertThat(client.operators("reader", "GET", "/usage", "").status()).isEqualTo(200);
    }
}
