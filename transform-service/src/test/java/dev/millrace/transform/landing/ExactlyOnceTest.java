package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.millrace.transform.landing.Ledger.Claim;
import dev.millrace.transform.landing.Ledger.Step;
import dev.millrace.transform.landing.identity.Fingerprinter;
import dev.millrace.transform.landing.identity.Fingerprints;
import dev.millrace.transform.schema.Relation;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** What happens to a batch when something goes wrong around it. */
@Timeout(300)
class ExactlyOnceTest {

    /** Where a connection breaks. */
    private static List<ConsumerRecord<byte[], byte[]>> records(
            String topic, long from, int count, String json) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(
                    LandingStage.record(
                            topic,
                            from + i,
                            json.formatted(from + i).getBytes(StandardCharsets.UTF_8),
                            new RecordHeaders()));
        }
        return records;
    }

    private static LandingBatch batch(
            LandingStage stage, List<ConsumerRecord<byte[], byte[]>> records) {
        return new BatchReader(stage.clock).read(records, stage.routes(), _ -> 1);
    }

    @Test
    void anOwnerThatIsNotTheNewestGivesUpAndLeavesNothing() throws Exception {
        try (LandingStage stage = LandingStage.plain()) {
            LogPartition partition = LandingStage.logPartition(stage.clicks());
            Claim older = stage.ledger.claim(partition, "older", 0);
            Claim newer = stage.ledger.claim(partition, "newer", 0);
            var records = records(stage.clicks(), 0, 10, "{\"n\": %d}");

            assertThatThrownBy(
                            () ->
                                    stage.landing(stage.database)
                                            .land(
                                                    batch(stage, records),
                                                    stage.poll(new Step(older, 10))))
                    .isInstanceOf(FencedException.class)
                    .hasMessageContaining("a newer owner is at work");
            assertThat(stage.count("click")).isZero();

            stage.landing(stage.database)
                    .land(batch(stage, records), stage.poll(new Step(newer, 10)));
            assertThat(stage.count("click")).isEqualTo(10);
            assertThatThrownBy(
                            () ->
                                    stage.landing(stage.database)
                                            .land(
                                                    batch(stage, records),
                                                    stage.poll(new Step(newer, 10))))
                    .as("the same step a second time")
                    .isInstanceOf(FencedException.class);
            assertThat(stage.count("click")).isEqualTo(10);
        }
    }

    @Test
    void aNewOwnerWaitsForWhatTheOldOneIsCommittingAndGoesOnFromThere() throws Exception {
        try (LandingStage stage = LandingStage.plain();
                ExecutorService threads = Executors.newSingleThreadExecutor();
                Connection zombie = stage.database.getConnection()) {
            LogPartition partition = LandingStage.logPartition(stage.clicks());
            Claim older = stage.ledger.claim(partition, "older", 0);
            zombie.setAutoCommit(false);
            stage.ledger.advance(zombie, List.of(new Step(older, 10)));

            Future<Claim> newer = threads.submit(() -> stage.ledger.claim(partition, "newer", 0));
            zombie.commit();

            assertThat(newer.get().nextOffset()).isEqualTo(10);
            assertThat(newer.get().epoch()).isEqualTo(older.epoch() + 1);
            assertThatThrownBy(() -> stage.ledger.look(older)).isInstanceOf(FencedException.class);
        }
    }

    @Test
    void aTopicThatIsMadeAnewIsAnotherGenerationWithALedgerOfItsOwn() throws Exception {
        try (LandingStage stage = LandingStage.plain()) {
            LogPartition first = new LogPartition("c", UUID.randomUUID(), "t", 0);
            LogPartition second = new LogPartition("c", UUID.randomUUID(), "t", 0);
            LogPartition sibling = new LogPartition("c", second.topicId(), "t", 1);

            assertThat(stage.ledger.claim(first, "a", 0).generation()).isEqualTo(1);
            assertThat(stage.ledger.claim(second, "a", 3).generation()).isEqualTo(2);
            assertThat(stage.ledger.claim(sibling, "a", 0).generation()).isEqualTo(2);
            assertThat(stage.ledger.claim(first, "b", 0).generation()).isEqualTo(1);
            assertThat(stage.ledger.claim(second, "b", 0).nextOffset()).isEqualTo(3);
        }
    }

    @Test
    void aConnectionThatBreaksBeforeOrInTheCommitLosesAndDoublesNothing() throws Exception {
        for (BreakingDatabase.Breaks where : BreakingDatabase.Breaks.values()) {
            try (LandingStage stage = LandingStage.plain()) {
                Claim claim =
                        stage.ledger.claim(LandingStage.logPartition(stage.clicks()), "me", 0);
                var records = records(stage.clicks(), 0, 100, "{\"n\": %d}");
                Landing landing = stage.landing(BreakingDatabase.over(stage.database, where, 0, 1));

                assertThat(
                                catchThrowable(
                                        () ->
                                                landing.land(
                                                        batch(stage, records),
                                                        stage.poll(new Step(claim, 100)))))
                        .isInstanceOf(SQLException.class);
                Claim now = stage.ledger.look(claim);
                assertThat(now.nextOffset())
                        .isEqualTo(where == BreakingDatabase.Breaks.AFTER_COMMIT ? 100 : 0);
                if (now.nextOffset() == 0) {
                    landing.land(batch(stage, records), stage.poll(new Step(now, 100)));
                }

                assertThat(stage.count("click")).isEqualTo(100);
                assertThat(
                                stage.one(
                                        "SELECT count(*) FROM transform.outbox WHERE topic ="
                                                + " 'millrace.datasets'"))
                        .isEqualTo("[1]");
            }
        }
    }

    @Test
    void duplicatesLandOnceWithinABatchAcrossBatchesAndWhileOthersLandTheSame() throws Exception {
        try (LandingStage stage = LandingStage.plain("id: id");
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Long>> landers = new ArrayList<>();
            for (int lander = 0; lander < 4; lander++) {
                long seed = lander;
                landers.add(
                        threads.submit(
                                () -> {
                                    start.await();
                                    return landRandomIds(stage, seed);
                                }));
            }
            start.countDown();
            long landed = 0;
            for (Future<Long> lander : landers) {
                landed += lander.get();
            }

            assertThat(stage.count("click")).isEqualTo(landed);
            assertThat(stage.one("SELECT count(*) - count(DISTINCT _mr_id) FROM $S.click"))
                    .isEqualTo("[0]");
            assertThat(stage.one("SELECT rows = %d FROM transform.landed_stream".formatted(landed)))
                    .isEqualTo("[t]");
        }
    }

    @Test
    void aRowThatAnotherLanderClaimsAndDoesNotAddLandsWithTheOthers() throws Exception {
        try (LandingStage stage = LandingStage.plain("id: id")) {
            Relation clicks = new Relation(stage.source, "click");
            LogPartition partition =
                    new LogPartition("cluster", UUID.randomUUID(), stage.clicks(), 0);
            Claim claim = stage.ledger.claim(partition, "lander", 0);
            Fingerprints claimed = new Fingerprints(1);
            new Fingerprinter().addDistinct(claimed, 1, _ -> "3");
            var other = stage.identities.claims().claim(clicks, claimed, new BitSet());

            Landed done =
                    stage.landing(stage.database)
                            .land(
                                    batch(stage, records(stage.clicks(), 0, 5, "{\"id\": %d}")),
                                    stage.poll(new Step(claim, 5)));

            assertThat(done.rows()).isEqualTo(5);
            assertThat(stage.one("SELECT string_agg(_mr_id, ' ' ORDER BY _mr_id) FROM $S.click"))
                    .isEqualTo("[0 1 2 3 4]");
            other.end();
        }
    }

    private static long landRandomIds(LandingStage stage, long seed) throws Exception {
        Random random = new Random(seed);
        LogPartition partition =
                new LogPartition("cluster", UUID.randomUUID(), stage.clicks() + seed, 0);
        Claim claim = stage.ledger.claim(partition, "lander " + seed, 0);
        Landing landing = stage.landing(stage.database);
        long landed = 0;
        for (int poll = 0; poll < 10; poll++) {
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                records.addAll(
                        records(
                                stage.clicks(),
                                claim.nextOffset() + i,
                                1,
                                "{\"id\": " + random.nextInt(1_500) + ", \"offset\": %d}"));
            }
            Landed done =
                    landing.land(
                            batch(stage, records),
                            stage.poll(new Step(claim, claim.nextOffset() + 200)));
            assertThat(done.rows() + done.duplicates()).isEqualTo(200);
            landed += done.rows();
            claim = claim.at(claim.nextOffset() + 200);
        }
        return landed;
    }

    @Test
    void aRowThatTheDatabaseRefusesIsQuarantinedAndTheOthersLand() {
        try (LandingStage stage = LandingStage.plain("id: id")) {
            stage.land("{\"id\": \"first\", \"n\": 0}");
            stage.sql
                    .sql(
                            "ALTER TABLE %s.click ADD CONSTRAINT small CHECK (n < 100)"
                                    .formatted(stage.source))
                    .update();
            List<String> values = new ArrayList<>();
            IntStream.range(0, 1_000)
                    .forEach(i -> values.add("{\"id\": %1$d, \"n\": 1}".formatted(i)));
            values.set(137, "{\"id\": \"bad1\", \"n\": 100}");
            values.set(862, "{\"id\": \"bad2\", \"n\": 200}");
            // An identity that no index could hold: there is none.
            values.set(999, "{\"id\": \"%s\"}".formatted(incompressible(20_000)));

            Landed landed = stage.land(values.toArray(String[]::new));

            assertThat(landed.rows()).isEqualTo(998);
            assertThat(stage.count("click")).isEqualTo(999);
            assertThat(
                            stage.one(
                                    """
                                    SELECT reason || ' ' || record_offset FROM transform.quarantine
                                    ORDER BY record_offset\
                                    """))
                    .isEqualTo("[rejected 138, rejected 863]");
            assertThat(
                            stage.one(
                                    "SELECT detail FROM transform.quarantine WHERE record_offset ="
                                            + " 138"))
                    .contains("violates check constraint \"small\"");
        }
    }

    @Test
    void aRowThatBreaksAnotherUniqueIndexIsQuarantined() {
        try (LandingStage stage = LandingStage.plain("id: id")) {
            stage.land("{\"id\": 1, \"email\": \"a@x\"}");
            stage.sql
                    .sql("CREATE UNIQUE INDEX ON %s.click (email)".formatted(stage.source))
                    .update();

            stage.land(
                    "{\"id\": 2, \"email\": \"b@x\"}",
                    "{\"id\": 3, \"email\": \"a@x\"}",
                    "{\"id\": 1, \"email\": \"a@x\"}");

            assertThat(stage.one("SELECT _mr_id FROM $S.click ORDER BY 1")).isEqualTo("[1, 2]");
            assertThat(stage.one("SELECT record_offset FROM transform.quarantine"))
                    .isEqualTo("[2]");
        }
    }

    private static String incompressible(int length) {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(Long.toString(random.nextLong(Long.MAX_VALUE), 36));
        }
        return text.toString();
    }

    @Test
    void aRecordThatOneTableRefusesLandsInNoneOfItsTables() {
        try (LandingStage stage = LandingStage.segment()) {
            var first =
                    new LandingStage.Message(
                            "bought", "m1", LandingStage.NOW, "{\"properties\": {\"n\": 1}}");
            stage.land(first);
            stage.sql
                    .sql(
                            "ALTER TABLE %s.bought ADD CONSTRAINT small CHECK (n < 100)"
                                    .formatted(stage.source))
                    .update();

            stage.land(
                    new LandingStage.Message(
                            "bought", "m2", LandingStage.NOW, "{\"properties\": {\"n\": 2}}"),
                    new LandingStage.Message(
                            "bought", "m3", LandingStage.NOW, "{\"properties\": {\"n\": 300}}"),
                    new LandingStage.Message("seen", "m4", LandingStage.NOW, "{}"));

            assertThat(stage.one("SELECT _mr_id FROM $S.bought ORDER BY 1")).isEqualTo("[m1, m2]");
            assertThat(stage.one("SELECT _mr_id FROM $S.tracks ORDER BY 1"))
                    .isEqualTo("[m1, m2, m4]");
            assertThat(stage.one("SELECT reason FROM transform.quarantine"))
                    .isEqualTo("[rejected]");
        }
    }

    @Test
    void everyBatchTellsWhichRelationsChangedWithVersionsThatGrow() {
        try (LandingStage stage = LandingStage.plain("id: id")) {
            stage.land("{\"id\": 1}", "{\"id\": 2}");
            stage.land("{\"id\": 3}");
            Landed nothingNew = stage.land("{\"id\": 3}");

            assertThat(nothingNew.events()).isEmpty();
            assertThat(
                            stage.one(
                                    """
                                    SELECT concat_ws('|', topic, key = '$S.click',
                                      payload::json ->> 'version', payload::json ->> 'rows',
                                      payload::json ->> 'watermark')
                                    FROM transform.outbox WHERE topic = 'millrace.datasets'
                                    ORDER BY id\
                                    """))
                    .isEqualTo(
                            "[millrace.datasets|t|1|2|2026-03-01T12:00:00Z,"
                                    + " millrace.datasets|t|2|1|2026-03-01T12:00:00Z]");
        }
    }
}
