package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.contracts.event.DatasetChanged;
import dev.millrace.contracts.record.RecordHeaders;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.transform.landing.load.LoadSwaps;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Streams with {@code write_disposition: replace}, from records to what readers see. */
class ReplaceStreamTest {

    private static final String REPLACE = "write_disposition: replace, id: id";
    private static final String ROWS =
            "SELECT id || ' ' || coalesce(name, '-') FROM $S.click ORDER BY id";

    /** A record of a load, with a count if it tells one. */
    private record Sent(@Nullable String load, @Nullable String count, @Nullable String value) {

        static Sent row(String load, int id, String name) {
            return new Sent(load, null, "{\"id\": %d, \"name\": \"%s\"}".formatted(id, name));
        }

        static Sent end(String load, int count) {
            return new Sent(load, Integer.toString(count), null);
        }

        ProducerRecord<byte[], byte[]> toProducer(String topic, @Nullable Integer partition) {
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(topic, partition, null, bytes(value));
            headers().forEach(header -> record.headers().add(header));
            return record;
        }

        org.apache.kafka.common.header.internals.RecordHeaders headers() {
            var headers = new org.apache.kafka.common.header.internals.RecordHeaders();
            if (load != null) {
                headers.add(RecordHeaders.LOAD, bytes(load));
            }
            if (count != null) {
                headers.add(RecordHeaders.LOAD_COUNT, bytes(count));
            }
            return headers;
        }

        private static byte @Nullable [] bytes(@Nullable String text) {
            return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Lands records as one poll. */
    private static Landed land(LandingStage stage, Sent... records) {
        long offset = stage.next(stage.clicks());
        List<ConsumerRecord<byte[], byte[]>> polled = new ArrayList<>();
        for (Sent sent : records) {
            polled.add(
                    LandingStage.record(
                            stage.clicks(), offset++, Sent.bytes(sent.value()), sent.headers()));
        }
        return stage.landRecords(polled);
    }

    private static LandingStage withLoad(String load, int... ids) {
        LandingStage stage = LandingStage.plain(REPLACE);
        land(
                stage,
                IntStream.of(ids).mapToObj(id -> Sent.row(load, id, load)).toArray(Sent[]::new));
        land(stage, Sent.end(load, ids.length));
        stage.swaps().swap();
        return stage;
    }

    @Test
    void aLoadTakesThePlaceOfTheOneBeforeOnceAllOfItIsThere() {
        try (LandingStage stage = withLoad("day-1", 1, 2, 3)) {
            assertThat(stage.one(ROWS)).isEqualTo("[1 day-1, 2 day-1, 3 day-1]");

            land(stage, Sent.row("day-2", 2, "new"), Sent.row("day-2", 4, "new"));
            stage.swaps().swap();

            assertThat(stage.one(ROWS)).isEqualTo("[1 day-1, 2 day-1, 3 day-1]");

            land(stage, Sent.end("day-2", 2));
            stage.swaps().swap();

            assertThat(stage.one(ROWS)).isEqualTo("[2 new, 4 new]");
            assertThat(stage.one("SELECT DISTINCT _mr_load FROM $S.click")).isEqualTo("[day-2]");
        }
    }

    @Test
    void theEndMayComeBeforeTheLastRows() {
        try (LandingStage stage = withLoad("day-1", 1)) {
            land(stage, Sent.row("day-2", 1, "a"), Sent.end("day-2", 2));
            stage.swaps().swap();
            assertThat(stage.one(ROWS)).isEqualTo("[1 day-1]");

            land(stage, Sent.row("day-2", 2, "b"));
            stage.swaps().swap();

            assertThat(stage.one(ROWS)).isEqualTo("[1 a, 2 b]");
        }
    }

    @Test
    void theLastRecordMayTellTheCountItself() {
        try (LandingStage stage = LandingStage.plain(REPLACE)) {
            land(stage, Sent.row("a", 1, "x"), new Sent("a", "2", "{\"id\": 2, \"name\": \"y\"}"));
            stage.swaps().swap();

            assertThat(stage.one(ROWS)).isEqualTo("[1 x, 2 y]");
        }
    }

    @Test
    void anEmptyLoadLeavesAnEmptyTable() {
        try (LandingStage stage = withLoad("day-1", 1, 2)) {
            land(stage, Sent.end("day-2", 0));
            stage.swaps().swap();

            assertThat(stage.one("SELECT count(*) FROM $S.click")).isEqualTo("[0]");
        }
    }

    @Test
    void anEmptyLoadOfAStreamThatNeverHadARowIsNoMistake() {
        try (LandingStage stage = LandingStage.plain(REPLACE)) {
            land(stage, Sent.end("day-1", 0));
            stage.swaps().swap();
            land(stage, Sent.row("day-2", 1, "x"), Sent.end("day-2", 1));
            stage.swaps().swap();

            assertThat(stage.one(ROWS)).isEqualTo("[1 x]");
        }
    }

    @Test
    void aRecordThatCameTwiceIsOneRowAndCompletesNothing() {
        try (LandingStage stage = withLoad("day-1", 9)) {
            land(stage, Sent.row("day-2", 1, "a"), Sent.row("day-2", 1, "a"), Sent.end("day-2", 2));
            stage.swaps().swap();
            assertThat(stage.one(ROWS)).isEqualTo("[9 day-1]");

            land(stage, Sent.row("day-2", 2, "b"));
            stage.swaps().swap();

            assertThat(stage.one(ROWS)).isEqualTo("[1 a, 2 b]");
        }
    }

    @Test
    void aLoadThatANewerOneOutranHasNoPlaceAnyMore() {
        try (LandingStage stage = LandingStage.plain(REPLACE)) {
            land(stage, Sent.row("day-1", 1, "old"));
            land(stage, Sent.row("day-2", 2, "new"), Sent.end("day-2", 1));
            stage.swaps().swap();
            land(stage, Sent.row("day-1", 3, "old"), Sent.end("day-1", 2));
            stage.swaps().swap();

            assertThat(stage.one(ROWS)).isEqualTo("[2 new]");
            assertThat(waiting(stage)).isEqualTo("[0]");
            assertThat(
                            stage.one(
                                    "SELECT load || ' ' || has_news FROM transform.load ORDER BY"
                                            + " load"))
                    .isEqualTo("[day-1 false, day-2 false]");
        }
    }

    @Test
    void ofSeveralLoadsThatAreCompleteTheNewestCounts() {
        try (LandingStage stage = LandingStage.plain(REPLACE)) {
            land(
                    stage,
                    Sent.row("c", 3, "c"),
                    Sent.row("a", 1, "a"),
                    Sent.row("b", 2, "b"),
                    Sent.end("a", 1),
                    Sent.end("b", 1),
                    Sent.end("c", 2));
            stage.swaps().swap();

            assertThat(stage.one(ROWS)).isEqualTo("[2 b]");

            land(stage, Sent.row("c", 4, "c"));
            stage.swaps().swap();

            assertThat(stage.one(ROWS)).isEqualTo("[3 c, 4 c]");
        }
    }

    @Test
    void whatComesAgainWhenItsLoadHasItsPlaceIsNoSecondRow() {
        try (LandingStage stage = withLoad("day-1", 1, 2)) {
            land(stage, Sent.row("day-1", 2, "day-1"), Sent.row("day-1", 3, "late"));
            stage.swaps().swap();

            assertThat(stage.one(ROWS)).isEqualTo("[1 day-1, 2 day-1, 3 late]");
            assertThat(waiting(stage)).isEqualTo("[0]");
        }
    }

    @Test
    void aRecordInQuarantineCountsAndLandsOnceWhenItIsReplayed() {
        try (LandingStage stage = withLoad("day-1", 9)) {
            land(
                    stage,
                    Sent.row("day-2", 1, "a"),
                    new Sent("day-2", null, "{\"id\": 2, "),
                    Sent.end("day-2", 2));
            stage.swaps().swap();
            assertThat(stage.one(ROWS)).isEqualTo("[1 a]");

            stage.sql
                    .sql(
                            "UPDATE transform.quarantine SET value = convert_to('{\"id\": 2}',"
                                    + " 'UTF8')")
                    .update();
            for (int times = 0; times < 2; times++) {
                stage.replay("{\"filter\": {\"source\": \"%s\"}}".formatted(stage.source));
                stage.swaps().swap();
            }

            assertThat(stage.one(ROWS)).isEqualTo("[1 a, 2 -]");
        }
    }

    @Test
    void aRecordWithoutALoadOrWithABadOneGoesToQuarantine() {
        try (LandingStage stage = LandingStage.plain(REPLACE)) {
            land(
                    stage,
                    new Sent(null, null, "{\"id\": 1}"),
                    new Sent("", null, "{\"id\": 2}"),
                    new Sent("day 1", null, "{\"id\": 3}"),
                    new Sent("x".repeat(201), null, "{\"id\": 4}"),
                    new Sent("tag-ü", null, "{\"id\": 5}"),
                    new Sent("a", "-1", null),
                    new Sent("a", "1e3", "{\"id\": 6}"),
                    new Sent("a", "9".repeat(16), null),
                    Sent.row("a", 7, "x"));

            assertThat(
                            stage.one(
                                    "SELECT reason || ' ' || count(*) FROM transform.quarantine"
                                            + " GROUP BY reason"))
                    .isEqualTo("[malformed 8]");
            assertThat(waiting(stage)).isEqualTo("[1]");
        }
    }

    @Test
    void newColumnsComeWithTheLoadsThatBringThem() {
        try (LandingStage stage = withLoad("day-1", 1)) {
            land(
                    stage,
                    new Sent("day-2", null, "{\"id\": 1, \"price\": 1.50, \"name\": 7}"),
                    new Sent("day-2", "2", "{\"id\": 2, \"open\": true}"));
            stage.swaps().swap();

            assertThat(
                            stage.one(
                                    "SELECT concat_ws(' ', id, price, name, open)"
                                            + " FROM $S.click ORDER BY id"))
                    .isEqualTo("[1 1.50 7, 2 t]");
        }
    }

    @Test
    void readersSeeTheOldLoadUntilTheyEndAndNeverNone() throws SQLException {
        try (LandingStage stage = withLoad("day-1", 1, 2);
                Connection reader = stage.warehouse.dataSource(Role.READER).getConnection();
                Statement reading = reader.createStatement()) {
            reader.setAutoCommit(false);
            reading.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            reading.executeQuery("SELECT * FROM %s.click".formatted(stage.source)).close();

            land(stage, Sent.row("day-2", 3, "x"), Sent.end("day-2", 1));
            stage.swaps().swap();

            var row = reading.executeQuery("SELECT count(*) FROM %s.click".formatted(stage.source));
            row.next();
            assertThat(row.getLong(1)).isEqualTo(2);
            assertThat(stage.one(ROWS)).isEqualTo("[3 x]");
        }
    }

    @Test
    void theChangeIsToldWhenReadersCanSeeItAndNotBefore() {
        try (LandingStage stage = LandingStage.plain(REPLACE)) {
            Landed landed = land(stage, Sent.row("a", 1, "x"), Sent.row("a", 2, "y"));
            assertThat(landed.rows()).isEqualTo(2);
            assertThat(landed.events()).isEmpty();

            land(stage, Sent.end("a", 2));
            stage.swaps().swap();

            assertThat(stage.events)
                    .extracting(DatasetChanged::relation, DatasetChanged::rows)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple(stage.source + ".click", 2L));
        }
    }

    @Test
    void aLoadThatCannotTakeItsPlaceSaysWhyAndTakesItOnceItCan() {
        try (LandingStage stage = withLoad("day-1", 1)) {
            alter(stage, "ADD CONSTRAINT few CHECK (id < 2) NOT VALID");
            land(stage, Sent.row("day-2", 2, "x"), Sent.end("day-2", 1));
            stage.swaps().swap();

            assertThat(problem(stage, "day-2")).contains("violates check constraint \"few\"");
            assertThat(stage.one(ROWS)).isEqualTo("[1 day-1]");

            alter(stage, "DROP CONSTRAINT few");
            stage.swaps().swap();

            assertThat(stage.one(ROWS)).isEqualTo("[2 x]");
            assertThat(problem(stage, "day-2")).isEqualTo("[null]");
        }
    }

    @Test
    void aStreamWhoseLoadFailsIsLeftAloneForAWhileAndOthersAreNot() {
        try (LandingStage stage = withLoad("day-1", 1)) {
            alter(stage, "ADD CONSTRAINT few CHECK (id < 2) NOT VALID");
            land(stage, Sent.row("day-2", 2, "x"), Sent.end("day-2", 1));
            LoadSwaps swaps = stage.swaps();
            swaps.swap();
            alter(stage, "DROP CONSTRAINT few");
            stage.project(
                    "{name: %1$s, type: kafka, streams: [{name: click, topic: %2$s, %3$s}, {name: view, topic: %2$s.v, %3$s}]}"
                            .formatted(stage.source, stage.clicks(), REPLACE));
            stage.landRecords(
                    List.of(
                            LandingStage.record(
                                    stage.clicks() + ".v",
                                    0,
                                    Sent.bytes("{\"id\": 1}"),
                                    new Sent("a", "1", null).headers())));
            swaps.swap();

            assertThat(stage.one("SELECT count(*) FROM $S.view")).isEqualTo("[1]");
            assertThat(stage.one(ROWS)).isEqualTo("[1 day-1]");
        }
    }

    @Test
    void aTableThatWasDroppedIsMadeAnewByTheNextRecord() {
        try (LandingStage stage = withLoad("day-1", 1)) {
            land(stage, Sent.row("day-2", 1, "a"));
            stage.sql.sql("DROP TABLE %s.click".formatted(stage.source)).update();
            Sent[] next = {
                new Sent("day-2", null, "{\"id\": 2, \"name\": \"b\"}"), Sent.end("day-2", 2)
            };
            // Where a poll lands, it is tried once more then.
            assertThatThrownBy(() -> land(stage, next)).hasMessageContaining("no longer there");
            land(stage, next);
            stage.swaps().swap();

            assertThat(stage.one(ROWS)).isEqualTo("[1 a, 2 b]");
        }
    }

    @Test
    void aLoadWhoseTableIsGoneWaitsForIt() {
        try (LandingStage stage = withLoad("day-1", 1)) {
            land(stage, Sent.row("day-2", 1, "a"), Sent.end("day-2", 2));
            land(stage, Sent.row("day-2", 2, "b"));
            stage.sql.sql("DROP TABLE %s.click".formatted(stage.source)).update();
            stage.swaps().swap();
            assertThat(problem(stage, "day-2")).contains("the next record of its stream makes it");

            assertThatThrownBy(() -> land(stage, Sent.row("day-2", 2, "b")))
                    .hasMessageContaining("no longer there");
            land(stage, Sent.row("day-2", 2, "b"));
            stage.swaps().swap();

            assertThat(stage.one(ROWS)).isEqualTo("[1 a, 2 b]");
        }
    }

    @Test
    void aTableThatWasRestoredStillHasItsLoad() {
        try (LandingStage stage = withLoad("day-2", 1, 2)) {
            for (String step :
                    List.of(
                            "ALTER TABLE $S.click RENAME TO before",
                            "CREATE TABLE $S.click (LIKE $S.before INCLUDING ALL)",
                            "INSERT INTO $S.click SELECT * FROM $S.before",
                            "DROP TABLE $S.before")) {
                stage.sql.sql(step.replace("$S", stage.source)).update();
            }
            land(stage, Sent.row("day-1", 8, "old"), Sent.end("day-1", 1));
            land(stage, Sent.row("day-2", 3, "late"));
            stage.swaps().swap();

            assertThat(stage.one(ROWS)).isEqualTo("[1 day-2, 2 day-2, 3 late]");
        }
    }

    @Test
    void whatWaitedForAColumnThatIsGoneGoesToTheOverflow() {
        try (LandingStage stage = withLoad("day-1", 1)) {
            land(stage, Sent.row("day-2", 1, "a"));
            stage.sql.sql("DROP TABLE %s.click".formatted(stage.source)).update();
            Sent next = new Sent("day-2", "2", "{\"id\": 2}");
            assertThatThrownBy(() -> land(stage, next)).hasMessageContaining("no longer there");
            land(stage, next);
            stage.swaps().swap();

            assertThat(stage.one("SELECT concat_ws(' ', id, _mr_extra) FROM $S.click ORDER BY id"))
                    .isEqualTo("[1 {\"name\": \"a\"}, 2]");
        }
    }

    @Test
    void aColumnThatWasDroppedComesBackWithItsValues() {
        try (LandingStage stage = withLoad("day-1", 1)) {
            alter(stage, "DROP COLUMN name");
            Sent[] next = {Sent.row("day-2", 1, "a"), Sent.end("day-2", 1)};
            assertThatThrownBy(() -> land(stage, next)).hasMessageContaining("no column name");
            land(stage, next);
            stage.swaps().swap();

            assertThat(stage.one(ROWS)).isEqualTo("[1 a]");
        }
    }

    @Test
    void columnsOfOthersKeepTheirDefaultsWhateverTheyAre() {
        try (LandingStage stage = withLoad("day-1", 1)) {
            alter(
                    stage,
                    "ADD note text NOT NULL DEFAULT 'none', ADD twice bigint GENERATED ALWAYS AS"
                            + " (id * 2) STORED, ADD number bigint GENERATED ALWAYS AS IDENTITY");
            land(stage, Sent.row("day-2", 4, "a"), Sent.end("day-2", 1));
            stage.swaps().swap();

            assertThat(
                            stage.one(
                                    "SELECT concat_ws(' ', id, name, note, twice, number > 0) FROM"
                                            + " $S.click"))
                    .isEqualTo("[4 a none 8 t]");
        }
    }

    @Test
    void valuesAreExactWhenTheyHaveWaited() {
        try (LandingStage stage = LandingStage.plain(REPLACE)) {
            land(stage, Sent.row("a", 1, "x"));
            land(
                    stage,
                    new Sent(
                            "a",
                            null,
                            """
                            {"id": 2.0, "price": 1.10, "big": 123456789012345678901234567890.123,
                            "at": "2026-01-02T03:04:05.123456+01:00", "day": "2026-01-02", "ok": false,
                            "uuid": "00000000-0000-0000-0000-00000000000a", "list": [1.50, "a"],
                            "name": "\\u0000\\"\\\\ \uD834\uDD1E"}\
                            """),
                    Sent.end("a", 2));
            stage.swaps().swap();

            assertThat(
                            stage.one(
                                    "SELECT concat_ws(' ', id, price, big, at AT TIME ZONE 'UTC',"
                                        + " day, ok, uuid, list, name) FROM $S.click WHERE id = 2"))
                    .isEqualTo(
                            "[2 1.10 123456789012345678901234567890.123 2026-01-02 02:04:05.123456"
                                + " 2026-01-02 f 00000000-0000-0000-0000-00000000000a [1.50, \"a\"]"
                                + " \uFFFD\"\\ \uD834\uDD1E]");
        }
    }

    @Test
    void aLoadOfWhichTooFewRowsDifferSaysSo() {
        try (LandingStage stage = withLoad("day-1", 1)) {
            land(stage, Sent.row("day-2", 1, "a"), Sent.row("day-2", 1, "b"), Sent.end("day-2", 2));
            stage.swaps().swap();

            assertThat(problem(stage, "day-2"))
                    .contains("2 records have come, of which 1 are different");
        }
    }

    @Test
    void aRecordThatIsRefusedAgainAndAgainIsLeftOutOnce() {
        try (LandingStage stage = withLoad("day-1", 1)) {
            land(
                    stage,
                    Sent.row("day-2", 1, "a"),
                    new Sent("day-2", null, "broken"),
                    new Sent("day-2", "x", "{\"id\": 3}"),
                    Sent.end("day-2", 4));
            for (int times = 0; times < 3; times++) {
                stage.replay("{\"filter\": {\"source\": \"%s\"}}".formatted(stage.source));
                stage.swaps().swap();
            }

            assertThat(stage.one("SELECT count(*) FROM transform.load_left_out")).isEqualTo("[2]");
            assertThat(stage.one(ROWS)).isEqualTo("[1 day-1]");

            land(stage, Sent.row("day-2", 2, "b"));
            stage.swaps().swap();

            assertThat(stage.one(ROWS)).isEqualTo("[1 a, 2 b]");
        }
    }

    @Test
    void aTableThatWasAddedToIsNotReplaced() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.land("{\"id\": 1}");
            stage.project(
                    "{name: %s, type: kafka, streams: [{name: click, topic: %s, %s}]}"
                            .formatted(stage.source, stage.clicks(), REPLACE));
            land(stage, Sent.row("a", 1, "x"), Sent.end("a", 1));
            stage.swaps().swap();

            assertThat(stage.one("SELECT count(*) FROM $S.click")).isEqualTo("[1]");
            assertThat(stage.one("SELECT detail FROM transform.quarantine"))
                    .contains("was made for another write_disposition");
            assertThat(problem(stage, "a")).contains("none of its 1 records became a row");
        }
    }

    @Test
    void landersOfSeveralPartitionsFillOneLoadTogether() {
        try (LandingStage stage = LandingStage.plain(REPLACE)) {
            stage.withTopic(stage.clicks(), 3);
            for (int load = 1; load <= 3; load++) {
                for (int id = 0; id < 60; id++) {
                    stage.sendRecord(
                            Sent.row("load-" + load, id, "l" + load)
                                    .toProducer(stage.clicks(), id % 3));
                }
                stage.sendRecord(Sent.end("load-" + load, 60).toProducer(stage.clicks(), load % 3));
            }
            stage.start();
            stage.start();

            await().atMost(Duration.ofSeconds(60))
                    .until(
                            () -> {
                                stage.swaps().swap();
                                return "[load-3]"
                                        .equals(
                                                stage.one(
                                                        "SELECT max(current_load) FROM"
                                                                + " transform.load_stream"));
                            });
            assertThat(
                            stage.one(
                                    "SELECT count(*) || ' ' || count(DISTINCT id) || ' ' ||"
                                            + " string_agg(DISTINCT name, ',') FROM $S.click"))
                    .isEqualTo("[60 60 l3]");
        }
    }

    @Test
    void aLoadOfWhichNothingCouldLandDoesNotEmptyTheTableByItself() {
        try (LandingStage stage = withLoad("day-1", 1)) {
            land(stage, new Sent("day-2", null, "broken"), Sent.end("day-2", 1));
            stage.swaps().swap();

            assertThat(stage.one(ROWS)).isEqualTo("[1 day-1]");
            assertThat(problem(stage, "day-2")).contains("none of its 1 records became a row");

            stage.sql
                    .sql(
                            "UPDATE transform.quarantine SET value = convert_to('{\"id\": 5}',"
                                    + " 'UTF8')")
                    .update();
            stage.replay("{\"filter\": {\"source\": \"%s\"}}".formatted(stage.source));
            stage.swaps().swap();

            assertThat(stage.one(ROWS)).isEqualTo("[5 -]");
        }
    }

    private static void alter(LandingStage stage, String how) {
        stage.sql.sql("ALTER TABLE %s.click %s".formatted(stage.source, how)).update();
    }

    private static String problem(LandingStage stage, String load) {
        return stage.one("SELECT problem FROM transform.load WHERE load = '%s'".formatted(load));
    }

    private static String waiting(LandingStage stage) {
        return stage.one("SELECT count(*) FROM transform.load_row");
    }
}
