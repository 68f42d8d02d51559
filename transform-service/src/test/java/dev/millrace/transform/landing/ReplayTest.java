package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transform.landing.BreakingDatabase.Breaks;
import dev.millrace.transform.landing.LandingStage.Message;
import dev.millrace.transform.quarantine.Replay;
import dev.millrace.transform.quarantine.Replays;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What is in quarantine lands once, when it can. */
class ReplayTest {

    private static final String ALL = "{\"filter\": {}}";
    private static final String STATES =
            "SELECT state || ' ' || count(*) FROM transform.quarantine GROUP BY state ORDER BY 1";

    /** A stage whose contract refused some records, and has been changed since. */
    private static LandingStage refused(int records) {
        LandingStage stage = LandingStage.contract("{columns: freeze}");
        stage.land("{\"n\": 0}");
        String[] values = new String[records];
        for (int i = 0; i < records; i++) {
            values[i] = "{\"n\": %d, \"colour\": \"red\"}".formatted(i + 1);
        }
        stage.land(values);
        assertThat(stage.one(STATES)).isEqualTo("[held " + records + "]");
        stage.project(
                "{name: %s, type: kafka, streams: [{name: click, topic: %s}]}"
                        .formatted(stage.source, stage.clicks()));
        return stage;
    }

    @Test
    void whatAContractRefusedLandsOnceAfterTheContractChanged() {
        try (LandingStage stage = refused(250)) {
            stage.sql.sql("DELETE FROM transform.outbox").update();

            Replay replay = stage.replay(ALL);

            assertThat(replay.state()).isEqualTo(Replay.State.DONE);
            assertThat(replay.matched()).isEqualTo(250);
            assertThat(replay.counts()).isEqualTo(new Replay.Counts(250, 0, 0, 0));
            assertThat(stage.one("SELECT count(*) || ' ' || count(colour) FROM $S.click"))
                    .isEqualTo("[251 250]");
            assertThat(stage.one("SELECT _mr_id FROM $S.click WHERE n = 7"))
                    .isEqualTo("[" + stage.clicks() + "-0-7]");
            assertThat(
                            stage.one(
                                    "SELECT count(*) FROM transform.quarantine WHERE state ="
                                            + " 'replayed' AND decided_by = 'tester' AND replay_id"
                                            + " = "
                                            + replay.id()))
                    .isEqualTo("[250]");
            assertThat(stage.one("SELECT rows FROM transform.landed_stream")).isEqualTo("[251]");
            assertThat(
                            stage.one(
                                    "SELECT count(*) FROM transform.outbox WHERE topic ="
                                            + " 'millrace.datasets'"))
                    .as("one message for each chunk of 100")
                    .isEqualTo("[3]");
            assertThat(stage.replay(ALL).matched()).isZero();
            assertThat(stage.count("click")).isEqualTo(251);
        }
    }

    @Test
    void twoReplaysAtOnceLandEachRecordOnce() throws Exception {
        try (LandingStage stage = refused(300);
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            stage.ask(ALL);
            stage.ask(ALL);
            CountDownLatch start = new CountDownLatch(1);
            List<Future<?>> replicas = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                ReplayLanding replica = stage.replaying(stage.database, 7);
                replicas.add(
                        threads.submit(
                                () -> {
                                    start.await();
                                    while (replica.next()) {
                                        // Until nothing is left to do.
                                    }
                                    return null;
                                }));
            }
            start.countDown();
            for (Future<?> replica : replicas) {
                replica.get();
            }
            while (stage.replaying(stage.database, 7).next()) {
                // What a replica left as another held it.
            }

            assertThat(stage.count("click")).isEqualTo(301);
            assertThat(stage.one(STATES)).isEqualTo("[replayed 300]");
            assertThat(stage.one("SELECT rows FROM transform.landed_stream")).isEqualTo("[301]");
            assertThat(stage.one("SELECT sum(landed) FROM transform.quarantine_replay"))
                    .isEqualTo("[300]");
            assertThat(stage.one("SELECT DISTINCT state FROM transform.quarantine_replay"))
                    .isEqualTo("[done]");
        }
    }

    @Test
    void aReplayThatDiesAtItsCommitGoesOnAndLandsEachRecordOnce() throws Exception {
        for (Breaks where : Breaks.values()) {
            try (LandingStage stage = refused(40)) {
                stage.ask(ALL);
                // Each chunk has two commits: that of taking it, and that of landing it.
                ReplayLanding dying =
                        stage.replaying(BreakingDatabase.over(stage.database, where, 3, 1), 10);
                assertThat(dying.next()).isTrue();
                assertThatThrownBy(dying::next).isInstanceOf(SQLException.class);
                assertThat(stage.count("click")).isEqualTo(where == Breaks.AFTER_COMMIT ? 21 : 11);

                ReplayLanding another = stage.replaying(stage.database, 10);
                while (another.next()) {
                    // Until nothing is left to do.
                }

                assertThat(stage.count("click")).isEqualTo(41);
                assertThat(stage.one(STATES)).isEqualTo("[replayed 40]");
                assertThat(
                                stage.one(
                                        "SELECT state || ' ' || landed || ' ' || duplicates FROM"
                                                + " transform.quarantine_replay"))
                        .isEqualTo("[done 40 0]");
            }
        }
    }

    @Test
    void aPatchMendsValuesAndKeepsTheNumbersAsTheyAre() {
        try (LandingStage stage = LandingStage.contract("{data_type: freeze}")) {
            stage.land("{\"total\": 1.5, \"price\": 1.10, \"big\": 12345678901234567890.10}");
            stage.land(
                    "{\"total\": \"for free\", \"price\": 2.30, \"big\": 0.100}",
                    "{\"total\": \"for free\", \"price\": 3.40}");

            Replay replay =
                    stage.replay(
                            """
                            {"filter": {"reason": "type_mismatch", "column": "total"},
                             "patch": [{"op": "test", "path": "/price", "value": 2.3},
                                       {"op": "replace", "path": "/total", "value": 0.00}]}
                            """);

            assertThat(replay.counts()).isEqualTo(new Replay.Counts(1, 0, 0, 1));
            assertThat(stage.one("SELECT concat_ws(' ', total, price, big) FROM $S.click"))
                    .isEqualTo("[1.5 1.10 12345678901234567890.10, 0.00 2.30 0.100]");
            assertThat(
                            stage.one(
                                    "SELECT concat_ws(' | ', reason, detail, attempts) FROM"
                                            + " transform.quarantine WHERE state = 'held'"))
                    .isEqualTo(
                            "[type_mismatch | the patch does not go with the value: operation 1"
                                    + " (test /price): another value is there | 1]");
        }
    }

    @Test
    void whatFailsAgainStaysWithItsNewReasonAndTheNumberOfAttempts() {
        try (LandingStage stage = LandingStage.contract("{columns: freeze}")) {
            stage.land("{\"n\": 1}");
            stage.land("{\"n\": 2, \"colour\": \"red\"}", "{\"n\": 3, \"size\": 1}");

            assertThat(stage.replay(ALL).counts()).isEqualTo(new Replay.Counts(0, 0, 0, 2));
            stage.sql
                    .sql("ALTER TABLE %s.click ADD COLUMN colour bigint".formatted(stage.source))
                    .update();
            stage.tables.forget(new dev.millrace.transform.schema.Relation(stage.source, "click"));
            stage.project(
                    "{name: %s, type: kafka, schema_contract: freeze, streams: [{name: click, topic: %s}]}"
                            .formatted(stage.source, stage.clicks()));
            assertThat(stage.replay(ALL).counts()).isEqualTo(new Replay.Counts(0, 0, 0, 2));

            assertThat(
                            stage.one(
                                    "SELECT concat_ws(' ', reason, column_name, attempts, state)"
                                            + " FROM transform.quarantine ORDER BY id"))
                    .isEqualTo("[type_mismatch colour 2 held, schema_contract size 2 held]");
        }
    }

    @Test
    void aRecordThatStopsTheWholeTransactionIsFoundAndTheOthersLand() {
        try (LandingStage stage = refused(20)) {
            stage.sql
                    .sql(
                            """
                            CREATE FUNCTION %1$s.poison() RETURNS trigger LANGUAGE plpgsql AS $$
                            BEGIN
                              IF NEW.n = 13 THEN RAISE SQLSTATE '0A000' USING MESSAGE = 'poison'; END IF;
                              RETURN NEW;
                            END $$;
                            CREATE TRIGGER poison BEFORE INSERT ON %1$s.click
                              FOR EACH ROW EXECUTE FUNCTION %1$s.poison()
                            """
                                    .formatted(stage.source))
                    .update();

            assertThat(stage.replay(ALL).counts()).isEqualTo(new Replay.Counts(19, 0, 0, 1));

            assertThat(stage.count("click")).isEqualTo(20);
            assertThat(
                            stage.one(
                                    "SELECT reason || ' ' || record_offset || ' ' || (detail LIKE"
                                            + " '%poison%') FROM transform.quarantine WHERE state ="
                                            + " 'held'"))
                    .isEqualTo("[rejected 13 true]");
        }
    }

    @Test
    void aRowThatIsThereAlreadyIsADuplicateAndLeavesQuarantine() {
        try (LandingStage stage = LandingStage.segment("schema_contract: {columns: freeze}")) {
            stage.land(
                    new Message("bought", "m1", LandingStage.NOW, "{\"properties\": {\"n\": 1}}"));
            stage.land(
                    new Message(
                            "bought", "m1", LandingStage.NOW, "{\"properties\": {\"other\": 1}}"));
            stage.project("{name: %s, type: segment, write_key: k}".formatted(stage.source));

            assertThat(stage.replay(ALL).counts()).isEqualTo(new Replay.Counts(0, 1, 0, 0));

            assertThat(stage.one(STATES)).isEqualTo("[replayed 1]");
            assertThat(stage.one("SELECT _mr_id || n FROM $S.bought")).isEqualTo("[m11]");
        }
    }

    @Test
    void recordsMayGoToAnotherStream() {
        try (LandingStage stage = LandingStage.segment("schema_contract: {tables: freeze}")) {
            stage.land(
                    new Message("bougth", "m1", LandingStage.NOW, "{\"properties\": {\"n\": 1}}"));
            stage.project("{name: %s, type: segment, write_key: k}".formatted(stage.source));

            Replay replay =
                    stage.replay("{\"filter\": {\"stream\": \"bougth\"}, \"stream\": \"bought\"}");

            assertThat(replay.counts().landed()).isEqualTo(1);
            assertThat(stage.one("SELECT _mr_id || ' ' || event FROM $S.bought"))
                    .isEqualTo("[m1 bought]");
            assertThat(stage.count("bougth")).isZero();
        }
    }

    @Test
    void aKafkaStreamsRecordsGoOnlyToAStreamThatIsDeclared() {
        try (LandingStage stage = LandingStage.contract("{tables: freeze}")) {
            stage.land("{\"n\": 1}");
            stage.project(
                    "{name: %s, type: kafka, streams: [{name: click, topic: %s}, {name: tap, topic: %s.taps}]}"
                            .formatted(stage.source, stage.clicks(), stage.source));

            assertThat(
                            stage.replay("{\"filter\": {}, \"stream\": \"tip\"}")
                                    .counts()
                                    .refusedAgain())
                    .isEqualTo(1);
            assertThat(stage.one("SELECT detail FROM transform.quarantine"))
                    .contains("has no stream tip; it has [click, tap]");
            assertThat(stage.replay("{\"filter\": {}, \"stream\": \"tap\"}").counts().landed())
                    .isEqualTo(1);
            assertThat(stage.one("SELECT n FROM $S.tap")).isEqualTo("[1]");
        }
    }

    @Test
    void anIdentityByPlaceIsThatOfTheTopicsOwnLife() throws Exception {
        try (LandingStage stage = LandingStage.contract("{tables: freeze}")) {
            Ledger.Claim first =
                    stage.ledger.claim(LandingStage.logPartition(stage.clicks()), "me", 0);
            Ledger.Claim second =
                    stage.ledger.claim(
                            new LogPartition(
                                    "cluster", java.util.UUID.randomUUID(), stage.clicks(), 0),
                            "me",
                            0);
            for (Ledger.Claim claim : List.of(first, second)) {
                List<ConsumerRecord<byte[], byte[]>> records =
                        List.of(
                                LandingStage.record(
                                        stage.clicks(),
                                        0,
                                        "{}".getBytes(StandardCharsets.UTF_8),
                                        new RecordHeaders()));
                stage.landing(stage.database)
                        .land(
                                new BatchReader(stage.clock)
                                        .read(records, stage.routes(), _ -> claim.generation()),
                                stage.poll(new Ledger.Step(claim, 1)));
            }
            stage.project(
                    "{name: %s, type: kafka, streams: [{name: click, topic: %s}]}"
                            .formatted(stage.source, stage.clicks()));

            stage.replay(ALL);

            assertThat(stage.one("SELECT replace(_mr_id, '$S.', '') FROM $S.click ORDER BY 1"))
                    .isEqualTo("[clicks-0-0, clicks~2-0-0]");
        }
    }

    @Test
    void aLimitAFilterAndTheMomentOfAskingBoundAReplay() throws Exception {
        try (LandingStage stage = refused(10)) {
            String ids =
                    stage.one("SELECT min(id) FROM transform.quarantine").replaceAll("\\D", "");
            assertThat(stage.replay("{\"filter\": {\"id_from\": %s}, \"limit\": 3}".formatted(ids)))
                    .extracting(Replay::matched, replay -> replay.counts().landed())
                    .containsExactly(3L, 3L);
            assertThat(
                            stage.replay("{\"filter\": {\"at_to\": \"2001-01-01T00:00:00Z\"}}")
                                    .matched())
                    .isZero();

            Replay asked = stage.ask(ALL);
            stage.land("no json");
            stage.replay("{\"filter\": {\"source\": \"nobody\"}}");

            assertThat(new Replays(stage.database, stage.clock).find(asked.id()).orElseThrow())
                    .extracting(Replay::state, replay -> replay.counts().all())
                    .containsExactly(Replay.State.DONE, 7L);
            assertThat(stage.one("SELECT attempts FROM transform.quarantine WHERE state = 'held'"))
                    .as("what came later does not belong to it")
                    .isEqualTo("[0]");
        }
    }

    @Test
    void aCancelledReplayStopsAfterItsChunkAndLeavesTheRest() throws Exception {
        try (LandingStage stage = refused(30)) {
            Replay asked = stage.ask(ALL);
            ReplayLanding replaying = stage.replaying(stage.database, 10);
            assertThat(replaying.next()).isTrue();
            new Replays(stage.database, stage.clock).cancel(asked.id());

            assertThat(replaying.next()).isFalse();

            assertThat(stage.one(STATES)).isEqualTo("[held 20, replayed 10]");
            assertThat(stage.one("SELECT state || ' ' || landed FROM transform.quarantine_replay"))
                    .isEqualTo("[cancelled 10]");
        }
    }

    @Test
    void headersComeBackAsTheyWere() throws Exception {
        try (LandingStage stage = LandingStage.plain()) {
            RecordHeaders headers = new RecordHeaders();
            headers.add("x", new byte[] {(byte) 0xFF, 0});
            headers.add("a", "1".getBytes(StandardCharsets.UTF_8));
            headers.add("x", "ü".getBytes(StandardCharsets.UTF_8));
            headers.add("none", null);
            stage.landRecords(
                    List.of(
                            LandingStage.record(
                                    stage.clicks(),
                                    0,
                                    "no json".getBytes(StandardCharsets.UTF_8),
                                    headers)));

            assertThat(stage.one("SELECT headers::text FROM transform.quarantine"))
                    .isEqualTo(
                            "[[{\"name\": \"x\", \"base64\": \"/wA=\"}, {\"name\": \"a\","
                                    + " \"value\": \"1\"}, {\"name\": \"x\", \"value\": \"ü\"},"
                                    + " {\"name\": \"none\", \"value\": null}]]");
        }
    }
}
