package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.test.TestKafka;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.materialization.live.LiveStage;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.IntStream;

/** Live models of what landers really land. */
class LiveModelLandingTest {

    @Test
    void sumsFollowSeveralLandersAndCountNothingTwice() {
        TestWarehouse warehouse = TestWarehouse.create();
        try (LandingStage stage = LandingStage.plain(warehouse, TestKafka.bootstrapServers());
                LiveStage live = new LiveStage(warehouse)) {
            stage.project(
                    "{name: %s, type: kafka, streams: [{name: click, topic: %s, id: n, event_time: at}]}"
                            .formatted(stage.source, stage.clicks()));
            stage.withTopic(stage.clicks(), 4);
            stage.land(click(0));
            live.register(
                    "per_minute",
                    """
                    select date_trunc('minute', _mr_event_at) as minute, count(*) as n, sum(amount), avg(amount)
                    from %s.click group by 1
                    """
                            .formatted(stage.source));
            live.register(
                    "distinct_amounts",
                    "select n %% 7 as g, count(distinct amount) from %s.click group by 1"
                            .formatted(stage.source));
            for (int lander = 0; lander < 3; lander++) {
                stage.start("group-" + stage.source, stage.database, 50);
            }
            stage.click(
                    IntStream.range(0, 3_000)
                            .mapToObj(i -> click(i % 5 == 0 ? i / 2 : i))
                            .toArray(String[]::new));
            stage.awaitOffset(stage.clicks(), 3_000);

            live.awaitSame("per_minute");
            live.awaitSame("distinct_amounts");
            assertThat(live.rows("select sum(n) from marts.per_minute"))
                    .isEqualTo(live.rows("select count(*) from %s.click".formatted(stage.source)));
        }
    }

    private static String click(int n) {
        return "{\"n\": %d, \"at\": \"2026-01-01T%02d:%02d:00Z\", \"amount\": %d.50}"
                .formatted(n, n % 24, n % 60, n % 11);
    }

    @Test
    void groupsOfAStreamOfChangesFollowUpdatesDeletesAndTruncates() {
        try (ChangeStage changes = new ChangeStage("format: debezium");
                LiveStage live = new LiveStage(changes.stage.warehouse)) {
            changes.land(ChangeStage.change("c", 1, 1, "{\"id\": 1, \"a\": \"x\"}"));
            live.register(
                    "by_a",
                    "select a, count(*) as n, max(id) from %s.row group by a"
                            .formatted(changes.stage.source));
            live.awaitSame("by_a");
            changes.land(
                    ChangeStage.change("c", 2, 2, "{\"id\": 2, \"a\": \"x\"}"),
                    ChangeStage.change("c", 3, 3, "{\"id\": 3, \"a\": \"y\"}"));
            live.awaitSame("by_a");
            changes.land(
                    ChangeStage.change("u", 2, 5, "{\"id\": 2, \"a\": \"z\"}"),
                    ChangeStage.change("d", 3, 6, null));
            // Late, and older than what is there.
            changes.land(ChangeStage.change("u", 2, 4, "{\"id\": 2, \"a\": \"late\"}"));
            live.awaitSame("by_a");
            assertThat(live.rows("select a, n from marts.by_a"))
                    .isEqualTo(List.of("(x,1)", "(z,1)"));
            changes.land(ChangeStage.truncate(7));
            live.awaitSame("by_a");
            assertThat(live.rows("select * from marts.by_a")).isEmpty();
        }
    }
}
