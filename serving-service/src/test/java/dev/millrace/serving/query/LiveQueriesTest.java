package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Answers that come again when their data change, over real connections. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LiveQueriesTest {

    private static final String COUNT = "{\"measures\":[\"orders.count\"]}";

    private final TestWarehouse warehouse = TestWarehouse.create();
    private RunningService service;
    private HttpClient client;

    /** One event of a stream. */
    private record Event(String name, @Nullable String id, JsonNode data) {

        String count() {
            return data.path("results")
                    .path(0)
                    .path("data")
                    .path(0)
                    .path("orders.count")
                    .asString();
        }
    }

    /** A connection that watches. */
    private final class Watcher implements AutoCloseable {

        private final InputStream body;
        private final int status;
        private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

        Watcher(String query, String token, @Nullable String last)
                throws IOException, InterruptedException {
            HttpRequest.Builder request =
                    service.request("/v1/live?query=" + RunningService.encoded(query))
                            .header("Authorization", token);
            if (last != null) {
                request.header("Last-Event-ID", last);
            }
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            status = response.statusCode();
            body = response.body();
            Thread.ofVirtual().start(this::read);
        }

        private void read() {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
                String name = "";
                String id = null;
                StringBuilder data = new StringBuilder();
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.isEmpty() && !data.isEmpty()) {
                        events.add(new Event(name, id, Bench.JSON.readTree(data.toString())));
                        data.setLength(0);
                    } else if (line.startsWith("event: ")) {
                        name = line.substring(7);
                    } else if (line.startsWith("id: ")) {
                        id = line.substring(4);
                    } else if (line.startsWith("data: ")) {
                        data.append(line.substring(6));
                    }
                }
            } catch (IOException e) {
                // The stream was closed.
            }
        }

        Event next() throws InterruptedException {
            Event event = events.poll(20, TimeUnit.SECONDS);
            assertThat(event).as("an event").isNotNull();
            return event;
        }

        void staysQuiet(Duration patience) throws InterruptedException {
            Event event = events.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(event).isNull();
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    private Watcher watch(String query) throws IOException, InterruptedException {
        return new Watcher(query, RunningService.token(), null);
    }

    @BeforeAll
    void serve(@TempDir Path project) throws IOException, SQLException {
        client = HttpClient.newHttpClient();
        WatchedRelations.make(warehouse);
        warehouse.execute(
                Role.TRANSFORM,
                """
                CREATE SCHEMA facts; GRANT USAGE ON SCHEMA facts TO millrace_reader;
                CREATE TABLE facts.orders (id int, tenant text, extra json);
                GRANT SELECT ON ALL TABLES IN SCHEMA facts TO millrace_reader;
                """);
        RunningService.writeModel(
                project,
                """
                cubes:
                  - name: orders
                    sql_table: facts.orders
                    dimensions: [{name: tenant, sql: tenant, type: string}]
                    measures: [{name: count, type: count}, {name: extra, type: string, sql: "(array_agg({CUBE}.extra))[1]"}, {name: broken, type: number, sql: "count(*) / count(*)"}]
                  - name: own
                    sql_table: facts.orders
                    dimensions: [{name: tenant, sql: tenant, type: string}]
                    measures: [{name: count, type: count}]
                    access_policy: [{group: customer, row_level: {filters: [{member: tenant, operator: equals, values: ["{ securityContext.tenant_id }"]}]}}]
                """);
        service =
                RunningService.start(
                        warehouse,
                        project,
                        "millrace.serving.live.interval=20ms",
                        "millrace.serving.live.heartbeat=300ms",
                        "millrace.serving.live.max-watchers=12");
    }

    @AfterAll
    void stop() {
        client.close();
        if (service != null) {
            service.close();
        }
    }

    @BeforeEach
    void oneOrder() throws SQLException {
        change("DELETE FROM facts.orders; INSERT INTO facts.orders VALUES (1, 'a', '{\"a\":\n1}')");
    }

    private void change(String sql) throws SQLException {
        WatchedRelations.change(warehouse, "facts.orders", sql);
    }

    @Test
    void theAnswerComesAtOnceAndAgainWheneverItChanges() throws Exception {
        try (Watcher watcher = watch(COUNT)) {
            assertThat(watcher.status).isEqualTo(200);
            Event first = watcher.next();
            assertThat(first.name()).isEqualTo("answer");
            assertThat(first.count()).isEqualTo("1");
            assertThat(
                            first.data()
                                    .path("results")
                                    .path(0)
                                    .path("annotation")
                                    .path("measures")
                                    .size())
                    .isEqualTo(1);

            change("INSERT INTO facts.orders VALUES (2, 'b')");

            assertThat(watcher.next().count()).isEqualTo("2");
        }
    }

    @Test
    void aChangeThatLeavesTheAnswerAsItIsSaysNothing() throws Exception {
        try (Watcher watcher = watch(COUNT)) {
            watcher.next();

            change("UPDATE facts.orders SET tenant = 'z'");

            watcher.staysQuiet(Duration.ofMillis(700));
        }
    }

    @Test
    void whoComesBackIsToldOnlyWhatIsNew() throws Exception {
        String id;
        try (Watcher watcher = watch(COUNT)) {
            id = String.valueOf(watcher.next().id());
        }
        try (Watcher again = new Watcher(COUNT, RunningService.token(), id)) {
            again.staysQuiet(Duration.ofMillis(500));

            change("INSERT INTO facts.orders VALUES (2, 'b')");

            assertThat(again.next().count()).isEqualTo("2");
        }
        try (Watcher late = new Watcher(COUNT, RunningService.token(), id)) {
            assertThat(late.next().count()).isEqualTo("2");
        }
    }

    @Test
    void allWhoWatchTheSameAreToldByOneEvaluation() throws Exception {
        List<Watcher> watchers = new ArrayList<>();
        try {
            for (int i = 0; i < 10; i++) {
                watchers.add(watch(COUNT));
            }
            for (Watcher watcher : watchers) {
                watcher.next();
            }
            assertThat(metric("millrace_serving_live_queries")).isEqualTo(1);
            assertThat(metric("millrace_serving_live_watchers")).isEqualTo(10);

            change("INSERT INTO facts.orders VALUES (2, 'b')");

            for (Watcher watcher : watchers) {
                assertThat(watcher.next().count()).isEqualTo("2");
            }
        } finally {
            for (Watcher watcher : watchers) {
                watcher.close();
            }
        }
        Eventually.within(
                Duration.ofSeconds(20),
                () -> assertThat(metric("millrace_serving_live_queries")).isZero());
    }

    private double metric(String name) {
        String token =
                RunningService.token(
                        RunningService.OPERATOR_SECRET,
                        Map.of("sub", "eve", "roles", List.of("reader")),
                        Instant.now().plusSeconds(60));
        String text =
                service.text(
                        service.request("/actuator/prometheus")
                                .header("Authorization", "Bearer " + token)
                                .build());
        return text.lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void eachTenantWatchesItsOwnRows() throws Exception {
        String query = "{\"measures\":[\"own.count\"]}";
        try (Watcher a = new Watcher(query, tenant("a", 60), null);
                Watcher b = new Watcher(query, tenant("b", 60), null)) {
            assertThat(own(a.next())).isEqualTo("1");
            assertThat(own(b.next())).isEqualTo("0");

            change("INSERT INTO facts.orders VALUES (2, 'b')");

            assertThat(own(b.next())).isEqualTo("1");
            a.staysQuiet(Duration.ofMillis(500));
        }
    }

    private static String own(Event event) {
        return event.data()
                .path("results")
                .path(0)
                .path("data")
                .path(0)
                .path("own.count")
                .asString();
    }

    private static String tenant(String tenant, long seconds) {
        return RunningService.token(
                RunningService.API_SECRET,
                Map.of("groups", List.of("customer"), "tenant_id", tenant),
                Instant.now().plusSeconds(seconds));
    }

    @Test
    void aStreamEndsWithItsToken() throws Exception {
        try (Watcher watcher =
                new Watcher("{\"measures\":[\"own.count\"]}", tenant("a", 3), null)) {
            assertThat(watcher.next().name()).isEqualTo("answer");
            assertThat(watcher.next().name()).isEqualTo("expired");
        }
    }

    @Test
    void aQueryThatFailsSaysSoOnceAndGoesOnWhenItCan() throws Exception {
        try (Watcher watcher = watch("{\"measures\":[\"orders.broken\"]}")) {
            assertThat(watcher.next().name()).isEqualTo("answer");

            change("DELETE FROM facts.orders");
            Event failure = watcher.next();
            assertThat(failure.name()).isEqualTo("error");
            assertThat(failure.data().path("error").asString()).contains("division by zero");

            change("INSERT INTO facts.orders VALUES (1, 'a')");
            assertThat(watcher.next().name()).isEqualTo("answer");
        }
    }

    @Test
    void lineBreaksInJsonColumnsBreakNoEvent() throws Exception {
        try (Watcher watcher = watch("{\"measures\":[\"orders.extra\"]}")) {
            assertThat(
                            watcher.next()
                                    .data()
                                    .path("results")
                                    .path(0)
                                    .path("data")
                                    .path(0)
                                    .path("orders.extra")
                                    .path("a")
                                    .asInt())
                    .isEqualTo(1);
        }
    }

    @Test
    void whatCannotBeAnsweredIsRefusedBeforeAnybodyWaits() throws Exception {
        for (String query :
                List.of(
                        "{\"measures\":[\"orders.nope\"]}",
                        "{",
                        "{\"measures\":[\"own.count\"]}")) {
            try (Watcher watcher = watch(query)) {
                assertThat(watcher.status).as(query).isEqualTo(400);
            }
        }
        HttpRequest open =
                service.request("/v1/live?query=" + RunningService.encoded(COUNT)).build();
        assertThat(client.send(open, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(403);
    }

    @Test
    void noMoreWatchThanMay() throws Exception {
        List<Watcher> watchers = new ArrayList<>();
        try {
            for (int i = 0; i < 12; i++) {
                watchers.add(watch(COUNT));
            }
            watchers.add(watch(COUNT));
            assertThat(watchers.getLast().status).isEqualTo(503);
        } finally {
            for (Watcher watcher : watchers) {
                watcher.close();
            }
        }
        Eventually.within(
                Duration.ofSeconds(20),
                () -> assertThat(metric("millrace_serving_live_watchers")).isZero());
    }
}
