package dev.millrace.serving.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.alert.Channel;
import dev.millrace.contracts.project.alert.SigningSecret;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class PayloadTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    private static final Item FIRING =
            new Item(
                    State.FIRING,
                    Map.of("alertname", "orders_stopped", "severity", "critical", "city", "Bonn"),
                    Map.of(
                            "summary",
                            "orders_stopped: orders.count is 0, below 1 for 5m",
                            "value",
                            "0"),
                    Instant.parse("2026-11-23T10:05:00Z"),
                    null);
    private static final Item RESOLVED =
            new Item(
                    State.RESOLVED,
                    Map.of(
                            "alertname",
                            "orders_stopped",
                            "severity",
                            "critical",
                            "city",
                            "Ulm <&>"),
                    Map.of("summary", "orders_stopped: orders.count is 3, resolved", "value", "3"),
                    Instant.parse("2026-11-23T10:00:00Z"),
                    Instant.parse("2026-11-23T10:05:00Z"));

    private static Notification notification(List<Item> items) {
        return new Notification(
                1,
                "msg_1",
                "orders_stopped",
                "ops",
                Map.of("alertname", "orders_stopped"),
                items.stream().anyMatch(Item::isFiring) ? State.FIRING : State.RESOLVED,
                items,
                Instant.parse("2026-11-23T10:05:01Z"),
                Notification.Delivery.WAITING,
                Instant.parse("2026-11-23T10:05:01Z"),
                0,
                null,
                null);
    }

    private static String payload(List<Item> items, Channel.Format format) {
        Channel channel =
                new Channel(
                        "ops",
                        new Position("a.yml", 1, 1),
                        format,
                        URI.create("http://hooks.example"),
                        null);
        return new String(
                Payload.of(notification(items), channel, "https://millrace.example"),
                StandardCharsets.UTF_8);
    }

    /** Field by field as Alertmanager's own, in its order. */
    @Test
    void alertmanagersReceiversReadIt() {
        assertThat(payload(List.of(FIRING, RESOLVED), Channel.Format.ALERTMANAGER))
                .isEqualTo(
                        """
                        {"receiver":"ops","status":"firing","alerts":[\
                        {"status":"firing","labels":{"alertname":"orders_stopped","city":"Bonn","severity":"critical"},\
                        "annotations":{"summary":"orders_stopped: orders.count is 0, below 1 for 5m","value":"0"},\
                        "startsAt":"2026-11-23T10:05:00Z","endsAt":"0001-01-01T00:00:00Z",\
                        "generatorURL":"https://millrace.example/operator/alerts/orders_stopped","fingerprint":"%s"},\
                        {"status":"resolved","labels":{"alertname":"orders_stopped","city":"Ulm <&>","severity":"critical"},\
                        "annotations":{"summary":"orders_stopped: orders.count is 3, resolved","value":"3"},\
                        "startsAt":"2026-11-23T10:00:00Z","endsAt":"2026-11-23T10:05:00Z",\
                        "generatorURL":"https://millrace.example/operator/alerts/orders_stopped","fingerprint":"%s"}],\
                        "groupLabels":{"alertname":"orders_stopped"},\
                        "commonLabels":{"alertname":"orders_stopped","severity":"critical"},"commonAnnotations":{},\
                        "externalURL":"https://millrace.example","version":"4",\
                        "groupKey":"{}:{alertname=\\"orders_stopped\\"}","truncatedAlerts":0}\
                        """
                                .formatted(
                                        Labels.fingerprint(FIRING.labels()),
                                        Labels.fingerprint(RESOLVED.labels())));
    }

    @Test
    void slackReadsIt() {
        assertThat(payload(List.of(FIRING, RESOLVED), Channel.Format.SLACK))
                .isEqualTo(
                        """
                        {"text":"[FIRING:1] orders_stopped","attachments":[\
                        {"color":"danger","fallback":"orders_stopped: orders.count is 0, below 1 for 5m",\
                        "title":"orders_stopped: orders.count is 0, below 1 for 5m",\
                        "title_link":"https://millrace.example/operator/alerts/orders_stopped","text":"",\
                        "fields":[{"title":"city","value":"Bonn","short":true},{"title":"severity","value":"critical","short":true}],\
                        "ts":1795428300},\
                        {"color":"good","fallback":"orders_stopped: orders.count is 3, resolved",\
                        "title":"orders_stopped: orders.count is 3, resolved",\
                        "title_link":"https://millrace.example/operator/alerts/orders_stopped","text":"",\
                        "fields":[{"title":"city","value":"Ulm &lt;&amp;&gt;","short":true},{"title":"severity","value":"critical","short":true}],\
                        "ts":1795428300}]}\
                        """);
    }

    @Test
    void aStandardWebhookHasATypeATimeAndData() {
        JsonNode json = JSON.readTree(payload(List.of(RESOLVED), Channel.Format.STANDARD_WEBHOOKS));

        assertThat(json.path("type").asString()).isEqualTo("alert.resolved");
        assertThat(json.path("timestamp").asString()).isEqualTo("2026-11-23T10:05:01Z");
        assertThat(json.path("data"))
                .isEqualTo(JSON.readTree(payload(List.of(RESOLVED), Channel.Format.ALERTMANAGER)));
    }

    @Test
    void moreThanAReceiverTakesIsCounted() {
        List<Item> many = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            many.add(new Item(State.FIRING, Map.of("n", "" + i), Map.of(), Instant.EPOCH, null));
        }

        JsonNode json = JSON.readTree(payload(many, Channel.Format.ALERTMANAGER));
        assertThat(json.path("alerts")).hasSize(100);
        assertThat(json.path("truncatedAlerts").asInt()).isEqualTo(50);
        JsonNode slack = JSON.readTree(payload(many, Channel.Format.SLACK));
        assertThat(slack.path("attachments")).hasSize(21);
        assertThat(slack.path("attachments").get(20).path("text").asString())
                .isEqualTo("and 130 more");
    }

    /** The example of the Standard Webhooks libraries. */
    @Test
    void signaturesAreThoseOfStandardWebhooks() {
        SigningSecret secret =
                SigningSecret.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").orElseThrow();

        assertThat(
                        WebhookSender.signature(
                                secret,
                                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                "1614265330",
                                "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    /** Values of prometheus/common's own tests of LabelSet.Fingerprint. */
    @Test
    void fingerprintsAreThoseOfPrometheus() {
        assertThat(Labels.fingerprint(Map.of())).isEqualTo("cbf29ce484222325");
        assertThat(
                        Labels.fingerprint(
                                Map.of("name", "garland, briggs", "fear", "love is not enough")))
                .isEqualTo("%016x".formatted(5799056148416392346L));
    }
}
