package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.test.TestKafka;
import dev.millrace.transform.landing.Retention.Unread;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The alarm that sounds before a topic loses what has not landed. */
@Timeout(180)
class RetentionWatchTest {

    /** Those of the latest watch. */
    private SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private RetentionWatch watch(LandingStage stage, Duration later) {
        meters = new SimpleMeterRegistry();
        return new RetentionWatch(
                stage.sql,
                stage.ledger,
                stage.cluster(),
                stage.incidents,
                stage::routes,
                () ->
                        new KafkaConsumer<>(
                                LandingConfiguration.lookingIn(stage.connection()),
                                new ByteArrayDeserializer(),
                                new ByteArrayDeserializer()),
                Clock.offset(stage.clock, later),
                0.2,
                meters);
    }

    private @Nullable Gauge gauge(LandingStage stage) {
        return meters.find("millrace.landing.retention.left.ratio")
                .tag("topic", stage.clicks())
                .gauge();
    }

    private double left(LandingStage stage) {
        return Objects.requireNonNull(gauge(stage)).value();
    }

    /** A partition with records, of which some have landed, though no lander is at work. */
    private static LandingStage behind(Map<String, String> settings, int records, long landed)
            throws Exception {
        LandingStage stage = LandingStage.plain();
        TestKafka.createTopic(stage.clicks(), 1, settings);
        for (int i = 0; i < records; i++) {
            stage.click("{\"n\": %d, \"text\": \"%s\"}".formatted(i, "x".repeat(1_000)));
        }
        stage.ledger.claim(
                new LogPartition(
                        stage.cluster().id(),
                        Objects.requireNonNull(
                                stage.cluster()
                                        .topicIds(List.of(stage.clicks()))
                                        .get(stage.clicks())),
                        stage.clicks(),
                        0),
                "nobody",
                landed);
        return stage;
    }

    private static void handOver(LandingStage stage) {
        stage.sql.sql("DELETE FROM transform.landing_duty").update();
    }

    @Test
    void whatIsAboutToBeDeletedByItsAgeIsAnIncidentOnceWhichEndsWhenItHasLanded() throws Exception {
        try (LandingStage stage = behind(Map.of("retention.ms", "604800000"), 5, 2)) {
            watch(stage, Duration.ZERO).look();
            assertThat(left(stage)).as("what is young").isEqualTo(1);
            handOver(stage);
            watch(stage, Duration.ofDays(3)).look();
            assertThat(left(stage)).isCloseTo(4 / 7.0, within(0.01));
            assertThat(stage.incidents.incidents(Incidents.Scope.OPEN)).isEmpty();

            handOver(stage);
            RetentionWatch late = watch(stage, Duration.ofDays(6));
            late.look();
            late.look();
            assertThat(left(stage)).isCloseTo(1 / 7.0, within(0.01));
            List<Incidents.Incident> open = stage.incidents.incidents(Incidents.Scope.OPEN);
            assertThat(open).hasSize(1);
            assertThat(open.getFirst().kind()).isEqualTo("retention");
            assertThat(open.getFirst().nextOffset()).isEqualTo(2);
            assertThat(stage.incidents.resolve(open.getFirst().id(), 5))
                    .as("nobody decides that records are not to land by way of an alarm")
                    .isEmpty();
            assertThat(stage.one("SELECT next_offset FROM transform.ledger")).isEqualTo("[2]");

            stage.sql.sql("UPDATE transform.ledger SET next_offset = 5").update();
            late.look();
            assertThat(left(stage)).isEqualTo(1);
            assertThat(stage.incidents.incidents(Incidents.Scope.OPEN)).isEmpty();
        }
    }

    @Test
    void whatIsAboutToBeDeletedForTheSizeOfItsPartitionIsAnIncident() throws Exception {
        try (LandingStage stage = behind(Map.of("retention.bytes", "12000"), 10, 0)) {
            watch(stage, Duration.ZERO).look();

            assertThat(left(stage)).isBetween(0.0, 0.2);
            assertThat(stage.incidents.incidents(Incidents.Scope.OPEN)).hasSize(1);
        }
    }

    @Test
    void aTopicThatKeepsAllIsNoMatterOfConcern() throws Exception {
        Map<String, String> forever = Map.of("retention.ms", "-1", "retention.bytes", "-1");
        try (LandingStage stage = behind(forever, 3, 0)) {
            watch(stage, Duration.ofDays(4_000)).look();

            assertThat(left(stage)).isEqualTo(1);
        }
    }

    @Test
    void oneProcessWatchesForAll() throws Exception {
        try (LandingStage stage = behind(Map.of(), 1, 1)) {
            watch(stage, Duration.ZERO).look();
            assertThat(gauge(stage)).isNotNull();

            watch(stage, Duration.ZERO).look();
            assertThat(gauge(stage)).as("told by the other one").isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({
        // start, end, next, written, size, left
        "0, 10, 10, , , 1.0",
        "5, 10, 3, , , 0.0",
        "0, 10, 0, 900, , 0.9",
        "0, 10, 0, -2000, , 0.0",
        "0, 10, 0, 5000, , 1.0",
        "0, 10, 5, , 100, 0.5",
        "0, 10, 0, 900, 100, 0.0",
        "0, 10, 9, 900, 100, 0.9",
    })
    void theLesserOfTimeAndSizeCounts(
            long start,
            long end,
            long next,
            @Nullable Long written,
            @Nullable Long size,
            double left) {
        assertThat(
                        new Retention(1_000L, 100L)
                                .left(new Unread(start, end, next, written, size), 1_000))
                .isCloseTo(left, within(1e-9));
    }
}
