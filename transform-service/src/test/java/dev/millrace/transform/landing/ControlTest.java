package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.transform.landing.RewindAsked.RefusedException;

import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;

/** Operators pause sources and set them back, while landers are at work. */
@Timeout(300)
class ControlTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static void send(LandingStage stage, int from, int count) {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            byte[] json = "{\"n\": %d}".formatted(i).getBytes(StandardCharsets.UTF_8);
            sent.add(stage.send(stage.clicks(), i % 2, json));
        }
        LandingStage.acknowledged(sent);
    }

    private static LandingStage landed(int records) {
        LandingStage stage = LandingStage.plain();
        stage.withTopic(stage.clicks(), 2);
        stage.start();
        send(stage, 0, records);
        stage.awaitOffset(stage.clicks(), records);
        return stage;
    }

    private static List<Rewinds.Move> rewind(LandingStage stage, String body) throws Exception {
        return new Rewinds(
                        stage.database, stage.ledger, stage.cluster(), stage::routes, stage.clock)
                .rewind(
                        stage.source,
                        RewindAsked.parse(
                                body.replace("$T", stage.clicks())
                                        .getBytes(StandardCharsets.UTF_8)),
                        "tester",
                        "a test");
    }

    private static double duplicates(LandingStage stage) {
        return stage.meters.counter("millrace.landing.duplicates", stage.tags("click")).count();
    }

    @Test
    void aPausedSourceLandsNothingTellsItsLagAndGoesOnWhereItWas() {
        try (LandingStage stage = landed(2)) {
            stage.control.pause(stage.source, "tester", "a test");
            await().atMost(Duration.ofSeconds(3))
                    .until(() -> stage.meters.find("millrace.landing.paused").gauge() != null);
            send(stage, 2, 10);

            await().atMost(PATIENCE)
                    .until(
                            () ->
                                    stage
                                                    .meters
                                                    .find("millrace.landing.lag.records")
                                                    .gauges()
                                                    .stream()
                                                    .mapToDouble(gauge -> gauge.value())
                                                    .sum()
                                            == 10);
            assertThat(stage.count("click")).isEqualTo(2);
            assertThat(stage.control.pause(stage.source, "another", "again").pausedBy())
                    .as("who paused it first")
                    .isEqualTo("tester");

            stage.control.resume(stage.source, "tester");
            stage.awaitRows("click", 12);
            assertThat(stage.one("SELECT count(*) || ' ' || count(DISTINCT n) FROM $S.click"))
                    .isEqualTo("[12 12]");
            assertThat(stage.meters.find("millrace.landing.paused").gauge()).isNull();
        }
    }

    @Test
    void aPausedSourceDoesNotHoldUpAnother() {
        try (LandingStage stage = landed(2)) {
            stage.project(
                    "{name: %1$s, type: kafka, streams: [{name: click, topic: %1$s.clicks}]}"
                            .formatted(stage.source),
                    "{name: %1$s_b, type: kafka, streams: [{name: view, topic: %1$s.views}]}"
                            .formatted(stage.source));
            stage.control.pause(stage.source, "tester", "a test");
            stage.withTopic(stage.source + ".views", 1);
            LandingStage.acknowledged(
                    List.of(stage.send(stage.source + ".views", 0, new byte[] {'1'})));

            stage.awaitOffset(stage.source + ".views", 1);
            send(stage, 2, 2);
            LandingStage.acknowledged(
                    List.of(stage.send(stage.source + ".views", 0, new byte[] {'2'})));
            stage.awaitOffset(stage.source + ".views", 2);
            assertThat(stage.count("click")).isEqualTo(2);
        }
    }

    @Test
    void aRewoundSourceIsReadAgainThoughNothingNewComesAndItsRowsStayAsTheyAre() throws Exception {
        try (LandingStage stage = landed(20)) {
            List<Rewinds.Move> foreseen =
                    rewind(stage, "{\"offsets\": {\"$T-0\": 4, \"$T-1\": 10}, \"dry_run\": true}");
            assertThat(foreseen).extracting("from").containsExactly(10L, 10L);
            assertThat(foreseen).extracting("to").containsExactly(4L, 10L);
            assertThat(foreseen).extracting("records").containsExactly(6L, 0L);
            assertThat(foreseen)
                    .extracting("what")
                    .containsExactly(Rewinds.What.AGAIN, Rewinds.What.STAYS);
            assertThat(stage.one("SELECT count(*) FROM transform.landing_move")).isEqualTo("[0]");

            rewind(stage, "{\"offsets\": {\"$T-0\": 4, \"$T-1\": 10}}");

            await().atMost(PATIENCE).until(() -> duplicates(stage) == 6);
            stage.awaitOffset(stage.clicks(), 20);
            assertThat(stage.count("click")).isEqualTo(20);
            assertThat(
                            stage.one(
                                    """
                                    SELECT concat_ws(' ', moved_by, reason, partition, from_offset,
                                      to_offset) FROM transform.landing_move\
                                    """))
                    .isEqualTo("[tester a test 0 10 4]");
        }
    }

    @Test
    void aTableThatWasDroppedIsBuiltAnewFromATime() throws Exception {
        try (LandingStage stage = landed(20)) {
            stage.control.pause(stage.source, "tester", "a test");
            stage.sql.sql("DROP TABLE %s.click".formatted(stage.source)).update();
            rewind(stage, "{\"to\": \"2020-01-01T00:00:00Z\", \"streams\": [\"click\"]}");
            assertThat(
                            stage.one(
                                    "SELECT next_offset FROM transform.ledger"
                                            + " WHERE topic = '$S.clicks'"))
                    .isEqualTo("[0, 0]");
            stage.control.resume(stage.source, "tester");

            stage.awaitRows("click", 20);
            assertThat(stage.one("SELECT count(*) || ' ' || count(DISTINCT n) FROM $S.click"))
                    .isEqualTo("[20 20]");
        }
    }

    @Test
    void aRecordThatMeetsADroppedTableAloneLandsInANewOne() throws Exception {
        try (LandingStage stage = landed(1)) {
            stage.sql.sql("DROP TABLE %s.click".formatted(stage.source)).update();
            send(stage, 1, 1);
            stage.awaitRows("click", 1);

            rewind(stage, "{\"to\": \"2020-01-01T00:00:00Z\"}");

            stage.awaitRows("click", 2);
            assertThat(
                            stage.one(
                                    "SELECT count(*) FROM transform.quarantine"
                                            + " WHERE topic = '$S.clicks'"))
                    .isEqualTo("[0]");
        }
    }

    @Test
    void nothingIsLeftOutUnlessThatIsSaidAndThenItIsWrittenDown() throws Exception {
        try (LandingStage stage = landed(2)) {
            stage.control.pause(stage.source, "tester", "a test");
            await().until(() -> stage.meters.find("millrace.landing.paused").gauge() != null);
            send(stage, 2, 8);

            assertThatThrownBy(() -> rewind(stage, "{\"offsets\": {\"$T-1\": 3}}"))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("leaves out up to 2 records");
            String tomorrow = Instant.now().plus(Duration.ofDays(1)).toString();
            assertThat(rewind(stage, "{\"to\": \"%s\"}".formatted(tomorrow)))
                    .as("that is where it is already, or before")
                    .extracting("what")
                    .containsExactly(Rewinds.What.STAYS, Rewinds.What.STAYS);
            assertThatThrownBy(() -> rewind(stage, "{\"offsets\": {\"$T-1\": 6}}"))
                    .hasMessageContaining("has the offsets 0 up to 5, and 6 is not among them");
            assertThatThrownBy(() -> rewind(stage, "{\"offsets\": {\"$T-2\": 0}}"))
                    .hasMessageContaining("has landed nothing of");
            assertThatThrownBy(
                            () ->
                                    rewind(
                                            stage,
                                            "{\"to\": \"%s\", \"streams\": [\"view\"]}"
                                                    .formatted(tomorrow)))
                    .hasMessageContaining("have a topic of their own");

            rewind(stage, "{\"offsets\": {\"$T-1\": 3}, \"skip\": true}");
            stage.control.resume(stage.source, "tester");

            stage.awaitOffset(stage.clicks(), 10);
            assertThat(stage.one("SELECT n FROM $S.click ORDER BY n"))
                    .isEqualTo("[0, 1, 2, 4, 6, 7, 8, 9]");
            assertThat(
                            stage.one(
                                    """
                                    SELECT to_offset - from_offset FROM transform.landing_move\
                                    """))
                    .isEqualTo("[2]");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {}                                                | either 'to' or 'offsets'
                    {"to": "2026-03-01T12:00:00Z", "offsets": {}}     | either 'to' or 'offsets'
                    {"to": "yesterday"}                               | a time with its zone
                    {"to": 17}                                        | a time with its zone
                    {"offsets": {}}                                   | an object of partitions
                    {"offsets": {"raw.web": 1}}                       | is no partition
                    {"offsets": {"raw.web-0": 1.5}}                   | a whole number
                    {"offsets": {"raw.web-0": "1"}}                   | a whole number
                    {"to": "2026-03-01T12:00:00Z", "streams": "x"}    | a list of names
                    {"to": "2026-03-01T12:00:00Z", "streams": [1]}    | a list of names
                    {"to": "2026-03-01T12:00:00Z", "skip": "yes"}     | true or false
                    {"to": "2026-03-01T12:00:00Z", "forget": true}    | DROP the table
                    {"to": "2026-03-01T12:00:00Z", "dryrun": true}    | There is no 'dryrun'
                    []                                                | Send an object
                    {"to":                                            | no JSON
                    """)
    void whatMakesNoSenseIsRefusedWithWhatToSayInstead(String body, String message) {
        assertThatThrownBy(() -> RewindAsked.parse(body.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(message);
    }
}
