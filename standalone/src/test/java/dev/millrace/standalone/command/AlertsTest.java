package dev.millrace.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

class AlertsTest {

    private static final Clock NOON =
            Clock.fixed(Instant.parse("2026-11-23T12:00:00Z"), ZoneOffset.UTC);

    private final Deque<String> answers = new ArrayDeque<>();
    private final List<String> requests = new ArrayList<>();
    private final StringWriter shown = new StringWriter();
    private HttpServer serving;
    private OperatorDoor door;
    private Alerts alerts;
    private int status = 200;

    @BeforeEach
    void start() throws IOException {
        serving = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        serving.createContext(
                "/",
                exchange -> {
                    requests.add(
                            "%s %s %s %s %s"
                                    .formatted(
                                            exchange.getRequestMethod(),
                                            exchange.getRequestURI(),
                                            exchange.getRequestHeaders().getFirst("Authorization"),
                                            exchange.getRequestHeaders().getFirst("X-Reason"),
                                            new String(
                                                    exchange.getRequestBody().readAllBytes(),
                                                    StandardCharsets.UTF_8)));
                    byte[] body = answers.removeFirst().getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(status, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        serving.start();
        door = new OperatorDoor("http://127.0.0.1:" + serving.getAddress().getPort(), "token");
        alerts = new Alerts(door, NOON, new PrintWriter(shown, true));
    }

    @AfterEach
    void stop() {
        door.close();
        serving.stop(0);
    }

    @Test
    void listsInstancesOfAllPagesAndAlertsWithoutAny() throws Exception {
        String rules =
                """
                "alerts": [{"name": "stopped", "state": "ok"}, {"name": "new", "state": "waiting"},
                  {"name": "bad", "state": "error", "error": "the query took too long"}]\
                """;
        answers.add(
                """
                {%s, "next": "abc", "instances": [{"alert": "stopped", "labels": {"city": "Bonn"},
                  "state": "firing", "since": "2026-11-23T11:00:00Z", "value": 0, "note": null,
                  "mutedBy": "silence 1", "acknowledged": {"by": "ann"}}]}\
                """
                        .formatted(rules));
        answers.add(
                """
                {%s, "next": null, "instances": [{"alert": "stopped", "labels": {},
                  "state": "inactive", "since": "2026-11-23T11:00:00Z", "value": null,
                  "note": "too little history", "mutedBy": null, "acknowledged": null}]}\
                """
                        .formatted(rules));

        assertThat(alerts.list(null)).isZero();
        assertThat(shown.toString().lines())
                .containsExactly(
                        "firing    stopped {city=Bonn} since 2026-11-23T11:00:00Z, value 0, muted"
                                + " by silence 1, acknowledged by ann",
                        "inactive  stopped since 2026-11-23T11:00:00Z, value - (too little"
                                + " history)",
                        "waiting   new",
                        "error     bad: the query took too long");
        assertThat(requests)
                .containsExactly(
                        "GET /operator/alerts?limit=500 Bearer token null ",
                        "GET /operator/alerts?limit=500&after=abc Bearer token null ");
    }

    @Test
    void tellsWhenAnAlertWouldHaveFired() throws Exception {
        answers.add(
                """
                {"firings": 1, "steps": 60, "step": "PT1M", "complete": true, "notes": [],
                 "changes": [{"at": "2026-11-23T11:05:00Z", "labels": {}, "from": "pending",
                   "to": "firing", "value": 0}]}\
                """);

        assertThat(alerts.test("stopped", Duration.ofHours(1), "1m")).isZero();
        assertThat(shown.toString().lines())
                .containsExactly(
                        "2026-11-23T11:05:00Z  pending  -> firing   value 0",
                        "stopped would have fired 1 times; 60 steps of PT1M");
        assertThat(requests)
                .containsExactly(
                        "POST /operator/alerts/test Bearer token millrace alerts test"
                                + " {\"alert\":\"stopped\",\"from\":\"2026-11-23T11:00:00Z\","
                                + "\"to\":\"2026-11-23T12:00:00Z\",\"step\":\"1m\"}");
    }

    @Test
    void aTrialThatDidNotComeToItsEndIsAFailure() throws Exception {
        answers.add("{\"complete\": false, \"until\": \"2026-11-23T11:30:00Z\"}");

        assertThat(alerts.test("stopped", Duration.ofHours(1), null)).isEqualTo(1);
        assertThat(shown.toString()).contains("only to 2026-11-23T11:30:00Z");
    }

    @Test
    void silencesByMatchersAsAlertmanagerWritesThem() throws Exception {
        answers.add("{\"id\": \"s1\", \"endsAt\": \"2026-11-23T14:00:00Z\"}");

        alerts.silence(List.of("stopped", "city=~B.*", "team!=x", "a!~b", "c="), "2h", "moving");

        assertThat(shown).hasToString("silence s1 until 2026-11-23T14:00:00Z\n");
        assertThat(requests.getFirst())
                .startsWith("POST /operator/silences Bearer token moving ")
                .contains(
                        "{\"name\":\"alertname\",\"value\":\"stopped\",\"isRegex\":false,\"isEqual\":true}",
                        "{\"name\":\"city\",\"value\":\"B.*\",\"isRegex\":true,\"isEqual\":true}",
                        "{\"name\":\"team\",\"value\":\"x\",\"isRegex\":false,\"isEqual\":false}",
                        "{\"name\":\"a\",\"value\":\"b\",\"isRegex\":true,\"isEqual\":false}",
                        "{\"name\":\"c\",\"value\":\"\",\"isRegex\":false,\"isEqual\":true}",
                        "\"duration\":\"2h\"");
    }

    @Test
    void showsAndEndsSilences() throws Exception {
        answers.add(
                """
                {"silences": [{"id": "s1", "endsAt": "2026-11-23T14:00:00Z", "createdBy": "ann",
                  "comment": "moving", "matchers": [
                    {"name": "a", "value": "b", "isRegex": true, "isEqual": false},
                    {"name": "c", "value": "d", "isRegex": false, "isEqual": false}]}]}\
                """);
        answers.add("{}");

        alerts.silences();
        alerts.endSilence("s1/..");

        assertThat(shown.toString().lines())
                .containsExactly(
                        "s1  a!~b c!=d until 2026-11-23T14:00:00Z by ann: moving",
                        "silence s1/.. has ended");
        assertThat(requests.getLast()).startsWith("DELETE /operator/silences/s1%2F.. ");
    }

    @Test
    void showsWhatServingObjectsTo() {
        status = 404;
        answers.add("{\"detail\": \"There is no alert 'x' in the project\"}");

        assertThatIOException()
                .isThrownBy(() -> alerts.test("x", Duration.ofHours(1), null))
                .withMessage("There is no alert 'x' in the project");
    }
}
