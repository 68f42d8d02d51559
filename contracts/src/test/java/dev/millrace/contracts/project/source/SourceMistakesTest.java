package dev.millrace.contracts.project.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.project.InvalidProjectException;
import dev.millrace.contracts.project.ProjectLoader.Kind;
import dev.millrace.contracts.project.WrittenProject;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a user reads who made a mistake in {@code sources/*.yml}. */
class SourceMistakesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {name: web, typ: segment}                | 1:11: the key 'type' is required here
                    {name: web, type: segmant}               | 1:23: unknown source type 'segmant'; offered are: segment, kafka; did you mean 'segment'?
                    {name: web, type: cdc}                   | 1:23: sources of type 'cdc' are not offered by this version; offered are: segment, kafka
                    {name: 1web, type: kafka, streams: [{name: a, topic: a}]} | 1:12: the name '1web' must begin with a letter and hold only a-z, 0-9 and _, at most 63 of them, as it names the schema of the tables
                    {name: pg_x, type: kafka, streams: [{name: a, topic: a}]} | 1:12: the schema 'pg_x' is taken; give the source another name
                    {name: c, type: kafka}                   | 1:11: a Kafka source declares its streams, each with its topic
                    {name: c, type: kafka, streams: [{name: a}]} | 1:44: the key 'topic' is required here
                    {name: c, type: kafka, streams: [{topic: a}]} | 1:44: the key 'name' is required here
                    {name: c, type: kafka, streams: [{name: a, topic: a}, {name: a, topic: b}]} | 1:66: the source has another stream 'a'
                    {name: c, type: kafka, streams: [{name: a, topik: a, topic: a}]} | 1:54: unknown key 'topik'; did you mean 'topic'?
                    {name: c, type: kafka, schema_contract: freze, streams: [{name: a, topic: a}]} | 1:51: 'freze' is not one of evolve, freeze, discard_row, discard_value, review; did you mean 'freeze'?
                    {name: c, type: kafka, schema_contract: {colums: freeze}, streams: [{name: a, topic: a}]} | 1:52: unknown key 'colums'; did you mean 'columns'?
                    {name: c, type: kafka, streams: [{name: a, topic: a, format: jason}]} | 1:72: 'jason' is not one of json, debezium; did you mean 'json'?
                    {name: c, type: kafka, streams: [{name: a, topic: a, write_disposition: upsert}]} | 1:83: 'upsert' is not one of append, merge, replace
                    {name: c, type: kafka, streams: [{name: a, topic: a, format: debezium, write_disposition: replace}]} | 1:82: changes of rows are merged, and do not come in loads; leave 'write_disposition' out, or 'format' if the records are rows
                    {name: c, type: kafka, streams: [{name: a, topic: a, write_disposition: replace, primary_key: [id]}]} | 1:92: 'primary_key' says how rows are merged, and this stream is replaced load by load; write write_disposition: merge, or leave it out
                    {name: c, type: kafka, streams: [{name: a, topic: a, write_disposition: replace, partition: month}]} | 1:92: only a stream that is appended to is partitioned by time, and this one is replaced; leave 'partition' out
                    {name: c, type: kafka, streams: [{name: a, topic: a, write_disposition: merge}]} | 1:64: merge needs 'primary_key', the paths of the values that tell one row from another, such as primary_key: [id]
                    {name: c, type: kafka, streams: [{name: a, topic: a, primary_key: [id]}]} | 1:64: 'primary_key' says how rows are merged, and this stream is appended to; write write_disposition: merge, or leave it out
                    {name: c, type: kafka, streams: [{name: a, topic: a, format: debezium, write_disposition: append, deletes: soft}]} | 1:109: 'deletes' says how rows are merged, and this stream is appended to; write write_disposition: merge, or leave it out
                    {name: c, type: kafka, streams: [{name: a, topic: a, format: debezium, deletes: sotf}]} | 1:91: 'sotf' is not one of hard, soft, history; did you mean 'soft'?
                    {name: c, type: kafka, streams: [{name: a, topic: a, format: debezium, generation: 0}]} | 1:82: expected a whole number from 1 on, found '0'
                    {name: c, type: kafka, streams: [{name: a, topic: a, format: debezium, generation: two}]} | 1:82: expected a whole number from 1 on, found 'two'
                    {name: c, type: kafka, streams: [{name: a, topic: a, format: debezium, id: k}]} | 1:82: a merged row is known by its primary key; leave 'id' out, or write it as primary_key: [k]
                    {name: c, type: kafka, streams: [{name: a, topic: a, format: debezium, primary_key: [a, a]}]} | 1:99: 'a' is in the primary key already
                    {name: c, type: kafka, streams: [{name: a, topic: a, format: debezium, primary_key: []}]} | 1:82: the primary key has no columns; name them, or leave it out
                    {name: c, type: kafka, streams: [{name: a, topic: a, format: debezium, primary_key: ["$.a"]}]} | 1:96: '$.a' is no path: it is keys from the top of the payload, joined by dots, without *, [ ] and a $ for the top; write 'a'
                    """)
    void aMistakeIsToldWithItsPlaceAndWhatToWrite(String source, String mistake) {
        assertThat(mistakes("sources: [" + source + "]")).contains("sources/a.yml:" + mistake);
    }

    @Test
    void twoSourcesCannotShareAWriteKey() {
        assertThat(
                        mistakes(
                                """
                                sources:
                                  - {name: a, type: segment, write_key: "${KEY}"}
                                  - {name: b, type: segment, write_key: "${KEY}"}
                                """))
                .containsExactly("sources/a.yml:3:30: the source 'a' has the same write key");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    $.traits.email          | traits.email
                    $traits.email           | traits.email
                    traits..email           | traits.email
                    .traits.email           | traits.email
                    traits.email.           | traits.email
                    traits. email           | traits.email
                    properties[*].email     | properties.email
                    properties[0].email     | properties.email
                    properties.*.email      | properties.email
                    $['traits']['email']    | traits.email
                    properties.$email       | properties.email
                    properties.items[].card | properties.items.card
                    """)
    void aPathOfARuleThatWouldMeetNothingIsToldTheRightOne(String written, String right) {
        assertThat(rule("\"" + written + "\": hash"))
                .containsExactly(
                        "sources/a.yml:3:5: '"
                                + written
                                + "' is no path: it is keys from the top of the payload, joined by"
                                + " dots, without $, * and [ ], and it reaches through lists by"
                                + " itself; write '"
                                + right
                                + "'");
        assertThat(rule(right + ": hash")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"$", "*", "[*]", ".", " ", "[0]", "$.*"})
    void aPathOfARuleThatHoldsNoKeyIsRefusedWithoutAGuess(String written) {
        assertThat(rule("\"" + written + "\": hash"))
                .singleElement()
                .asString()
                .contains("is no path")
                .doesNotContain("write '");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    messageId: hash         | 'messageId' must stay as it is: an event is known by it when it comes again
                    message_id: drop        | 'message_id' must stay as it is: an event is known by it when it comes again
                    message.id: mask        | 'message.id' must stay as it is: an event is known by it when it comes again
                    event: hash             | 'event' must stay as it is: it names the stream
                    type: drop              | 'type' must stay as it is: it names the stream
                    timestamp: mask         | 'timestamp' must stay as it is: it says when the event happened
                    sentAt: drop            | 'sentAt' must stay as it is: it says when the event happened
                    originalTimestamp: hash | 'originalTimestamp' must stay as it is: it says when the event happened
                    receivedAt: drop        | 'receivedAt' must stay as it is: it says when the event came in
                    """)
    void whatAnEventIsKnownByCannotBeChanged(String rule, String message) {
        assertThat(rule(rule))
                .containsExactly("sources/a.yml:3:5: " + message + "; leave the rule out");
    }

    @ParameterizedTest
    @CsvSource({
        "userId, mask",
        "user_id, drop",
        "anonymousId, drop",
        "groupId, mask",
        "previousId, drop"
    })
    void usersMustStayApart(String path, String action) {
        assertThat(rule(path + ": " + action))
                .containsExactly(
                        "sources/a.yml:3:5: '%s' tells one from another, and %s would make them all the same; write hash"
                                .formatted(path, action));
        assertThat(rule(path + ": hash")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "messageId: keep",
                "properties.event: drop",
                "context.timestamp: drop",
                "traits.type: mask",
                "context: drop",
                "traits.userId: drop",
                "context.ip: mask"
            })
    void otherValuesOfTheSameNameMayChange(String rule) {
        assertThat(rule(rule)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    $.at            | write 'at'
                    a..at           | write 'a.at'
                    ['a'].at        | write 'a.at'
                    items[0].at     | it cannot lead into a list
                    items.*.at      | it cannot lead into a list
                    items[*].at     | it cannot lead into a list
                    """)
    void aPathOfAnIdentityOrATimeThatWouldMeetNothingIsRefused(String written, String hint) {
        for (String key : List.of("id", "event_time")) {
            assertThat(
                            mistakes(
                                    """
                                    sources:
                                      - name: c
                                        type: kafka
                                        streams:
                                          - name: a
                                            topic: a
                                            %s: "%s"
                                    """
                                            .formatted(key, written)))
                    .singleElement()
                    .asString()
                    .startsWith("sources/a.yml:7:9: '" + written + "' is no path")
                    .endsWith("; " + hint);
        }
    }

    @Test
    void aKeyOfAPayloadMayHoldADollar() throws InvalidProjectException {
        Source source =
                source(
                        "{name: c, type: kafka, streams: [{name: a, topic: a, id: _id.$oid,"
                                + " event_time: $date}]}");

        assertThat(source.streams().getFirst().id()).containsExactly("_id", "$oid");
        assertThat(source.streams().getFirst().eventTime()).containsExactly("$date");
    }

    @Test
    void thePathOfASegmentStreamsTimeIsCheckedAsWell() {
        assertThat(
                        mistakes(
                                "sources: [{name: a, type: segment, write_key: \"${KEY}\", streams:"
                                        + " [{name: s, event_time: $.at}]}]"))
                .singleElement()
                .asString()
                .contains("'$.at' is no path");
    }

    @Test
    void aForeignClusterIsTheOnlyMistakeOfASourceThatNamesOne() {
        assertThat(
                        mistakes(
                                """
                                sources:
                                  - name: clicks
                                    type: kafka
                                    bootstrap: ${CLICKS_KAFKA}
                                    schema_contract: freeze
                                    streams: [{name: click, topic: shop.clicks.v1}]
                                """))
                .containsExactly(
                        "sources/a.yml:4:5: topics of a foreign cluster are not offered by this"
                                + " version; leave 'bootstrap' out for Millrace's own cluster");
    }

    @Test
    void whatTheDocsPromiseForLaterIsNoTypingMistake() {
        assertThat(
                        mistakes(
                                """
                                sources:
                                  - name: web
                                    type: segment
                                    write_key: ${KEY}
                                    streams:
                                      - {name: a, partition: hour}
                                  - name: clicks
                                    type: kafka
                                    streams:
                                      - {name: a, topic: a, format: avro, partition: weak}
                                """))
                .containsExactly(
                        "sources/a.yml:6:30: 'hour' is not one of day, week, month",
                        "sources/a.yml:10:37: 'avro' is not offered by this version; offered are:"
                                + " json, debezium",
                        "sources/a.yml:10:54: 'weak' is not one of day, week, month; did you mean"
                                + " 'week'?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "order_completed",
                "_2fa_enabled",
                "größe",
                "_users",
                "pages",
                "_xmin",
                "x_1"
            })
    void everyStreamThatTheDoorMakesCanBeDeclared(String name) throws InvalidProjectException {
        assertThat(source(segment(name)).stream(name)).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "Order Completed, order_completed",
        "orderCompleted, order_completed",
        "2fa, _2fa",
        "a__b, a_b",
        "_a, a",
        "xmin, _xmin",
        "Größe, größe"
    })
    void aStreamThatNeverTurnsUpIsToldItsTable(String written, String table) {
        String mistake =
                "the stream '%s' has the table '%s'; write that as its name"
                        .formatted(written, table);

        assertThat(mistakes("sources: [" + segment(written) + "]"))
                .singleElement()
                .asString()
                .endsWith(mistake);
        assertThat(
                        mistakes(
                                "sources: [{name: c, type: kafka, streams: [{name: %s, topic: a}]}]"
                                        .formatted(written)))
                .singleElement()
                .asString()
                .endsWith(mistake);
    }

    @Test
    void aTableThatLandingMakesIsNoStream() {
        assertThat(mistakes("sources: [" + segment("users") + "]"))
                .singleElement()
                .asString()
                .endsWith(
                        "'users' is no stream: landing makes that table of others; an event of that"
                                + " name is the stream '_users'");
    }

    @Test
    void aKafkaStreamMayBeCalledAsSegmentsTables() throws InvalidProjectException {
        assertThat(
                        source("{name: c, type: kafka, streams: [{name: users, topic: a}]}").stream(
                                "users"))
                .isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                ".., Kafka has no topic '..'",
                "., Kafka has no topic '.'",
                "a b, 'a b' is no topic name: a-z A-Z 0-9 . _ - only",
                "größe, 'größe' is no topic name: a-z A-Z 0-9 . _ - only",
                "__consumer_offsets, the topic '__consumer_offsets' belongs to Millrace or to Kafka"
                        + " itself",
                "millrace.runs, the topic 'millrace.runs' belongs to Millrace or to Kafka itself"
            })
    void aTopicThatKafkaCannotHaveIsRefused(String topic, String message) {
        assertThat(topicMistakes(topic)).containsExactly("sources/a.yml:1:54: " + message);
    }

    @Test
    void aTopicsNameHas249CharactersAtMost() {
        assertThat(topicMistakes("t".repeat(249))).isEmpty();
        assertThat(topicMistakes("t".repeat(250)))
                .containsExactly(
                        "sources/a.yml:1:54: the topic's name has 250 characters; Kafka takes 249");
        assertThat(topicMistakes("...")).isEmpty();
    }

    @Test
    void aWriteKeyThatStandsInTheFileIsAWarning() throws InvalidProjectException {
        assertThat(
                        WrittenProject.of(
                                        "sources/a.yml",
                                        "sources: [{name: web, type: segment, write_key: abc}]")
                                .warnings())
                .containsExactly(
                        "sources/a.yml:1:38: the write key stands in the file, for everybody who"
                            + " sees the project; write ${WEB_WRITE_KEY} and set that variable");
    }

    @Test
    void aWriteKeyOfTheEnvironmentIsNone() throws InvalidProjectException {
        assertThat(project("sources: [" + segment("a") + "]").warnings()).isEmpty();
    }

    @Test
    void sourcesCanShareSettingsByMerging() throws InvalidProjectException {
        List<Source> sources =
                project(
                                """
                                sources:
                                  - &web
                                    name: web
                                    type: segment
                                    write_key: ${KEY}
                                    owner: growth@shop.example
                                    pii: &pii {context.ip: drop}
                                  - <<: *web
                                    name: app
                                    write_key: ${OTHER}
                                    pii: {<<: *pii, traits.email: hash}
                                """)
                        .load()
                        .sources();

        assertThat(sources).extracting(Source::owner).containsOnly("growth@shop.example");
        assertThat(((SegmentSource) sources.get(1)).pii())
                .containsExactlyInAnyOrder(
                        new PiiRule(List.of("context", "ip"), PiiRule.Action.DROP),
                        new PiiRule(List.of("traits", "email"), PiiRule.Action.HASH));
    }

    @Property(tries = 300)
    void aPathIsCheckedWhateverItHolds(@ForAll String written) {
        String suggested = PayloadPath.mistakeInRule(written);
        int at = suggested.lastIndexOf("; write '");

        assertThat(PayloadPath.mistakeInValue(written)).isNotNull();
        if (at >= 0) {
            String right = suggested.substring(at + 9, suggested.length() - 1);
            assertThat(PayloadPath.mistakeInRule(right)).isEmpty();
        }
    }

    private static List<String> topicMistakes(String topic) {
        return mistakes(
                "sources: [{name: c, type: kafka, streams: [{name: a, topic: %s}]}]"
                        .formatted(topic));
    }

    private static List<String> rule(String rule) {
        return mistakes(
                """
                sources:
                - pii:
                    %s
                  name: web
                  type: segment
                  write_key: ${KEY}
                """
                        .formatted(rule));
    }

    private static String segment(String stream) {
        return "{name: web, type: segment, write_key: \"${KEY}\", streams: [{name: %s}]}"
                .formatted(stream);
    }

    private static Source source(String source) throws InvalidProjectException {
        return Objects.requireNonNull(
                project("sources: [" + source + "]").load().sources().getFirst());
    }

    private static List<String> mistakes(String text) {
        return project(text).mistakes();
    }

    private static WrittenProject project(String text) {
        return WrittenProject.of("sources/a.yml", text)
                .in(Map.of("KEY", "k", "OTHER", "o"))
                .readBy(Kind.SOURCES);
    }
}
