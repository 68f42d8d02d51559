package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.publish.ChangeFeed;
import dev.millrace.transform.publish.ChangeFeed.Batch;

import org.junit.jupiter.api.Test;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

class ChangeBatchTest {

    @Test
    void nothingIsWrittenDownOfWhatNobodyFollows() throws SQLException {
        try (LandingStage stage = LandingStage.plain()) {
            follow(stage, stage.source + ".another");

            stage.land("{\"n\": 1}");

            assertThat(stage.one("SELECT count(*) FROM transform.change_batch")).isEqualTo("[0]");
        }
    }

    @Test
    void aBatchTellsExactlyWhichRowsWereAdded() throws SQLException {
        try (LandingStage stage = LandingStage.plain("id: n, event_time: at")) {
            stage.land("{\"n\": 1, \"at\": \"2026-01-01T00:00:00Z\"}");
            ChangeFeed feed = follow(stage, stage.source + ".click");
            stage.land(
                    "{\"n\": 1, \"at\": \"2026-01-02T00:00:00Z\"}",
                    "{\"n\": 2, \"at\": \"2026-01-03T00:00:00Z\"}",
                    "{\"n\": 2, \"at\": \"2026-01-04T00:00:00Z\"}",
                    "{\"n\": 3, \"at\": \"2025-12-01T00:00:00Z\"}");
            stage.land("{\"n\": 3}");
            stage.land("{\"n\": 4}");

            List<Batch> batches = batches(stage, stage.source + ".click", 1);
            assertThat(batches).extracting(Batch::version).containsExactly(2L, 3L);
            Batch first = batches.getFirst();
            assertThat(first.rows()).isEqualTo(2);
            assertThat(first.keys()).isNull();
            assertThat(first.isShared()).isFalse();
            assertThat(first.earliest()).startsWith("2025-12-01");
            assertThat(first.latest()).startsWith("2026-01-03");
            assertThat(
                            stage.one(
                                    "SELECT n FROM $S.click WHERE _mr_loaded_at = '%s' ORDER BY n"
                                            .formatted(first.loadedAt())))
                    .isEqualTo("[2, 3]");
            assertThat(stage.one("SELECT '$S.click'::regclass::oid::text"))
                    .isEqualTo("[" + first.tableOid() + "]");
            feed.leave("m");
        }
    }

    @Test
    void aBatchOfAMergedStreamTellsWhoseRowsChangedOrWent() throws SQLException {
        try (ChangeStage changes = new ChangeStage("format: debezium")) {
            String relation = changes.stage.source + ".row";
            follow(changes.stage, relation);
            changes.land(
                    ChangeStage.change("c", 1, 1, "{\"id\": 1, \"a\": \"x\"}"),
                    ChangeStage.change("c", 2, 2, "{\"id\": 2, \"a\": \"x\"}"));
            changes.land(
                    ChangeStage.change("u", 2, 3, "{\"id\": 2, \"a\": \"y\"}"),
                    ChangeStage.change("d", 1, 4, null));
            changes.land(ChangeStage.truncate(5));

            List<Batch> batches = batches(changes.stage, relation, 0);
            assertThat(batches).hasSize(3);
            assertThat(batches.get(0).keys()).containsExactlyInAnyOrder("1", "2");
            assertThat(batches.get(1).keys()).containsExactlyInAnyOrder("1", "2");
            assertThat(batches.get(2).keys()).isNull();
        }
    }

    @Test
    void aBatchOfAHistoryTellsTheKeysOfItsVersions() throws SQLException {
        try (ChangeStage changes = new ChangeStage("format: debezium, deletes: history")) {
            String relation = changes.stage.source + ".row";
            follow(changes.stage, relation);
            changes.land(ChangeStage.change("c", 1, 1, "{\"id\": 1, \"a\": \"x\"}"));
            changes.land(ChangeStage.change("u", 1, 2, "{\"id\": 1, \"a\": \"y\"}"));

            assertThat(batches(changes.stage, relation, 1).getFirst().keys()).containsExactly("1");
            assertThat(changes.one("SELECT DISTINCT _mr_key FROM $S.row")).isEqualTo("1");
        }
    }

    @Test
    void aBatchOfUsersTellsWhichOnes() throws SQLException {
        try (LandingStage stage = LandingStage.segment()) {
            follow(stage, stage.source + ".users");
            stage.land(
                    new LandingStage.Message(
                            "identifies",
                            "m1",
                            Instant.parse("2026-03-01T10:00:00Z"),
                            "{\"type\": \"identify\", \"userId\": \"u7\", \"traits\": {\"plan\":"
                                    + " \"pro\"}}"));

            assertThat(batches(stage, stage.source + ".users", 0).getFirst().keys())
                    .containsExactly("u7");
        }
    }

    @Test
    void versionsHaveNoGapsHoweverManyLandTogether() throws SQLException {
        try (LandingStage stage = LandingStage.plain("id: n")) {
            stage.withTopic(stage.clicks(), 4);
            String relation = stage.source + ".click";
            follow(stage, relation);
            for (int lander = 0; lander < 3; lander++) {
                stage.start("group-" + stage.source, stage.database, 20);
            }
            stage.sendClicks(1, 2_000);
            stage.awaitRows("click", 2_000);

            List<Batch> batches = batches(stage, relation, 0);
            assertThat(batches)
                    .extracting(Batch::version)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, batches.size()).boxed().toList());
            assertThat(batches.stream().mapToLong(Batch::rows).sum()).isEqualTo(2_000);
            for (Batch batch : batches) {
                assertThat(
                                stage.one(
                                        "SELECT count(*) FROM $S.click WHERE _mr_loaded_at = '%s'"
                                                .formatted(batch.loadedAt())))
                        .isEqualTo("[" + batch.rows() + "]");
            }
        }
    }

    @Test
    void twoBatchesOfOneMomentAreTold() throws SQLException {
        try (LandingStage stage = LandingStage.plain()) {
            String relation = stage.source + ".click";
            follow(stage, relation);
            stage.land("{\"n\": 1}");
            stage.land("{\"n\": 2}");
            stage.sql
                    .sql(
                            "UPDATE transform.change_batch SET loaded_at = (SELECT min(loaded_at)"
                                    + " FROM transform.change_batch)")
                    .update();

            assertThat(batches(stage, relation, 0))
                    .extracting(Batch::isShared)
                    .containsExactly(false, false);
            assertThat(batches(stage, relation, 1))
                    .extracting(Batch::isShared)
                    .containsExactly(true);
        }
    }

    @Test
    void whatAllHaveReadGoesAfterAWhileAndTheRestAfterADay() throws SQLException {
        try (LandingStage stage = LandingStage.plain()) {
            String relation = stage.source + ".click";
            ChangeFeed feed = follow(stage, relation);
            feed.follow("slow", List.of(relation));
            for (int n = 0; n < 4; n++) {
                stage.land("{\"n\": 1}");
            }
            stage.sql
                    .sql(
                            """
                            UPDATE transform.change_batch SET loaded_at = loaded_at - CASE
                              WHEN version = 1 THEN interval '25 hours'
                              WHEN version < 4 THEN interval '1 hour' ELSE '0' END
                            """)
                    .update();
            feed.passed("m", Map.of(relation, 4L));
            feed.passed("slow", Map.of(relation, 0L));

            assertThat(feed.clean(Duration.ofHours(24))).isEqualTo(1);
            feed.passed("slow", Map.of(relation, 2L));
            assertThat(feed.clean(Duration.ofHours(24))).isEqualTo(1);
            feed.leave("slow");
            assertThat(feed.clean(Duration.ofHours(24))).isEqualTo(1);
            assertThat(stage.one("SELECT version FROM transform.change_batch")).isEqualTo("[4]");
        }
    }

    private static ChangeFeed follow(LandingStage stage, String relation) throws SQLException {
        ChangeFeed feed = new ChangeFeed(stage.database);
        feed.follow("m", List.of(relation));
        return feed;
    }

    private static List<Batch> batches(LandingStage stage, String relation, long after)
            throws SQLException {
        try (Connection connection = stage.database.getConnection()) {
            return ChangeFeed.batches(connection, relation, after);
        }
    }
}
