package dev.millrace.ingestion.tracking;

import static dev.millrace.ingestion.tracking.DoorFixture.request;
import static dev.millrace.ingestion.tracking.RecordingOutlet.header;
import static dev.millrace.ingestion.tracking.RecordingOutlet.value;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.ingestion.source.OutgoingRecord;
import dev.millrace.ingestion.source.OutletUnavailableException.Reason;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What becomes of requests and events that break a rule: in a lenient source, and in a strict. */
class RefusalsTest {

    private static final String GOOD = "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"e\"}";

    private final DoorFixture fixture = new DoorFixture();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    IDENTIFY | {"traits":{}}                              | no_user_anon_id
                    TRACK    | {"event":"e","userId":null}                | no_user_anon_id
                    TRACK    | {"event":"e","userId":"","anonymousId":" "}| no_user_anon_id
                    ALIAS    | {"userId":"u"}                             | previousId
                    ALIAS    | {"previousId":"u"}                         | userId
                    TRACK    | {"userId":"u"}                             | 'event'
                    TRACK    | {"userId":"u","event":""}                  | 'event'
                    TRACK    | {"userId":"u","event":7}                   | 'event'
                    GROUP    | {"userId":"u"}                             | groupId
                    TRACK    | {"userId":{"id":1},"event":"e"}            | userId is a string
                    TRACK    | {"userId":"u","event":"e","properties":"x"}| properties is an object
                    TRACK    | {"userId":"u","event":"e","context":[1]}   | context is an object
                    TRACK    | [1,2]                                      | JSON object
                    TRACK    | "text"                                     | JSON object
                    TRACK    | null                                       | JSON object
                    """)
    void aBadEventIsQuarantinedAndAnswered200ByALenientSource(
            Call call, String json, String detail) {
        assertThat(fixture.single(call, json)).isEqualTo(Answer.DONE);
        assertThat(fixture.outlet.taken()).isEmpty();
        OutgoingRecord record = fixture.outlet.quarantined().getFirst();
        assertThat(value(record)).isEqualTo(json);
        assertThat(header(record, "ce_source")).isEqualTo("web");
        assertThat(header(record, "ce_reason")).isEqualTo("invalid_event");
        assertThat(header(record, "ce_detail")).contains(detail);
        assertThat(fixture.counts.of("web").refused()).isEqualTo(Map.of("invalid_event", 1L));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    TRACK | {"event":"e"}          | 400 | request neither has anonymousId nor userId
                    TRACK | {"userId":"u"}         | 400 | event is not a valid rudder event
                    TRACK | [1]                    | 400 | event is not a valid rudder event
                    TRACK | {"userId":             | 400 | invalid json
                    TRACK | ``                     | 400 | request body is nil
                          | {"batch":[]}           | 400 | empty batch payload
                          | {}                     | 400 | empty batch payload
                          | [{"type":"track"}]     | 400 | empty batch payload
                    """)
    void aStrictSourceAnswersInRudderStacksWords(
            @Nullable Call call, String json, int status, String message) {
        assertThat(wrong(fixture.strict(call, json)).status()).isEqualTo(status);
        assertThat(wrong(fixture.strict(call, json)).message()).isEqualTo(message);
        assertThat(fixture.outlet.records).isEmpty();
    }

    @Test
    void oneBadEventDoesNotKeepItsBatchOutOfALenientSource() {
        assertThat(fixture.batch("{\"batch\":[" + GOOD + ",{\"type\":\"nope\"}, 3 ," + GOOD + "]}"))
                .isEqualTo(Answer.DONE);
        assertThat(fixture.outlet.taken()).hasSize(2);
        assertThat(fixture.outlet.quarantined())
                .extracting(RecordingOutlet::value)
                .containsExactly("{\"type\":\"nope\"}", "3");
        assertThat(fixture.counts.of("web").accepted()).isEqualTo(2);
    }

    @Test
    void oneBadEventKeepsItsBatchOutOfAStrictSourceWhichNamesIt() {
        Answer.Wrong wrong =
                wrong(
                        fixture.strict(
                                null, "{\"batch\":[" + GOOD + "," + GOOD + ",{\"type\":\"x\"}]}"));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.message()).contains("event is not a valid rudder event", "batch[2]");
        assertThat(wrong.detail()).contains("batch[2]", "type");
        assertThat(fixture.outlet.records).isEmpty();
        assertThat(fixture.counts.of("held").accepted()).isZero();
    }

    @Test
    void theStrictHeaderMakesAnySourceStrict() {
        assertThat(fixture.send(request(Call.TRACK, "wk_web", true), "{\"event\":\"e\"}"))
                .isInstanceOf(Answer.Wrong.class);
    }

    @Test
    void anUnknownKeyStoresNothingWhateverItIsAnswered() {
        assertThat(fixture.send(request(Call.TRACK, "nobody", false), GOOD)).isEqualTo(Answer.DONE);
        assertThat(fixture.send(request(Call.TRACK, null, false), GOOD)).isEqualTo(Answer.DONE);
        assertThat(fixture.send(request(Call.TRACK, "nobody", true), GOOD))
                .isEqualTo(new Answer.Wrong(401, "invalid write key", null));
        assertThat(fixture.send(request(Call.TRACK, null, true), GOOD))
                .isEqualTo(new Answer.Wrong(401, "failed to read writekey from header", null));
        assertThat(fixture.outlet.records).isEmpty();
    }

    @Test
    void theHeadersKeyComesBeforeTheBodysAndThatBeforeTheQuerys() {
        String inBody = "{\"writeKey\":\"wk_held\",\"userId\":\"u\",\"event\":\"e\"}";
        TrackingRequest inQuery =
                new TrackingRequest(Call.TRACK, null, "wk_private", false, "a", false, null);
        fixture.send(request(Call.TRACK, "wk_web", false), inBody);
        fixture.send(request(Call.TRACK, null, false), inBody);
        fixture.send(inQuery, GOOD);
        fixture.send(inQuery, inBody);
        assertThat(fixture.outlet.taken())
                .extracting(OutgoingRecord::topic)
                .containsExactly("raw.web", "raw.held", "raw.private", "raw.held");
        assertThat(fixture.outlet.taken())
                .allSatisfy(record -> assertThat(value(record)).doesNotContain("wk_"));
    }

    @Test
    void anEventOfABatchOver32KilobytesIsRefusedAlone() {
        int room = 32 * 1024 - event("").length();
        String large = event("x".repeat(room + 1));
        String fits = event("x".repeat(room));
        String batch = "{\"batch\":[" + large + " , " + fits + "," + GOOD + "]}";
        assertThat(fixture.batch(batch)).isEqualTo(Answer.DONE);
        assertThat(fixture.outlet.taken()).hasSize(2);
        OutgoingRecord refused = fixture.outlet.quarantined().getFirst();
        assertThat(fixture.outlet.quarantined()).hasSize(1);
        assertThat(header(refused, "ce_reason")).isEqualTo("too_large");
        assertThat(header(refused, "ce_type")).isEqualTo("big");
        assertThat(value(refused)).isEqualTo(large);

        assertThat(wrong(fixture.strict(null, batch)).message()).contains("batch[0]");
    }

    @Test
    void theExcessOfABatchIsQuarantined() {
        assertThat(fixture.batch(batchOf(2_503))).isEqualTo(Answer.DONE);
        assertThat(fixture.outlet.taken()).hasSize(2_500);
        assertThat(fixture.outlet.quarantined())
                .hasSize(3)
                .allSatisfy(
                        record -> {
                            assertThat(header(record, "ce_reason")).isEqualTo("too_many");
                            assertThat(value(record)).isEqualTo(GOOD);
                        });
        assertThat(fixture.counts.of("web").refused()).isEqualTo(Map.of("too_many", 3L));
    }

    @Test
    void aFloodOfTinyItemsBecomesFewRecords() {
        String items = "0,".repeat(200_000) + "0";
        assertThat(fixture.batch("{\"batch\":[" + items + "]}")).isEqualTo(Answer.DONE);
        assertThat(fixture.outlet.records).hasSizeLessThan(13_000);
        assertThat(fixture.counts.of("web").refused().values().stream().mapToLong(n -> n).sum())
                .isEqualTo(200_001);
    }

    @Test
    void aContextThatWouldMultiplyIntoGigabytesIsRefusedAsTooLarge() {
        String batch =
                "{\"context\":{\"x\":\""
                        + "y".repeat(400_000)
                        + "\"},"
                        + batchOf(1_000).substring(1);
        assertThat(wrong(fixture.batch(batch)).status()).isEqualTo(400);
        assertThat(fixture.outlet.records).isEmpty();
        assertThat(fixture.budget.used()).isZero();
    }

    @Test
    void aMessageIdHasLessThanAHundredCharacters() {
        fixture.single(Call.TRACK, withMessageId("m".repeat(99)));
        assertThat(fixture.outlet.taken()).hasSize(1);
        fixture.single(Call.TRACK, withMessageId("m".repeat(100)));
        fixture.single(Call.TRACK, withMessageId("a\\u0000b"));
        fixture.single(Call.TRACK, withMessageId("\\ud800"));
        assertThat(fixture.outlet.taken()).hasSize(1);
        assertThat(fixture.outlet.quarantined()).hasSize(3);
    }

    @Test
    void anEventNestedTooDeepIsRefusedAlone() {
        String deep = "[".repeat(500) + "]".repeat(500);
        String item = GOOD.replace("}", ",\"properties\":{\"a\":" + deep + "}}");
        fixture.batch("{\"batch\":[" + item + "," + GOOD + "]}");
        assertThat(fixture.outlet.taken()).hasSize(1);
        assertThat(fixture.outlet.quarantined()).hasSize(1);
    }

    @Test
    void aBatchWithoutEventsIsOneThingToRefuse() {
        assertThat(fixture.batch(GOOD)).isEqualTo(Answer.DONE);
        assertThat(fixture.batch("{\"batch\":{\"0\":1}}")).isEqualTo(Answer.DONE);
        assertThat(fixture.batch("{\"batch\":[]}")).isEqualTo(Answer.DONE);
        assertThat(fixture.outlet.taken()).isEmpty();
        assertThat(fixture.outlet.quarantined()).hasSize(2);
    }

    @Test
    void personalDataIsTakenOutOfRefusedEventsToo() {
        fixture.send(
                request(null, "wk_private", false),
                """
                {"batch":[{"type":"nope","userId":"jen@example.com","writeKey":"wk_private",
                           "traits":{"email":"jen@example.com"},"properties":{"card":4111}}]}\
                """);
        assertThat(value(fixture.outlet.quarantined().getFirst()))
                .doesNotContain("jen@example.com", "4111", "wk_private")
                .contains("\"card\":\"****\"");
    }

    @Test
    void theKeyIsTakenOutOfRefusedEventsToo() {
        fixture.single(Call.TRACK, "{\"writeKey\":\"wk_web\",\"userId\":\"u\"}");
        assertThat(value(fixture.outlet.quarantined().getFirst())).isEqualTo("{\"userId\":\"u\"}");
    }

    @Test
    void whatKafkaFindsTooLargeIsQuarantinedOrToldToAStrictCaller() {
        fixture.outlet.largest = 300;
        String batch = "{\"batch\":[" + GOOD + "," + event("x".repeat(200)) + "]}";
        assertThat(wrong(fixture.strict(null, batch)).status()).isEqualTo(413);
        fixture.outlet.records.clear();
        assertThat(fixture.batch(batch)).isEqualTo(Answer.DONE);
        assertThat(fixture.outlet.taken()).hasSize(1);
        assertThat(header(fixture.outlet.quarantined().getFirst(), "ce_reason"))
                .isEqualTo("too_large");
        assertThat(fixture.counts.of("web").accepted()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void aRequestThatCannotBeStoredCanBeSentAgain(Reason reason) {
        fixture.outlet.away = reason;
        assertThat(fixture.single(Call.TRACK, GOOD))
                .isInstanceOfSatisfying(
                        Answer.Later.class,
                        later -> assertThat(later.retryAfter()).isBetween(1, 30));
        assertThat(fixture.counts.of("web").accepted()).isZero();
        assertThat(fixture.budget.used()).isZero();
    }

    @Property(tries = 200)
    void noBodyIsAnsweredAsOurMistake(@ForAll byte[] body, @ForAll Call call) {
        assertThat(new DoorFixture().send(request(call, "wk_web", false), body))
                .isNotInstanceOf(Answer.Later.class);
        assertThat(new DoorFixture().send(request(null, "wk_private", true), body))
                .isNotInstanceOf(Answer.Later.class);
    }

    @Property(tries = 200)
    void noDamagedBatchIsAnsweredAsOurMistake(@ForAll int place, @ForAll byte damage) {
        byte[] body =
                ("{\"batch\":[" + GOOD + "," + GOOD + "],\"sentAt\":1,\"context\":{\"a\":[]}}")
                        .getBytes(StandardCharsets.UTF_8);
        body[Math.floorMod(place, body.length)] = damage;
        assertThat(new DoorFixture().send(request(null, "wk_private", false), body))
                .isNotInstanceOf(Answer.Later.class);
    }

    private static Answer.Wrong wrong(Answer answer) {
        assertThat(answer).isInstanceOf(Answer.Wrong.class);
        return (Answer.Wrong) answer;
    }

    private static String batchOf(int events) {
        return IntStream.range(0, events)
                .mapToObj(i -> GOOD)
                .collect(Collectors.joining(",", "{\"batch\":[", "]}"));
    }

    private static String event(String filler) {
        return "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"big\",\"properties\":{\"x\":\""
                + filler
                + "\"}}";
    }

    private static String withMessageId(String id) {
        return "{\"messageId\":\"" + id + "\",\"userId\":\"u\",\"event\":\"e\"}";
    }
}
