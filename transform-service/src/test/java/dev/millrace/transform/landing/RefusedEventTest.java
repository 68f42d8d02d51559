package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.topic.Topics;
import dev.millrace.transform.quarantine.ExactJson;
import dev.millrace.transform.quarantine.Replay;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** What a door refused lands as its door would have sent it on, once it is mended. */
class RefusedEventTest {

    private static final Instant RECEIVED = Instant.parse("2026-03-01T12:00:05Z");

    private static void refuse(
            LandingStage stage, long offset, String value, String reason, @Nullable String stream) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("ce_source", utf8(stage.source));
        headers.add("ce_reason", utf8(reason));
        headers.add("ce_detail", utf8("something is wrong"));
        headers.add("ce_ingestedat", utf8(RECEIVED.toString()));
        headers.add("ce_revision", utf8("rev1"));
        headers.add("content-type", utf8("application/json"));
        if (stream != null) {
            headers.add("ce_type", utf8(stream));
        }
        stage.landRecords(
                List.of(
                        LandingStage.record(
                                Topics.QUARANTINE.name(), offset, utf8(value), headers)));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void anEventWithoutAUserLandsOnceItHasOne() {
        try (LandingStage stage = LandingStage.segment()) {
            refuse(
                    stage,
                    7,
                    """
                    {"event": "Order Completed", "properties": {"total": 12.50},
                     "timestamp": "2026-03-01T11:59:00Z", "sentAt": "2026-03-01T12:00:00Z"}
                    """,
                    "invalid_event",
                    "order_completed");
            assertThat(stage.replay("{\"filter\": {}}").counts().refusedAgain()).isEqualTo(1);
            assertThat(stage.one("SELECT reason || ': ' || detail FROM transform.quarantine"))
                    .isEqualTo(
                            "[invalid_event: the event has neither userId nor anonymousId (patch"
                                    + " /userId or /anonymousId)]");

            String mended =
                    "{\"filter\": {}, \"patch\": [{\"op\": \"add\", \"path\": \"/userId\","
                            + " \"value\": 42}]}";
            assertThat(stage.rehearse(mended).counts().landed()).isEqualTo(1);
            assertThat(stage.replay(mended).counts()).isEqualTo(new Replay.Counts(1, 0, 0, 0));

            assertThat(
                            stage.one(
                                    """
                                    SELECT concat_ws('|', _mr_id, _mr_event_at, _mr_ingested_at,
                                      user_id, total, event, event_text, original_timestamp)
                                    FROM $S.order_completed
                                    """))
                    .isEqualTo(
                            "[millrace.quarantine-0-7|2026-03-01 11:59:05+00|2026-03-01"
                                    + " 12:00:05+00|42|12.50|order_completed|Order"
                                    + " Completed|2026-03-01 11:59:00+00]");
            assertThat(stage.count("tracks")).isEqualTo(1);
        }
    }

    @Test
    void theSameEventSentAgainMeanwhileIsADuplicateByItsMessageId() {
        try (LandingStage stage = LandingStage.segment()) {
            stage.land(new LandingStage.Message("pages", "m1", LandingStage.NOW, "{}"));
            refuse(
                    stage,
                    0,
                    "{\"type\": \"page\", \"messageId\": \"m1\"}",
                    "invalid_event",
                    "pages");

            assertThat(
                            stage.replay(
                                            "{\"filter\": {}, \"patch\": [{\"op\": \"add\","
                                                    + " \"path\": \"/anonymousId\", \"value\":"
                                                    + " \"a\"}]}")
                                    .counts())
                    .isEqualTo(new Replay.Counts(0, 1, 0, 0));
            assertThat(stage.count("pages")).isEqualTo(1);
        }
    }

    @Test
    void whatIsOnlyAnExcerptADigestOrManyEventsSaysSo() {
        try (LandingStage stage = LandingStage.segment()) {
            refuse(stage, 0, "{\"bytes\": 2000000, \"beginning\": \"{\"}", "too_large", null);
            refuse(stage, 1, "{\"bytes\": 17, \"hmac_sha256\": \"00\"}", "invalid_event", null);
            refuse(stage, 2, "[{\"type\": \"page\"}, {\"type\": \"page\"}]", "too_many", null);
            refuse(stage, 3, "{\"batch\": [{\"type\": \"page\"}]}", "too_large", null);
            refuse(stage, 4, "\"text\"", "invalid_event", null);

            assertThat(stage.replay("{\"filter\": {}}").counts().refusedAgain()).isEqualTo(5);

            assertThat(
                            stage.sql
                                    .sql(
                                            "SELECT reason || ': ' || detail FROM"
                                                    + " transform.quarantine ORDER BY id")
                                    .query(String.class)
                                    .list())
                    .satisfiesExactly(
                            first -> assertThat(first).startsWith("too_large: only the size"),
                            second -> assertThat(second).startsWith("invalid_event: only the size"),
                            third -> assertThat(third).startsWith("too_many: these are 2 events"),
                            fourth ->
                                    assertThat(fourth)
                                            .startsWith("too_large: this is a batch of 1"),
                            fifth -> assertThat(fifth).endsWith("an event is a JSON object"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"type": "track", "userId": "u"}                   | the event's name in 'event'
                    {"type": "trak", "userId": "u"}                    | the event's type is not known
                    {"type": "alias", "userId": "u"}                   | an alias call needs userId and previousId
                    {"type": "group", "anonymousId": "a"}              | a group call needs a groupId
                    {"type": "page", "userId": {"a": 1}}               | userId is a string
                    {"type": "page", "userId": "u", "context": 1}      | context is an object
                    {"type": "page", "userId": "u", "messageId": "\\u0000"} | a messageId is shorter
                    """)
    void whatBreaksARuleOfTheFormatIsToldWithThePlaceToPatch(String json, String wrong)
            throws Exception {
        JsonNode value = ExactJson.read(utf8(json));

        assertThatThrownBy(() -> RefusedEvent.complete(value, circumstances(null)))
                .isInstanceOf(RefusedEvent.UnusableException.class)
                .hasMessageContaining(wrong)
                .hasMessageContaining("patch /");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"userId": "u"}                                         | groups | no
                    {"userId": "u", "groupId": 7}                           | groups | groups
                    {"userId": "u", "event": "Users"}                       | _users | _users
                    {"userId": "u", "event": "Signed Up"}                   |        | signed_up
                    {"userId": "u", "action": "screen"}                     |        | screens
                    {"user_id": 10, "type": "identify", "traits": []}       |        | identifies
                    """)
    void theStreamIsThatOfTheCall(String json, @Nullable String told, String stream)
            throws Exception {
        JsonNode value = ExactJson.read(utf8(json));
        if (stream.equals("no")) {
            assertThatThrownBy(() -> RefusedEvent.complete(value, circumstances(told)))
                    .hasMessageContaining("groupId");
            return;
        }

        RefusedEvent.Completed event = RefusedEvent.complete(value, circumstances(told));

        assertThat(event.envelope().stream()).isEqualTo(stream);
        assertThat(event.envelope().time()).isEqualTo(RECEIVED);
        assertThat(event.envelope().id()).isEqualTo("place");
        assertThat(event.value().path("userId").isString()).isTrue();
        assertThat(event.value().path("receivedAt").asString()).isEqualTo(RECEIVED.toString());
        assertThat(event.value().has("writeKey")).isFalse();
    }

    private static RefusedEvent.Circumstances circumstances(@Nullable String stream) {
        return new RefusedEvent.Circumstances("web", stream, "place", RECEIVED, "rev", null);
    }
}
