package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.contracts.topic.Topics;
import dev.millrace.test.TestKafka;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;

/** Landers at a real broker. */
@Timeout(300)
@ResourceLock("millrace.quarantine")
class LanderTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Test
    void twoOwnersOfOnePartitionNeverDoubleARecord() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.withTopic(stage.clicks(), 2);
            // Two groups: each lander believes that all partitions are its own.
            stage.start("a-" + stage.source, stage.database, 50);
            stage.start("b-" + stage.source, stage.database, 50);
            for (int round = 0; round < 10; round++) {
                stage.sendClicks(round * 200, 200);
            }

            stage.awaitOffset(stage.clicks(), 2_000);
            assertThat(stage.one("SELECT count(*) || ' ' || count(DISTINCT n) FROM $S.click"))
                    .isEqualTo("[2000 2000]");
            assertThat(stage.one("SELECT max(epoch) > 1 FROM transform.ledger")).isEqualTo("[t]");
        }
    }

    @Test
    void anotherLanderOfTheGroupGoesOnWhereOneStopped() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.withTopic(stage.clicks(), 1);
            Lander first = stage.start();
            stage.sendClicks(0, 100);
            stage.awaitRows("click", 100);
            first.stop();
            stage.sendClicks(100, 100);

            stage.start();

            stage.awaitOffset(stage.clicks(), 200);
            assertThat(stage.one("SELECT count(*) || ' ' || count(DISTINCT n) FROM $S.click"))
                    .isEqualTo("[200 200]");
        }
    }

    @Test
    void anOffsetOutsideTheLogStandsStillUntilSomebodyDecides() throws Exception {
        try (LandingStage stage = LandingStage.plain();
                Admin admin = Admin.create(stage.connection())) {
            stage.withTopic(stage.clicks(), 2);
            Lander first = stage.start();
            LandingStage.acknowledged(
                    List.of(
                            stage.send(stage.clicks(), 0, json(0)),
                            stage.send(stage.clicks(), 1, json(1))));
            stage.awaitOffset(stage.clicks(), 2);
            first.stop();
            for (int i = 2; i < 10; i++) {
                LandingStage.acknowledged(List.of(stage.send(stage.clicks(), 0, json(i))));
            }
            // The log loses records that have not landed.
            admin.deleteRecords(
                            Map.of(
                                    new TopicPartition(stage.clicks(), 0),
                                    RecordsToDelete.beforeOffset(5)))
                    .all()
                    .get();

            stage.start();
            await().atMost(PATIENCE)
                    .until(() -> !stage.incidents.incidents(Incidents.Scope.OPEN).isEmpty());
            LandingStage.acknowledged(List.of(stage.send(stage.clicks(), 1, json(10))));
            stage.awaitRows("click", 3);

            Incidents.Incident incident =
                    stage.incidents.incidents(Incidents.Scope.OPEN).getFirst();
            assertThat(incident.topic()).isEqualTo(stage.clicks());
            assertThat(incident.nextOffset()).isEqualTo(1);
            assertThat(incident.logStart()).isEqualTo(5);
            assertThat(incident.logEnd()).isEqualTo(9);
            assertThat(stage.meters.get("millrace.landing.halted").gauge().value()).isEqualTo(1);
            assertThat(stage.one("SELECT n FROM $S.click ORDER BY n")).isEqualTo("[0, 1, 10]");

            assertThat(stage.incidents.resolve(incident.id(), 5)).isPresent();
            assertThat(stage.incidents.resolve(incident.id(), 5)).isEmpty();
            stage.awaitRows("click", 7);
            assertThat(stage.one("SELECT n FROM $S.click ORDER BY n"))
                    .isEqualTo("[0, 1, 6, 7, 8, 9, 10]");
            assertThat(stage.meters.get("millrace.landing.halted").gauge().value()).isZero();
        }
    }

    private static byte[] json(int n) {
        return "{\"n\": %d}".formatted(n).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aTopicThatComesWithANewRevisionIsFollowedWithoutARestart() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.start();
            stage.withTopic(stage.clicks(), 1);
            stage.sendClicks(0, 1);
            stage.awaitRows("click", 1);

            String views = stage.source + ".views";
            TestKafka.createTopic(views, 1);
            stage.project(
                    "{name: %1$s, type: kafka, streams: [{name: view, topic: %1$s.views}]}"
                            .formatted(stage.source));
            LandingStage.acknowledged(List.of(stage.send(views, null, json(1))));
            stage.awaitRows("view", 1);

            stage.sendClicks(1, 1);
            assertThat(stage.count("click")).as("no longer in the project").isEqualTo(1);
        }
    }

    @Test
    void aTopicThatIsDeletedAndMadeAnewLandsAsAnotherOne() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.withTopic(stage.clicks(), 1);
            Lander first = stage.start();
            stage.sendClicks(0, 3);
            stage.awaitRows("click", 3);
            first.stop();
            TestKafka.deleteTopics(List.of(stage.clicks()));
            await().atMost(PATIENCE).until(() -> !TestKafka.topics().contains(stage.clicks()));
            stage.withTopic(stage.clicks(), 1);
            stage.sendClicks(3, 2);

            stage.start();

            stage.awaitRows("click", 5);
            assertThat(stage.one("SELECT replace(_mr_id, '$S.', '') FROM $S.click ORDER BY n"))
                    .isEqualTo("[clicks-0-0, clicks-0-1, clicks-0-2, clicks~2-0-0, clicks~2-0-1]");
        }
    }

    @Test
    void aTopicThatIsMadeAnewUnderARunningLanderLandsFromItsBeginning() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.withTopic(stage.clicks(), 1);
            stage.start();
            stage.sendClicks(0, 3);
            stage.awaitRows("click", 3);

            TestKafka.deleteTopics(List.of(stage.clicks()));
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(
                            () -> {
                                stage.withTopic(stage.clicks(), 1);
                                return true;
                            });
            stage.sendClicks(3, 7);

            stage.awaitRows("click", 10);
            assertThat(stage.one("SELECT count(*) FROM $S.click WHERE _mr_id LIKE '%~2-0-%'"))
                    .isEqualTo("[7]");
        }
    }

    @Test
    void aPollHasNoMoreBytesThanThereIsRoomForAndAnyRecordByItself() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.withTopic(stage.clicks(), 2);
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            byte[] keyOfItsOwn = new byte[300];
            for (int n = 0; n < 200; n++) {
                int size = n % 50 == 0 ? 2_000 : 90;
                byte[] value =
                        "{\"n\": %d, \"pad\": \"%s\"}"
                                .formatted(n, "x".repeat(size))
                                .getBytes(StandardCharsets.UTF_8);
                sent.add(
                        stage.send(
                                new ProducerRecord<>(
                                        stage.clicks(),
                                        n % 2,
                                        n % 3 == 0 ? keyOfItsOwn : null,
                                        value)));
                sent.add(
                        stage.send(new ProducerRecord<>(stage.clicks(), n % 2, keyOfItsOwn, null)));
            }
            LandingStage.acknowledged(sent);
            stage.maxBytes = 1_000;

            stage.start();

            stage.awaitOffset(stage.clicks(), 400);
            assertThat(stage.one("SELECT count(*) || ' ' || count(DISTINCT n) FROM $S.click"))
                    .isEqualTo("[200 200]");
            assertThat(stage.meters.summary("millrace.landing.batch.records").max())
                    .isBetween(2.0, 12.0);
        }
    }

    @Test
    void whatADoorRefusedIsInQuarantineOnceAndTracesAreToldWithTheBatch() {
        try (LandingStage stage = LandingStage.segment()) {
            if (!TestKafka.topics().contains(Topics.QUARANTINE.name())) {
                TestKafka.createTopic(Topics.QUARANTINE.name(), 1);
            }
            stage.withTopic(stage.topic(), 1);
            ProducerRecord<byte[], byte[]> refused =
                    new ProducerRecord<>(Topics.QUARANTINE.name(), new byte[] {(byte) 0xFF, 0, 1});
            refused.headers()
                    .add("ce_source", stage.source.getBytes(StandardCharsets.UTF_8))
                    .add("ce_reason", "invalid_event".getBytes(StandardCharsets.UTF_8))
                    .add("ce_detail", "no \0 event".getBytes(StandardCharsets.UTF_8));
            stage.sendRecord(refused);
            stage.start();
            stage.message(
                    "seen",
                    "m1",
                    LandingStage.NOW,
                    "{}",
                    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
            stage.awaitRows("seen", 1);

            await().atMost(PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(
                                                    stage.one(
                                                            """
                                                            SELECT concat_ws('|', reason, detail, value)
                                                            FROM transform.quarantine
                                                            WHERE source = '$S'\
                                                            """))
                                            .isEqualTo(
                                                    "[invalid_event|no \uFFFD event|\\xff0001]"));
            assertThat(stage.events).extracting("relation").contains(stage.source + ".seen");
        }
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void everyRecordLandsOnceThoughAnotherLanderJoinsAndLeavesInTheMiddleOfBatches(
            GroupProtocol protocol) {
        try (LandingStage stage = LandingStage.plain()) {
            stage.groupProtocol = protocol;
            stage.withTopic(stage.clicks(), 4);
            String group = "g-" + stage.source;
            stage.start(group, stage.database, 20);
            stage.sendClicks(0, 4_000);
            stage.awaitRows("click", 100);

            Lander second = stage.start(group, stage.database, 20);
            await().atMost(PATIENCE)
                    .until(
                            () -> {
                                stage.sendClicks(0, 40);
                                return stage.one(
                                                "SELECT count(DISTINCT owner) FROM"
                                                        + " transform.ledger")
                                        .equals("[2]");
                            });
            stage.sendClicks(4_000, 4_000);
            stage.awaitRows("click", 5_000);
            second.stop();
            stage.sendClicks(8_000, 2_000);

            await().atMost(PATIENCE)
                    .until(
                            () ->
                                    stage.one("SELECT count(DISTINCT n) FROM $S.click")
                                            .equals("[10000]"));
            assertThat(stage.one("SELECT count(*) = count(DISTINCT _mr_id) FROM $S.click"))
                    .isEqualTo("[t]");
            assertThat(
                            stage.one(
                                    "SELECT count(*) = (SELECT sum(next_offset) FROM"
                                            + " transform.ledger WHERE topic = '$S.clicks') FROM"
                                            + " $S.click"))
                    .isEqualTo("[t]");
        }
    }

    @Test
    void everyRecordOfManyPartitionsLandsOnceThoughLandersComeAndGo() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.withTopic(stage.clicks(), 4);
            for (int round = 0; round < 4; round++) {
                Lander lander = stage.start("g-" + stage.source, stage.database, 100);
                stage.sendClicks(round * 1_000, 1_000);
                stage.awaitRows("click", round * 1_000L + 200);
                if (round < 3) {
                    lander.stop();
                }
            }

            stage.awaitOffset(stage.clicks(), 4_000);
            assertThat(stage.one("SELECT count(*) || ' ' || count(DISTINCT n) FROM $S.click"))
                    .isEqualTo("[4000 4000]");
        }
    }
}
