package dev.millrace.ingestion.tracking;

import static dev.millrace.ingestion.tracking.DoorFixture.request;
import static dev.millrace.ingestion.tracking.RecordingOutlet.header;
import static dev.millrace.ingestion.tracking.RecordingOutlet.value;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.Sha256;
import dev.millrace.ingestion.source.BodyReader;
import dev.millrace.ingestion.source.OutgoingRecord;
import dev.millrace.ingestion.source.OutletUnavailableException.Reason;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What becomes of requests and events that break a rule: in a lenient source, and in a strict. */
@ExtendWith(OutputCaptureExtension.class)
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
    void theExcessOfABatchIsQuarantinedTogether() {
        assertThat(fixture.batch(batchOf(2_503))).isEqualTo(Answer.DONE);
        assertThat(fixture.outlet.taken()).hasSize(2_500);
        assertThat(fixture.outlet.quarantined())
                .singleElement()
                .satisfies(
                        record -> {
                            assertThat(header(record, "ce_reason")).isEqualTo("too_many");
                            assertThat(value(record))
                                    .isEqualTo("[" + GOOD + "," + GOOD + "," + GOOD + "]");
                        });
        assertThat(fixture.counts.of("web").refused()).isEqualTo(Map.of("too_many", 3L));

        assertThat(wrong(fixture.strict(null, batchOf(2_501))).message()).contains("batch[2500]");
    }

    @Test
    void theExcessLosesWriteKeysAndPersonalDataToo() {
        String item =
                "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"e\",\"writeKey\":\"wk_private\","
                        + "\"traits\":{\"email\":\"jen@example.com\"}}";
        String batch =
                batchOf(2_500).replace("]}", "," + item + ",[" + item + "],\"jen@example.com\"]}");
        fixture.send(request(null, "wk_private", false), batch);
        assertThat(fixture.outlet.quarantined())
                .singleElement()
                .satisfies(
                        record ->
                                assertThat(value(record))
                                        .doesNotContain("jen@example.com", "wk_private")
                                        .contains("\"hmac_sha256\":"));
    }

    @Test
    void aFloodOfTinyItemsBecomesFewRecords() {
        String items = "0,".repeat(200_000) + "0";
        assertThat(fixture.batch("{\"batch\":[" + items + "]}")).isEqualTo(Answer.DONE);
        assertThat(fixture.outlet.records).hasSize(2_501);
        assertThat(fixture.counts.of("web").refused().values().stream().mapToLong(n -> n).sum())
                .isEqualTo(200_001);
    }

    @Test
    void aBodyOfNothingButValuesReservesWhatTheyCost() {
        DoorFixture small = new DoorFixture(4 << 20, 0);
        String flood = "{\"batch\":[" + "0,".repeat(200_000) + "0]}";
        assertThat(small.batch(flood)).isEqualTo(new Answer.Later(Reason.BUFFER_FULL));
        assertThat(small.batch("{\"x\":[" + "[],".repeat(150_000) + "0]}"))
                .isEqualTo(new Answer.Later(Reason.BUFFER_FULL));
        assertThat(small.batch(batchOf(2_500))).isEqualTo(Answer.DONE);
        assertThat(small.budget.used()).isZero();
    }

    @Test
    void aContextThatWouldMultiplyIsRefusedWithItsBatchAsOneRecord() {
        String batch =
                "{\"sentAt\":1,\"other\":2,\"context\":{\"x\":\""
                        + "y".repeat(40_000)
                        + "\"},"
                        + batchOf(1_000).substring(1);
        assertThat(fixture.batch(batch)).isEqualTo(Answer.DONE);
        assertThat(fixture.outlet.taken()).isEmpty();
        assertThat(fixture.outlet.quarantined())
                .singleElement()
                .satisfies(
                        record -> {
                            assertThat(header(record, "ce_reason")).isEqualTo("too_large");
                            assertThat(header(record, "ce_detail")).contains("context");
                            assertThat(value(record))
                                    .startsWith("{\"sentAt\":1,\"context\":{\"x\":\"yyy")
                                    .endsWith(",\"batch\":" + batchOf(1_000).substring(9));
                        });
        assertThat(fixture.counts.of("web").refused()).isEqualTo(Map.of("too_large", 1_000L));
        assertThat(wrong(fixture.strict(null, batch)).status()).isEqualTo(413);
    }

    @Test
    void whatABatchGivesToAllItsEventsDoesNotMultiplyIntoMuch() {
        String batch =
                "{\"context\":{\"x\":\""
                        + "y".repeat(30_000)
                        + "\"},"
                        + batchOf(1_000).substring(1);
        assertThat(wrong(fixture.batch(batch)).status()).isEqualTo(400);
        assertThat(fixture.outlet.records).isEmpty();
        assertThat(fixture.budget.used()).isZero();
        assertThat(fixture.counts.of("web").turnedAway()).isEqualTo(Map.of("too_large", 1L));
    }

    @Test
    void anEventWithAnEndlessKeyIsRefusedAlone() {
        String named = "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"e\",\"%s\":{\"%s\":1}}";
        String fits = named.formatted("k".repeat(1_024), "ü".repeat(512));
        String tooLong = named.formatted("k", "ü".repeat(513));
        fixture.batch("{\"batch\":[" + fits + "," + tooLong + "," + GOOD + "]}");
        assertThat(fixture.outlet.taken()).hasSize(2);
        OutgoingRecord refused = fixture.outlet.quarantined().getFirst();
        assertThat(value(refused)).isEqualTo(tooLong);
        assertThat(header(refused, "ce_detail")).contains("key of more than 1024 bytes");
    }

    @Test
    void aByteOrderMarkMovesNoEvent() {
        fixture.batch("\uFEFF{\"batch\":[{\"type\":\"nope\"}," + GOOD + ",[7]]}");
        assertThat(fixture.outlet.taken()).hasSize(1);
        assertThat(fixture.outlet.quarantined())
                .extracting(RecordingOutlet::value)
                .containsExactly("{\"type\":\"nope\"}", "[7]");
    }

    @Test
    void noIdentityIsMadeUpForARefusedEvent() {
        fixture.single(Call.TRACK, "{\"userId\":\"u\"}");
        fixture.single(Call.TRACK, "{\"userId\":\"u\",\"messageId\":7}");
        assertThat(fixture.outlet.quarantined().getFirst().headers()).doesNotContainKey("ce_id");
        assertThat(header(fixture.outlet.quarantined().getLast(), "ce_id")).isEqualTo("7");
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
    void whatATopicDoesNotTakeIsRefusedBeforeAnythingIsSent() {
        fixture.outlet.told.put("raw.web", 1_200L);
        fixture.outlet.told.put("raw.held", 1_200L);
        String batch = "{\"batch\":[" + GOOD + "," + event("x".repeat(1_000)) + "]}";
        assertThat(wrong(fixture.strict(null, batch)).status()).isEqualTo(413);
        assertThat(fixture.outlet.calls).isZero();
        assertThat(fixture.counts.of("held").refused()).isEqualTo(Map.of("too_large", 1L));

        assertThat(fixture.batch(batch)).isEqualTo(Answer.DONE);
        assertThat(fixture.outlet.calls).isEqualTo(1);
        assertThat(fixture.outlet.taken()).hasSize(1);
        OutgoingRecord refused = fixture.outlet.quarantined().getFirst();
        assertThat(header(refused, "ce_reason")).isEqualTo("too_large");
        assertThat(header(refused, "ce_type")).isEqualTo("big");
        assertThat(value(refused)).contains("x".repeat(1_000));
        assertThat(fixture.counts.of("web").accepted()).isEqualTo(1);
        assertThat(fixture.counts.of("web").refused()).isEqualTo(Map.of("too_large", 1L));
    }

    @Test
    void ofWhatQuarantineDoesNotTakeEitherTheBeginningIsKept() {
        fixture.outlet.told.put("raw.web", 20_000L);
        fixture.outlet.told.put("millrace.quarantine", 20_000L);
        assertThat(fixture.batch("{\"batch\":[" + event("x".repeat(30_000)) + "]}"))
                .isEqualTo(Answer.DONE);
        OutgoingRecord refused = fixture.outlet.quarantined().getFirst();
        assertThat(header(refused, "ce_type")).isEqualTo("big");
        assertThat(RecordingOutlet.payload(refused).fields())
                .containsOnlyKeys("bytes", "beginning");
        assertThat(refused.weight()).isLessThan(20_000);
    }

    @Test
    void whatKafkaFindsTooLargeAfterAllIsCutOrToldToAStrictCaller() {
        fixture.outlet.largest = 20_000;
        String batch = "{\"batch\":[" + GOOD + "," + event("x".repeat(30_000)) + "]}";
        assertThat(wrong(fixture.strict(null, batch)).status()).isEqualTo(413);
        assertThat(fixture.counts.of("held").accepted()).as("it is stored").isEqualTo(1);
        fixture.outlet.records.clear();

        assertThat(fixture.batch(batch)).isEqualTo(Answer.DONE);
        assertThat(fixture.outlet.taken()).hasSize(1);
        OutgoingRecord refused = fixture.outlet.quarantined().getFirst();
        assertThat(header(refused, "ce_reason")).isEqualTo("too_large");
        assertThat(header(refused, "ce_type")).isEqualTo("big");
        assertThat(value(refused)).contains("xxx");
        assertThat(fixture.counts.of("web").accepted()).isEqualTo(1);
        assertThat(fixture.counts.of("web").refused()).isEqualTo(Map.of("too_large", 1L));
    }

    @Test
    void whatCannotEvenBeQuarantinedIsNoSuccess() {
        fixture.outlet.largest = 600;
        String batch = "{\"batch\":[" + GOOD + "," + event("x".repeat(1_000)) + "]}";
        assertThat(wrong(fixture.batch(batch)).status()).isEqualTo(400);
        assertThat(fixture.counts.of("web").accepted()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'batch':[{'type':'identify','userId':'u','traits':{'email':'jen@x.io'}}]}",
                "{'batch':{'type':'identify','userId':'u','traits':{'email':'jen@x.io'}}}",
                "{'batch':{'0':{'userId':'u','traits':{'Email':['jen@x.io']}}}}",
                "{'batch':[[{'traits':{'email':'jen@x.io'}}]],'type':1}",
                "{'Batch':[{'traits':{'email':'jen@x.io'}}]}",
                "[{'type':'identify','traits':{'email':'jen@x.io'}}]",
                "{'data':{'traits':{'email':'jen@x.io'}}}",
                "{'events':[{'traits':{'email':'jen@x.io'}}],'sentAt':1}",
                "[['jen@x.io']]",
                "'jen@x.io'"
            })
    void personalDataIsTakenOutOfWhatCameInTheWrongShape(String body) {
        String json = body.replace('\'', '"');
        for (Call call : new Call[] {Call.TRACK, Call.IDENTIFY, null}) {
            assertThat(fixture.send(request(call, "wk_private", false), json))
                    .isEqualTo(Answer.DONE);
            assertThat(
                            fixture.send(
                                    request(null, "wk_private", false),
                                    "{'batch':[".replace('\'', '"') + json + "]}"))
                    .isEqualTo(Answer.DONE);
        }
        assertThat(fixture.outlet.records)
                .isNotEmpty()
                .allSatisfy(record -> assertThat(value(record)).doesNotContain("jen@x.io"));
    }

    @Test
    void aShapeThatRulesCannotReadLeavesItsSizeAndAKeyedDigest() {
        fixture.send(request(Call.TRACK, "wk_private", false), "\"jen@example.com\"");
        assertThat(value(fixture.outlet.quarantined().getFirst()))
                .matches("\\{\"bytes\":17,\"hmac_sha256\":\"[0-9a-f]{64}\"}");
        fixture.single(Call.TRACK, "\"jen@example.com\"");
        assertThat(value(fixture.outlet.quarantined().getLast()))
                .as("a source without rules")
                .isEqualTo("\"jen@example.com\"");
    }

    @Test
    void aBodyIsNotReadForAKeyThatNoSourceHas() {
        IncomingBody untouchable =
                () -> {
                    throw new AssertionError("the body was read");
                };
        assertThat(fixture.send(request(null, "nobody", false), untouchable))
                .isEqualTo(Answer.DONE);
        assertThat(fixture.send(request(null, "nobody", true), untouchable))
                .isEqualTo(new Answer.Wrong(401, "invalid write key", null));
        assertThat(fixture.counts.nobodys()).containsEntry("unknown_key", 2L);
    }

    @Test
    void aRequestForNoSourceIsCountedAndToldNowAndThen(CapturedOutput output) {
        fixture.send(request(Call.TRACK, "wk_wep", false), GOOD);
        fixture.send(request(Call.TRACK, null, false), GOOD);
        fixture.send(request(Call.TRACK, null, false), GOOD.replace("{", "{\"writeKey\":\"x\","));
        assertThat(fixture.counts.nobodys()).isEqualTo(Map.of("unknown_key", 2L, "no_key", 1L));
        // printf %s wk_wep | sha256sum
        assertThat(output.getAll())
                .containsOnlyOnce("were for no source")
                .contains("1 requests since", "begins with " + Sha256.hex("wk_wep").substring(0, 8))
                .doesNotContain("wk_wep");
        fixture.clock.advance(Duration.ofMinutes(1));
        fixture.send(request(Call.TRACK, null, false), GOOD);
        assertThat(output.getAll()).contains("3 requests since", "no write key");
    }

    @Test
    void requestsThatAreTurnedAwayAreCountedForTheirSource() {
        TrackingRequest request = request(Call.TRACK, "wk_web", false);
        fixture.send(request, "{");
        fixture.send(request, "");
        fixture.send(request, () -> new BodyReader.Body.BadGzip());
        fixture.send(request, () -> new BodyReader.Body.TooLarge());
        assertThat(wrong(fixture.send(request, () -> new BodyReader.Body.TooSlow())).status())
                .isEqualTo(408);
        assertThat(fixture.counts.of("web").turnedAway())
                .isEqualTo(Map.of("invalid_body", 3L, "too_large", 1L, "too_slow", 1L));
    }

    @Test
    void aSourceThatSendsFasterThanItMayIsToldToWait() {
        DoorFixture paced = new DoorFixture(64 << 20, 2);
        assertThat(paced.single(Call.TRACK, GOOD)).isEqualTo(Answer.DONE);
        assertThat(
                        paced.send(
                                request(Call.TRACK, null, false),
                                GOOD.replace("{", "{\"writeKey\":\"wk_web\",")))
                .isEqualTo(Answer.DONE);
        assertThat(paced.single(Call.TRACK, GOOD)).isEqualTo(new Answer.TooFast());
        assertThat(paced.strict(Call.TRACK, GOOD)).as("another source").isEqualTo(Answer.DONE);
        assertThat(paced.counts.of("web").turnedAway()).isEqualTo(Map.of("rate_limited", 1L));
        paced.clock.advance(Duration.ofMillis(500));
        assertThat(paced.single(Call.TRACK, GOOD)).isEqualTo(Answer.DONE);
        assertThat(paced.single(Call.TRACK, GOOD)).isEqualTo(new Answer.TooFast());
        assertThat(paced.outlet.taken()).hasSize(4);
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

    @Property(tries = 200)
    void noEventBecomesMoreThanItsOwnLimitAndThatOfItsBatch(
            @ForAll @IntRange(max = 33_000) int own,
            @ForAll @IntRange(max = 33_000) int shared,
            @ForAll @IntRange(min = 1, max = 20) int events) {
        DoorFixture door = new DoorFixture();
        String batch =
                IntStream.range(0, events)
                        .mapToObj(i -> event("x".repeat(own)))
                        .collect(
                                Collectors.joining(
                                        ",",
                                        "{\"context\":{\"y\":\""
                                                + "y".repeat(shared)
                                                + "\"},\"batch\":[",
                                        "]}"));
        assertThat(door.batch(batch)).isEqualTo(Answer.DONE);
        assertThat(door.outlet.taken())
                .allSatisfy(record -> assertThat(record.value().length).isLessThan(66 * 1024));
        assertThat(
                        door.counts.of("web").accepted()
                                + door.counts.of("web").refused().values().stream()
                                        .mapToLong(n -> n)
                                        .sum())
                .isEqualTo(events);
        assertThat(door.budget.used()).isZero();
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
