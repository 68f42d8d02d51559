package dev.millrace.serving.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.query.Eventually;
import dev.millrace.serving.query.RunningService;
import dev.millrace.serving.query.RunningService.Answer;
import dev.millrace.test.TestWarehouse;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The service as it runs, while orders stop coming in and come back. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AlertServiceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Clock CLOCK = Clock.systemUTC();

    private final TestWarehouse warehouse = TestWarehouse.create();
    private final Receiver receiver = new Receiver();
    private RunningService service;

    @BeforeAll
    void serve(@TempDir Path project) throws Exception {
        warehouse.execute(
                Role.TRANSFORM,
                """
                CREATE SCHEMA shop;
                CREATE TABLE shop.orders (id bigint GENERATED ALWAYS AS IDENTITY, city text,
                  created_at timestamptz, total numeric DEFAULT 1);
                GRANT USAGE ON SCHEMA shop TO millrace_reader;
                GRANT SELECT ON ALL TABLES IN SCHEMA shop TO millrace_reader;
                """);
        RunningService.writeModel(project, WatchedShop.CUBES);
        writeAlerts(
                project,
                """
                - name: orders_stopped
                  query:
                    measures: [orders.count]
                    dimensions: [orders.city]
                    timeDimensions: [{dimension: orders.created_at, granularity: second, dateRange: from 30 seconds ago to now}]
                  every: 1s
                  when: {below: 1, for: 4s}
                  severity: critical
                  notify: [ops]
                - name: many
                  query: {measures: [orders.count]}
                  when: {above: 1000000}
                  notify: [ops]
                """);
        service = RunningService.start(warehouse, project);
    }

    private void writeAlerts(Path project, String alerts) throws IOException {
        Files.createDirectories(project.resolve("alerts"));
        Files.writeString(
                project.resolve("alerts/a.yml"),
                "channels: [{name: ops, type: webhook, url: \"%s\"}]\nalerts:\n%s"
                        .formatted(receiver.url(), alerts));
    }

    @AfterAll
    void stop() {
        if (service != null) {
            service.close();
        }
        receiver.close();
    }

    private Answer as(String role, String method, String path, @Nullable String body) {
        String token =
                RunningService.token(
                        RunningService.OPERATOR_SECRET,
                        Map.of("sub", "ann", "roles", List.of(role)),
                        CLOCK.instant().plusSeconds(60));
        return service.send(
                service.request(path)
                        .header("Authorization", "Bearer " + token)
                        .header("X-Reason", "a test")
                        .header("Content-Type", "application/json")
                        .method(
                                method,
                                body == null
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body))
                        .build());
    }

    private Answer read(String path) {
        return as("reader", "GET", path, null);
    }

    private void order(String city) throws Exception {
        warehouse.execute(
                Role.TRANSFORM,
                "INSERT INTO shop.orders (city, created_at) VALUES ('%s', now())".formatted(city));
    }

    private List<String> told(String city) {
        List<String> told = new ArrayList<>();
        for (Receiver.Call call : receiver.calls()) {
            for (JsonNode alert : call.json().path("alerts")) {
                if (alert.path("labels").path("city").asString("").equals(city)) {
                    told.add(alert.path("status").asString());
                }
            }
        }
        return told.stream().distinct().toList();
    }

    @Test
    void ordersStopAndComeBack() throws Exception {
        order("Bonn");
        Instant last = CLOCK.instant();
        Eventually.within(PATIENCE, () -> assertThat(told("Bonn")).containsExactly("firing"));
        assertThat(Duration.between(last, CLOCK.instant()))
                .isBetween(Duration.ofSeconds(4), Duration.ofSeconds(14));

        JsonNode page = read("/operator/alerts?alert=orders_stopped&state=firing").body();
        JsonNode bonn = instance(page, "Bonn");
        assertThat(bonn.path("severity").asString()).isEqualTo("critical");
        assertThat(bonn.path("told").asString()).isEqualTo("firing");
        Answer acknowledged =
                as(
                        "operator",
                        "POST",
                        "/operator/alerts/orders_stopped/acknowledge",
                        "{\"note\": \"on it\"}");
        assertThat(acknowledged.status()).isEqualTo(200);
        assertThat(
                        instance(read("/operator/alerts/orders_stopped").body(), "Bonn")
                                .path("acknowledged")
                                .path("by")
                                .asString())
                .isEqualTo("ann");

        order("Bonn");
        Eventually.within(
                PATIENCE, () -> assertThat(told("Bonn")).containsExactly("firing", "resolved"));
        JsonNode history = read("/operator/alerts/orders_stopped/history?limit=1000").body();
        assertThat(history.path("changes").toString())
                .contains("\"to\":\"firing\"", "\"to\":\"resolved\"", "\"condition\":\"below 1");
        assertThat(
                        read("/operator/notifications?alert=orders_stopped&state=delivered")
                                .body()
                                .path("notifications")
                                .size())
                .isGreaterThanOrEqualTo(2);
        String metrics =
                service.text(
                        service.request("/actuator/prometheus")
                                .header(
                                        "Authorization",
                                        "Bearer "
                                                + RunningService.token(
                                                        RunningService.OPERATOR_SECRET,
                                                        Map.of(
                                                                "sub",
                                                                "p",
                                                                "roles",
                                                                List.of("reader")),
                                                        CLOCK.instant().plusSeconds(60)))
                                .GET()
                                .build());
        assertThat(metrics)
                .contains(
                        "millrace_alerts_evaluations_total{",
                        "outcome=\"ok\"",
                        "millrace_alerts_evaluation_lag_seconds_count",
                        "millrace_alerts_notifications_total{",
                        "millrace_alerts_firing");
    }

    private static JsonNode instance(JsonNode page, String city) {
        for (JsonNode instance : page.path("instances")) {
            if (instance.path("labels").path("city").asString("").equals(city)) {
                return instance;
            }
        }
        throw new AssertionError("no instance of " + city + " in " + page);
    }

    @Test
    void aSilenceIsMadeSeenAndEnded() throws Exception {
        Answer made =
                as(
                        "operator",
                        "POST",
                        "/operator/silences",
                        """
                        {"matchers": [{"name": "city", "value": "U.*", "isRegex": true}],
                         "duration": "1h", "comment": "moving"}\
                        """);
        assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
        String id = made.body().path("id").asString();
        assertThat(made.body().path("createdBy").asString()).isEqualTo("ann");

        order("Ulm");
        Eventually.within(
                PATIENCE,
                () ->
                        assertThat(
                                        instance(
                                                        read("/operator/alerts?state=firing")
                                                                .body(),
                                                        "Ulm")
                                                .path("mutedBy")
                                                .asString(""))
                                .isEqualTo("silence " + id));
        assertThat(told("Ulm")).isEmpty();

        assertThat(read("/operator/silences").body().toString()).contains(id);
        assertThat(as("operator", "DELETE", "/operator/silences/" + id, null).status())
                .isEqualTo(200);
        assertThat(as("operator", "DELETE", "/operator/silences/" + id, null).status())
                .isEqualTo(404);
        assertThat(read("/operator/silences").body().toString()).doesNotContain(id);
        assertThat(read("/operator/silences?expired=true").body().toString()).contains(id);
        Eventually.within(PATIENCE, () -> assertThat(told("Ulm")).contains("firing"));
    }

    @Test
    void anAlertThatStandsNowhereIsTried() throws Exception {
        Instant now = CLOCK.instant();
        Answer story =
                as(
                        "operator",
                        "POST",
                        "/operator/alerts/test",
                        """
                        {"from": "%s", "to": "%s", "step": "10m", "definition": {"name": "tried",
                          "query": {"measures": ["orders.count"], "timeDimensions": [{"dimension":
                            "orders.created_at", "granularity": "hour", "dateRange": "from 6 hours ago to now"}]},
                          "when": {"below": 1, "for": "1h"}, "notify": ["ops"]}}\
                        """
                                .formatted(
                                        now.minus(Duration.ofDays(2)),
                                        now.minus(Duration.ofDays(1))));

        assertThat(story.status()).as(story.body().toString()).isEqualTo(200);
        assertThat(story.body().path("firings").asInt()).isEqualTo(1);
        assertThat(story.body().path("steps").asInt()).isEqualTo(145);
        assertThat(story.body().path("complete").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    POST | /operator/alerts/test | {"alert": "orders_stoped", "from": "2026-01-01T00:00:00Z"} | 404 | did you mean 'orders_stopped'?
                    POST | /operator/alerts/test | {"alert": "many"} | 400 | 'from' is an instant before 'to'.
                    POST | /operator/alerts/test | {"alert": "many", "from": "2020-01-01T00:00:00Z", "step": "1s"} | 400 | That is more than 2000 steps
                    POST | /operator/alerts/test | {"alert": "many", "from": "2026-01-01T00:00:00Z", "step": "often"} | 400 | 'step' is a length of time
                    POST | /operator/alerts/test | {} | 400 | Name an 'alert' of the project
                    POST | /operator/alerts/test | {"definition": {"name": "x"}, "from": "2026-01-01T00:00:00Z"} | 400 | an alert has a 'query'
                    POST | /operator/alerts/test | {"definition": "[[[", "from": "2026-01-01T00:00:00Z"} | 400 | not valid YAML
                    POST | /operator/alerts/test | [] | 400 | read request
                    POST | /operator/alerts/many/acknowledge | {} | 409 | No instance of the alert 'many'
                    POST | /operator/alerts/nope/acknowledge | {} | 404 | There is no alert 'nope'
                    POST | /operator/silences | {} | 400 | A silence has 'endsAt' or a 'duration'
                    POST | /operator/silences | {"duration": "1h", "comment": "x"} | 400 | 'matchers' are from 1 to 20
                    POST | /operator/silences | {"duration": "1h", "comment": "x", "matchers": [null]} | 400 | A matcher has the 'name'
                    POST | /operator/silences | {"duration": "1h", "comment": "x", "matchers": [{"name": "a", "value": ".*", "isRegex": true}]} | 400 | 'matchers' are from 1 to 20
                    POST | /operator/silences | {"duration": "1h", "comment": "x", "matchers": [{"name": "a", "value": "(", "isRegex": true}]} | 400 | no regular expression
                    POST | /operator/silences | {"duration": "1h", "matchers": [{"name": "a", "value": "b"}]} | 400 | 'comment' says why
                    POST | /operator/silences | {"endsAt": "2020-01-01T00:00:00Z", "comment": "x", "matchers": [{"name": "a", "value": "b"}]} | 400 | in the future
                    GET | /operator/alerts?state=burning | | 400 | 'state' is inactive
                    GET | /operator/alerts?limit=0 | | 400 | 'limit' is from 1 to 1000.
                    GET | /operator/alerts?after=!! | | 400 | 'after' is the 'next'
                    GET | /operator/alerts?alert=a%00b | | 400 | NUL
                    GET | /operator/alerts/nope | | 404 | There is no alert 'nope'
                    GET | /operator/alerts/nope/history | | 404 | There is no alert 'nope'
                    GET | /operator/notifications?state=lost | | 400 | 'state' is waiting
                    """)
    void whatCannotBeDoneIsExplained(
            String method, String path, @Nullable String body, int status, String detail) {
        Answer answer = as("operator", method, path, body);

        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(status);
        assertThat(answer.body().path("detail").asString()).contains(detail);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /operator/alerts/test",
        "POST, /operator/alerts/many/acknowledge",
        "POST, /operator/silences",
        "DELETE, /operator/silences/x"
    })
    void whoMayOnlyReadChangesNothing(String method, String path) {
        assertThat(as("reader", method, path, "{}").status()).isEqualTo(403);
    }

    @Test
    void pagesGoOnWhereTheLastEnded() throws Exception {
        order("Aachen");
        order("Zeitz");
        Eventually.within(
                PATIENCE,
                () ->
                        assertThat(
                                        read("/operator/alerts?alert=orders_stopped")
                                                .body()
                                                .path("instances")
                                                .toString())
                                .contains("Aachen", "Zeitz"));
        List<String> keys = new ArrayList<>();
        String after = "";
        do {
            JsonNode page =
                    read("/operator/alerts?alert=orders_stopped&limit=1"
                                    + (after.isEmpty() ? "" : "&after=" + after))
                            .body();
            page.path("instances").forEach(i -> keys.add(i.path("key").asString()));
            after = page.path("next").asString("");
        } while (!after.isEmpty());

        assertThat(keys).doesNotHaveDuplicates().isSorted();
        assertThat(keys).contains("{\"city\":\"Aachen\"}", "{\"city\":\"Zeitz\"}");
    }
}
