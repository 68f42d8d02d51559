package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** What is told of what landed: by source and stream, and how late it was. */
@Timeout(180)
class LandingMetricsTest {

    private static LandingStage stage() {
        return LandingStage.plain("id: id, event_time: at");
    }

    private static String at(int id, String at) {
        return "{\"id\": %d, \"at\": \"%s\"}".formatted(id, at);
    }

    private static double late(LandingStage stage, String lag) {
        return stage.meters
                .counter("millrace.landing.late", stage.tags("click").and("lag", lag))
                .count();
    }

    /** Tells the watch of a batch as a lander does. */
    private static void tell(LandingStage stage, Landed landed) {
        stage.watch.landed(landed, List.of(), stage.routes(), Duration.ofMillis(1));
    }

    @Test
    void rowsThatHappenedLongBeforeTheLatestOfAnEarlierBatchAreLate() {
        try (LandingStage stage = stage()) {
            tell(stage, stage.land(at(1, "2026-03-01T12:00:00Z"), at(2, "2026-02-01T12:00:00Z")));
            assertThat(stage.one("SELECT late_rows FROM transform.landed_stream"))
                    .as("in the first batch nothing was there before")
                    .isEqualTo("[0]");

            tell(
                    stage,
                    stage.land(
                            at(3, "2026-03-01T11:00:00Z"),
                            at(4, "2026-03-01T10:59:59Z"),
                            at(5, "2026-03-01T00:00:00Z"),
                            at(6, "2026-01-01T00:00:00Z"),
                            at(7, "2026-03-02T00:00:00Z"),
                            at(2, "2026-01-01T00:00:00Z"),
                            at(6, "2026-01-01T00:00:00Z")));

            assertThat(stage.one("SELECT late_rows FROM transform.landed_stream"))
                    .as("without duplicates")
                    .isEqualTo("[3]");
            assertThat(late(stage, "6h")).isEqualTo(1);
            assertThat(late(stage, "1d")).isEqualTo(1);
            assertThat(late(stage, "more")).isEqualTo(1);

            tell(stage, stage.land(at(8, "2026-03-01T12:00:00Z")));
            assertThat(stage.one("SELECT late_rows FROM transform.landed_stream"))
                    .as("the latest is of 2 March by now")
                    .isEqualTo("[4]");
        }
    }

    @Test
    void aRowFromTheFutureMakesNoOtherRowLate() {
        try (LandingStage stage = stage()) {
            stage.land(at(1, "2200-01-01T00:00:00Z"));
            stage.land(at(2, stage.clock.instant().toString()));
            assertThat(stage.one("SELECT late_rows FROM transform.landed_stream")).isEqualTo("[0]");

            stage.land(at(3, stage.clock.instant().minus(Duration.ofHours(2)).toString()));
            assertThat(stage.one("SELECT late_rows FROM transform.landed_stream")).isEqualTo("[1]");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1h",
        "3600000000, 1h",
        "3600000001, 6h",
        "86400000000, 1d",
        "604800000000, 7d",
        "2592000000000, 30d",
        "2592000000001, more",
        "9223372036854775807, more"
    })
    void howLateARowIsHasFewNames(long micros, String label) {
        assertThat(LateRows.Lag.of(micros).label()).isEqualTo(label);
    }

    @Test
    void aSourceAndItsStreamsHaveTheirOwnMetrics() {
        try (LandingStage stage = stage()) {
            String first = at(1, "2026-03-01T12:00:00Z");
            tell(stage, stage.land(first, first, "no json"));

            assertThat(stage.meters.counter("millrace.landing.rows", stage.tags("click")).count())
                    .isEqualTo(1);
            assertThat(
                            stage.meters
                                    .counter("millrace.landing.duplicates", stage.tags("click"))
                                    .count())
                    .isEqualTo(1);
            assertThat(
                            stage.meters
                                    .counter(
                                            "millrace.landing.quarantined",
                                            stage.tags("click").and("reason", "malformed"))
                                    .count())
                    .isEqualTo(1);
            Tags source = Tags.of("source", stage.source);
            assertThat(stage.meters.counter("millrace.landing.bytes", source).count())
                    .isEqualTo(2 * first.length() + "no json".length());
            assertThat(
                            stage.meters
                                    .summary("millrace.landing.source.records", source)
                                    .totalAmount())
                    .isEqualTo(3);
            assertThat(stage.meters.timer("millrace.landing.freshness", source).count())
                    .isEqualTo(2);
            assertThat(stage.meters.timer("millrace.landing.delay", source).count()).isEqualTo(2);
        }
    }

    @Test
    void namesWithoutEndMakeNoMetricsWithoutEnd() {
        Labels labels = new Labels(3, 2);
        for (int i = 0; i < 10; i++) {
            labels.of("s" + i, "t");
        }

        assertThat(labels.of("s1", "t"))
                .isEqualTo(Tags.of("relation", "s1.t", "source", "s1", "stream", "t"));
        assertThat(labels.of("s2", "t"))
                .isEqualTo(Tags.of("relation", "s2.t", "source", "other", "stream", "t"));
        assertThat(labels.of("s9", "t"))
                .isEqualTo(Tags.of("relation", "other", "source", "other", "stream", "other"));
    }

    @Test
    void histogramsAreOfSourcesAndNotOfStreams() {
        try (LandingStage stage = stage()) {
            tell(stage, stage.land(at(1, "2026-03-01T12:00:00Z")));

            Meter.Id histogram =
                    Objects.requireNonNull(stage.meters.find("millrace.landing.freshness").timer())
                            .getId();
            assertThat(histogram.getTags()).hasSize(1);
        }
    }
}
