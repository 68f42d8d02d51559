package dev.millrace.ingestion.tracking;

import static dev.millrace.ingestion.tracking.DoorFixture.NOW;
import static dev.millrace.ingestion.tracking.DoorFixture.request;
import static dev.millrace.ingestion.tracking.RecordingOutlet.header;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.record.RecordEnvelope;
import dev.millrace.ingestion.payload.Json;
import dev.millrace.ingestion.payload.JsonWriter;
import dev.millrace.ingestion.source.OutgoingRecord;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/** What becomes of events that are taken. */
class EventsTest {

    private final DoorFixture fixture = new DoorFixture();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    IDENTIFY | {"userId":"u","traits":{"a":1}}                 | identifies
                    PAGE     | {"anonymousId":"a","name":"Home"}               | pages
                    SCREEN   | {"userId":"u","name":"Cart"}                    | screens
                    GROUP    | {"userId":"u","groupId":"g"}                    | groups
                    ALIAS    | {"userId":"u","previousId":"a"}                 | aliases
                    TRACK    | {"userId":"u","event":"Order Completed"}        | order_completed
                    TRACK    | {"userId":"u","event":"orderCompleted"}         | order_completed
                    TRACK    | {"userId":"u","event":"Pages"}                  | _pages
                    TRACK    | {"userId":"u","event":"users"}                  | _users
                    TRACK    | {"userId":"u","event":"Tracks"}                 | _tracks
                    TRACK    | {"userId":"u","event":"1st visit"}              | _1st_visit
                    TRACK    | {"userId":"u","event":"Größe geändert"}         | größe_geändert
                    """)
    void callAndEventNameDecideTheStream(Call call, String json, String stream) {
        assertThat(fixture.single(call, json)).isEqualTo(Answer.DONE);
        OutgoingRecord record = fixture.outlet.taken().getFirst();
        assertThat(record.topic()).isEqualTo("raw.web");
        RecordEnvelope envelope = RecordEnvelope.read(record.headers()::get);
        assertThat(envelope.stream()).isEqualTo(stream);
        assertThat(envelope.source()).isEqualTo("web");
        assertThat(text("type")).isEqualTo(call.type());
    }

    @Test
    void theRecordCarriesTheEventAndWhatIsSaidOfIt() {
        fixture.single(
                Call.TRACK,
                """
                {"writeKey":"wk_web","userId":"u1","event":"Order Completed","messageId":"m-1",
                 "timestamp":"2026-01-02T03:00:00Z","sentAt":"2026-01-02T03:00:10Z",
                 "properties":{"total":1.10,"big":9007199254740993,"huge":1e400}}\
                """);
        OutgoingRecord record = fixture.outlet.taken().getFirst();
        assertThat(RecordingOutlet.value(record))
                .isEqualTo(
                        """
                        {"userId":"u1","event":"Order Completed","messageId":"m-1",\
                        "timestamp":"2026-01-02T03:03:55.678Z","sentAt":"2026-01-02T03:00:10Z",\
                        "properties":{"total":1.10,"big":9007199254740993,"huge":1e400},\
                        "type":"track","originalTimestamp":"2026-01-02T03:00:00Z",\
                        "receivedAt":"2026-01-02T03:04:05.678Z"}\
                        """);
        assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("u1");
        RecordEnvelope envelope = RecordEnvelope.read(record.headers()::get);
        assertThat(envelope.id()).isEqualTo("m-1");
        assertThat(envelope.time()).isEqualTo(Instant.parse("2026-01-02T03:03:55.678Z"));
        assertThat(envelope.ingestedAt()).isEqualTo(Instant.parse(NOW));
        assertThat(envelope.revision()).hasSize(12);
        assertThat(envelope.traceParent()).startsWith("00-0af7651916cd43dd8448eb211c80319c-");
    }

    @Test
    void anEventWithoutAMessageIdGetsOne() {
        fixture.single(Call.TRACK, "{\"userId\":\"u\",\"event\":\"e\",\"messageId\":\"\"}");
        String id = header(fixture.outlet.taken().getFirst(), "ce_id");
        assertThat(UUID.fromString(id)).hasToString(id);
        assertThat(text("messageId")).isEqualTo(id);
    }

    @Test
    void idsThatAreNumbersBecomeText() {
        fixture.single(
                Call.GROUP,
                "{\"userId\":9007199254740993,\"groupId\":7,\"messageId\":12,\"event\":\"e\"}");
        assertThat(text("userId")).isEqualTo("9007199254740993");
        assertThat(text("groupId")).isEqualTo("7");
        assertThat(text("messageId")).isEqualTo("12");
    }

    @Test
    void theOldestSpellingsAreUnderstood() {
        fixture.batch(
                """
                {"batch":[{"action":"track","user_id":"u","anonymous_id":"a","event":"Old"}]}\
                """);
        assertThat(text("userId")).isEqualTo("u");
        assertThat(text("anonymousId")).isEqualTo("a");
        assertThat(text("type")).isEqualTo("track");
        assertThat(fixture.outlet.only().fields()).doesNotContainKeys("action", "user_id");
    }

    @Test
    void thePathSaysTheTypeWhateverTheBodySays() {
        fixture.single(Call.PAGE, "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"e\"}");
        assertThat(text("type")).isEqualTo("page");
    }

    @Test
    void keysOrderUsersThenDevices() {
        fixture.single(Call.TRACK, "{\"anonymousId\":\"dev\",\"event\":\"e\"}");
        fixture.single(Call.TRACK, "{\"anonymousId\":\"dev\",\"userId\":\"u\",\"event\":\"e\"}");
        assertThat(fixture.outlet.taken())
                .extracting(record -> new String(record.key(), StandardCharsets.UTF_8))
                .containsExactly("dev", "u");
    }

    @Test
    void aTimeThatIsNoneIsKeptBesideTheTimeOfArrival() {
        fixture.single(Call.TRACK, event("{'timestamp':'yesterday'}"));
        assertThat(text("timestamp")).isEqualTo(NOW);
        assertThat(text("originalTimestamp")).isEqualTo("yesterday");
    }

    @Test
    void anEventWithoutATimeHappenedWhenItCame() {
        fixture.single(Call.TRACK, event("{'sentAt':'2020-01-01T00:00:00Z'}"));
        assertThat(text("timestamp")).isEqualTo(NOW);
        assertThat(fixture.outlet.only().fields()).doesNotContainKey("originalTimestamp");
    }

    @Test
    void aBatchCorrectsByItsOwnSentAtUnlessTheEventHasOne() {
        fixture.batch(
                """
                {"sentAt":"2026-01-02T03:04:00.678Z","batch":[
                 {"type":"track","userId":"u","event":"a","timestamp":"2026-01-02T03:03:00.678Z"},
                 {"type":"track","userId":"u","event":"b","timestamp":"2026-01-02T03:03:00.678Z",
                  "sentAt":"2026-01-02T03:03:01.678Z"}]}\
                """);
        assertThat(fixture.outlet.taken())
                .extracting(record -> header(record, "ce_time"))
                .containsExactly("2026-01-02T03:03:05.678Z", "2026-01-02T03:04:04.678Z");
    }

    @Test
    void whatABatchSaysOfAllIsMergedAndTheEventWins() {
        fixture.batch(
                """
                {"context":{"library":{"name":"x","version":"1"},"locale":"de"},
                 "integrations":{"All":false},
                 "batch":[{"type":"track","userId":"u","event":"e",
                           "context":{"locale":"fr","library":{"version":"2"}},
                           "integrations":{"Mixpanel":true}}]}\
                """);
        assertThat(json("context"))
                .isEqualTo("{\"library\":{\"name\":\"x\",\"version\":\"2\"},\"locale\":\"fr\"}");
        assertThat(json("integrations")).isEqualTo("{\"All\":false,\"Mixpanel\":true}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'context':{'direct':true}}",
                "{'channel':'browser'}",
                "{'channel':'mobile','context':null}",
                "{'context':{'channel':'browser'}}",
                "{'context':{'library':{'name':'analytics.js','version':'4'}}}"
            })
    void theAddressOfAClientIsFilledIn(String more) {
        fixture.single(Call.TRACK, event(more));
        assertThat(json("context")).contains("\"ip\":\"192.0.2.7\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'context':{'library':{'name':'@segment/analytics-node'}}}",
                "{'channel':'server'}",
                "{'context':{'direct':false}}"
            })
    void theAddressOfAServerIsNot(String more) {
        fixture.single(Call.TRACK, event(more));
        assertThat(RecordingOutlet.value(fixture.outlet.taken().getFirst()))
                .doesNotContain("192.0.2.7");
    }

    @Test
    void anAddressThatIsSentStays() {
        fixture.single(Call.TRACK, event("{'context':{'direct':true,'ip':'8.8.8.8'}}"));
        assertThat(json("context")).contains("8.8.8.8").doesNotContain("192.0.2.7");
    }

    @Test
    void emptyArraysOfPhpAreEmptyObjects() {
        fixture.single(Call.TRACK, event("{'properties':[],'context':[],'integrations':[]}"));
        assertThat(json("properties")).isEqualTo("{}");
    }

    @Test
    void personalDataIsGoneBeforeTheRecordIsMade() {
        fixture.send(
                request(Call.IDENTIFY, "wk_private", false),
                """
                {"userId":"jen@example.com","traits":{"email":"jen@example.com","plan":"pro"},
                 "context":{"ip":"24.5.68.47","direct":true,"os":"x"}}\
                """);
        OutgoingRecord record = fixture.outlet.taken().getFirst();
        assertThat(RecordingOutlet.value(record))
                .doesNotContain("jen@example.com")
                .doesNotContain("24.5.68.47")
                .doesNotContain("192.0.2.7")
                .contains("\"plan\":\"pro\"");
        assertThat(new String(record.key(), StandardCharsets.UTF_8)).matches("[0-9a-f]{64}");
    }

    private static String event(String more) {
        String fields = more.replace('\'', '"');
        return "{\"userId\":\"u\",\"event\":\"e\"," + fields.substring(1);
    }

    private String text(String field) {
        return ((Json.Text) field(field)).value();
    }

    private String json(String field) {
        return new String(JsonWriter.bytes(field(field)), StandardCharsets.UTF_8);
    }

    private Json field(String name) {
        return Objects.requireNonNull(fixture.outlet.only().fields().get(name), name);
    }
}
