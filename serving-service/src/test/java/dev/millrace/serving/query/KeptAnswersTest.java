package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.access.CallerKeyClient;
import dev.millrace.serving.query.RunningService.Answer;
import dev.millrace.test.TestWarehouse;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** What is kept is answered before the doors, and nobody can tell but by the time that it takes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class KeptAnswersTest {

    private static final String MODEL =
            """
            cubes:
              - name: orders
                sql_table: facts.orders
                measures: [{name: count, type: count}, {name: total, type: sum, sql: amount}]
                dimensions: [{name: status, sql: status, type: string}]
                access_policy:
                  - group: "*"
                    row_level: {filters: [{member: status, operator: equals, values: ["{ securityContext.status }"]}]}
            """;

    private final TestWarehouse warehouse = TestWarehouse.create();
    private RunningService service;
    private CallerKeyClient client;

    @BeforeAll
    void serve(@TempDir Path project) throws Exception {
        WatchedRelations.make(warehouse);
        warehouse.execute(
                Role.TRANSFORM,
                """
                CREATE SCHEMA facts;
                GRANT USAGE ON SCHEMA facts TO millrace_reader;
                CREATE TABLE facts.orders (id int, status text, amount numeric);
                GRANT SELECT ON ALL TABLES IN SCHEMA facts TO millrace_reader;
                INSERT INTO facts.orders VALUES (1, 'paid', 5), (2, 'open', 7);
                INSERT INTO transform.relation_version VALUES ('facts.orders', 1, now(), '2026-01-02', '{unique_id}');
                """);
        RunningService.writeModel(project, MODEL);
        service =
                RunningService.start(warehouse, project, "server.forward-headers-strategy=native");
        client = new CallerKeyClient(service);
    }

    @AfterAll
    void stop() {
        if (service != null) {
            service.close();
        }
    }

    private static String token(String subject, String status) {
        return RunningService.token(
                RunningService.API_SECRET,
                Map.of("sub", subject, "status", status),
                Instant.now().plusSeconds(600));
    }

    private HttpRequest.Builder load(String token, String parameters) {
        return service.request(
                        "/cubejs-api/v1/load?query="
                                + RunningService.encoded(
                                        "{\"measures\":[\"orders.count\",\"orders.total\"]}")
                                + parameters)
                .header("Authorization", token);
    }

    /** How many requests came to the doors. */
    private long atTheDoors() {
        return service.bean(MeterRegistry.class).find("http.server.requests").timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    /** The answer, of which it is sure that it did not come from there. */
    private Answer kept(HttpRequest request) {
        long before = atTheDoors();
        Answer answer = service.send(request);
        assertThat(atTheDoors()).isEqualTo(before);
        return answer;
    }

    /** The answer of the doors; what they count, they count when it is out already. */
    private Answer fromTheDoors(HttpRequest request) throws Exception {
        long before = atTheDoors();
        Answer answer = service.send(request);
        Eventually.within(
                Duration.ofSeconds(10), () -> assertThat(atTheDoors()).isEqualTo(before + 1));
        return answer;
    }

    private static Map<String, List<String>> headers(Answer answer) {
        return headers(answer.response());
    }

    private static Map<String, List<String>> headers(HttpResponse<String> answer) {
        Map<String, List<String>> headers = new TreeMap<>(answer.headers().map());
        headers.remove("date");
        headers.computeIfPresent("vary", (_, varying) -> split(varying));
        return headers;
    }

    private static List<String> split(List<String> values) {
        List<String> all = new ArrayList<>();
        values.forEach(value -> all.addAll(List.of(value.split(", "))));
        return all.stream().sorted().toList();
    }

    private static HttpRequest traced(HttpRequest request) {
        return HttpRequest.newBuilder(request, (_, _) -> true)
                .header("traceparent", "00-" + "a".repeat(32) + "-1234567890123456-01")
                .build();
    }

    @ParameterizedTest
    @CsvSource({
        "'', ''",
        "Origin, https://page.example",
        "Origin, null",
        "X-Forwarded-Proto, https",
    })
    void nobodySeesThatAnAnswerWasKept(String header, String value) throws Exception {
        HttpRequest.Builder asked = load(token("same" + value, "paid"), "");
        if (!header.isEmpty()) {
            asked.header(header, value);
        }
        HttpRequest request = asked.header("x-request-id", "mine-1").build();
        fromTheDoors(load(token("same" + value, "paid"), "").build());
        Answer first = fromTheDoors(traced(request));

        Answer second = kept(request);

        assertThat(second.status()).isEqualTo(200);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.body().path("requestId").asString()).isEqualTo("mine-1");
        assertThat(headers(second)).isEqualTo(headers(first)).containsKey("etag");
        if (value.equals("https")) {
            assertThat(headers(second)).containsKey("strict-transport-security");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "https://[", "https://a b"})
    void aPageThatDoesNotSayWhereItIsFromIsToldTheSame(String origin) throws Exception {
        String token = token("odd" + origin, "paid");
        fromTheDoors(load(token, "").build());
        HttpRequest request = load(token, "").header("Origin", origin).build();
        HttpResponse<String> first = service.respond(traced(request));

        HttpResponse<String> second = service.respond(request);

        assertThat(second.statusCode()).isEqualTo(first.statusCode());
        assertThat(second.body()).hasSameSizeAs(first.body());
        assertThat(headers(second)).isEqualTo(headers(first));
    }

    @Test
    void whatIsNotTrueAnyMoreIsAnsweredAtTheDoorsByTheSameVisit() throws Exception {
        String key =
                client.key(
                        "{\"name\":\"handed\",\"scopes\":[\"load\"],\"securityContext\":{\"status\":\"past\"},\"budget\":{\"requestsPerSecond\":0.001,\"burst\":2}}");
        Answer first = fromTheDoors(load(key, "").build());
        WatchedRelations.change(
                warehouse, "facts.orders", "INSERT INTO facts.orders VALUES (3, 'past', 1)");

        Answer second = fromTheDoors(load(key, "").header("x-request-id", "handed-2").build());

        assertThat(second.data().path(0).path("orders.count").asString()).isEqualTo("1");
        assertThat(headers(second).keySet()).isEqualTo(headers(first).keySet());
        assertThat(service.send(load(key, "").build()).status()).as("two of two").isEqualTo(429);
        Eventually.within(
                Duration.ofSeconds(20),
                () -> {
                    List<JsonNode> accesses = accesses("key:handed");
                    assertThat(accesses).hasSize(3);
                    JsonNode handed = accesses.get(1);
                    assertThat(handed.path("requestId").asString()).isEqualTo("handed-2");
                    assertThat(handed.path("cached").asString()).isEqualTo("miss");
                    assertThat(handed.path("traceId").asString()).hasSize(32);
                });
    }

    /** As they are written down, the last first. */
    private List<JsonNode> accesses(String account) {
        return client.operators("GET", "/accesses?account=" + account, "")
                .body()
                .path("accesses")
                .valueStream()
                .map(found -> found.path("access"))
                .toList();
    }

    @Test
    void whatIsWaitedForIsBooked() throws Exception {
        String token = token("slow", "paid");
        fromTheDoors(load(token, "").build());
        // Nothing was committed since the last check would do, too.
        WatchedRelations.change(warehouse, "facts.others", "SELECT 1");
        Duration longest = Duration.ofMillis(300);
        try (Connection owner = warehouse.ownerConnection();
                Statement statement = owner.createStatement();
                Connection watching = warehouse.connection(Role.READER);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            owner.setAutoCommit(false);
            statement.execute("LOCK TABLE transform.relation_version");
            Future<Answer> answer = threads.submit(() -> kept(load(token, "").build()));
            Eventually.within(
                    Duration.ofSeconds(10),
                    () -> assertThat(waiting(watching)).isGreaterThan(longest));
            owner.rollback();
            assertThat(answer.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
        }

        assertThat(
                        service
                                .bean(MeterRegistry.class)
                                .find("millrace.serving.queries")
                                .tag("cache", "hit")
                                .timers()
                                .stream()
                                .mapToDouble(timer -> timer.max(TimeUnit.MILLISECONDS)))
                .anyMatch(max -> max >= longest.toMillis());
        Eventually.within(
                Duration.ofSeconds(20),
                () ->
                        assertThat(accesses("token:slow").getFirst().path("millis").asLong())
                                .isGreaterThanOrEqualTo(longest.toMillis()));
    }

    /** How long a statement has been waiting for a lock. */
    private static Duration waiting(Connection watching) {
        try (Statement statement = watching.createStatement();
                ResultSet found =
                        statement.executeQuery(
                                """
                                SELECT coalesce(max(extract(epoch FROM clock_timestamp() - query_start) * 1000), 0)::bigint
                                FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
                                """)) {
            found.next();
            return Duration.ofMillis(found.getLong(1));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aChangeIsSeenByTheNextWhoAsks() throws Exception {
        HttpRequest request = load(token("eager", "new"), "").build();
        fromTheDoors(request);
        assertThat(kept(request).data().path(0).path("orders.count").asString()).isEqualTo("0");

        for (int i = 1; i <= 5; i++) {
            WatchedRelations.change(
                    warehouse, "facts.orders", "INSERT INTO facts.orders VALUES (9, 'new', 1)");
            assertThat(fromTheDoors(request).data().path(0).path("orders.count").asString())
                    .isEqualTo(String.valueOf(i));
            assertThat(kept(request).data().path(0).path("orders.count").asString())
                    .isEqualTo(String.valueOf(i));
        }
    }

    @Test
    void whoMaySeeOtherRowsGetsOthers() {
        for (int i = 0; i < 3; i++) {
            assertThat(total(token("p", "paid"))).isEqualTo("5");
            assertThat(total(token("o", "open"))).isEqualTo("7");
        }
    }

    private String total(String token) {
        return service.send(load(token, "").build()).data().path(0).path("orders.total").asString();
    }

    @Test
    void whoHasItAlreadyIsToldSo() throws Exception {
        String token = token("twice", "paid");
        fromTheDoors(load(token, "").build());
        String tag =
                kept(load(token, "").build()).response().headers().firstValue("etag").orElseThrow();

        Answer answer = kept(load(token, "").header("If-None-Match", tag).build());

        assertThat(answer.status()).isEqualTo(304);
        assertThat(answer.response().body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "&cache=no-cache",
                "&format=csv",
                "&cache=stale-while-revalidate",
                "&cache=nonsense"
            })
    void whatIsNotAskedOfTheKeptComesFromTheDoors(String parameters) throws Exception {
        String token = token("other" + parameters, "paid");
        fromTheDoors(load(token, "").build());
        HttpRequest request = load(token, parameters).build();

        long before = atTheDoors();
        service.text(request);

        Eventually.within(
                Duration.ofSeconds(10), () -> assertThat(atTheDoors()).isEqualTo(before + 1));
    }

    @Test
    void aTokenThatIsNotGoodGetsNothing() throws Exception {
        String good = token("careful", "paid");
        fromTheDoors(load(good, "").build());
        kept(load(good, "").build());
        String forged =
                RunningService.token(
                        "another secret, of the same length as ours",
                        Map.of("sub", "careful", "status", "paid"),
                        Instant.now().plusSeconds(600));

        for (String bad : List.of(forged, good + "x", "Bearer ", "nonsense")) {
            assertThat(fromTheDoors(load(bad, "").build()).status()).as(bad).isEqualTo(403);
        }
    }

    @Test
    void aKeyGetsWhatItsScopesAndBudgetAllow() throws Exception {
        String narrow =
                client.key(
                        "{\"name\":\"narrow\",\"scopes\":[\"meta\"],\"securityContext\":{\"status\":\"paid\"}}");
        String small =
                client.key(
                        "{\"name\":\"small\",\"scopes\":[\"load\"],\"securityContext\":{\"status\":\"paid\"},\"budget\":{\"requestsPerSecond\":0.001,\"burst\":3}}");
        HttpRequest request = load(small, "").build();
        fromTheDoors(request);

        assertThat(fromTheDoors(load(narrow, "").build()).status()).isEqualTo(403);
        assertThat(kept(request).status()).isEqualTo(200);
        assertThat(kept(request).status()).isEqualTo(200);
        double before = refusals();
        Answer refused = kept(load(small, "").header("Origin", "https://page.example").build());
        assertThat(refusals()).isEqualTo(before + 1);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.error()).contains("budget");
        assertThat(refused.response().headers().firstValue("Retry-After")).isPresent();
        assertThat(refused.response().headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(refused.response().headers().firstValue("X-Content-Type-Options"))
                .contains("nosniff");
        assertThat(refused.response().headers().firstValue("Access-Control-Allow-Origin"))
                .as("the page may read why")
                .contains("*");
    }

    private double refusals() {
        return service
                .bean(MeterRegistry.class)
                .find("millrace.serving.refusals")
                .tag("reason", "budget")
                .counters()
                .stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    @Test
    void whatIsKeptIsWrittenDownAsAllElse() throws Exception {
        String token = token("booked", "paid");
        fromTheDoors(load(token, "").build());
        kept(load(token, "").header("x-request-id", "booked-2").build());

        Eventually.within(
                Duration.ofSeconds(20),
                () -> {
                    assertThat(accesses("token:booked")).hasSize(2);
                    JsonNode last = accesses("token:booked").getFirst();
                    assertThat(last.path("requestId").asString()).isEqualTo("booked-2");
                    assertThat(last.path("cached").asString()).isEqualTo("hit");
                    assertThat(last.path("rows").asInt()).isEqualTo(1);
                    assertThat(last.path("measures").path(0).asString()).isEqualTo("orders.count");
                    assertThat(last.path("bytes").asInt()).isPositive();
                });
    }
}
