package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.sql.SQLException;

/** What landing writes down of rows for readers outside. */
class FeedChangesTest {

    @Test
    void rowsOfTwoTransactionsOfOneMomentAreToldApart() throws SQLException {
        try (LandingStage stage = LandingStage.plain("id: n")) {
            stage.land("{\"n\": 1}");
            stage.sql
                    .sql("INSERT INTO transform.feed VALUES (?, 'infinity', true)")
                    .param(stage.source + ".click")
                    .update();
            stage.land("{\"n\": 2}", "{\"n\": 3}");
            assertThat(stage.one("SELECT ids FROM transform.change_batch")).isEqualTo("[null]");
            // As if that had begun when the next one does.
            stage.sql
                    .sql(
                            """
                            CREATE FUNCTION transform.same_moment() RETURNS trigger LANGUAGE plpgsql AS $$
                            BEGIN
                              UPDATE transform.change_batch SET loaded_at = (
                                SELECT max(_mr_loaded_at) FROM %1$s.click) WHERE relation = '%1$s.click';
                              RETURN new;
                            END $$
                            """
                                    .formatted(stage.source))
                    .update();
            stage.sql
                    .sql(
                            """
                            CREATE TRIGGER same_moment BEFORE UPDATE ON transform.relation_version
                            FOR EACH ROW EXECUTE FUNCTION transform.same_moment()
                            """)
                    .update();
            stage.land("{\"n\": 4}", "{\"n\": 5}");

            assertThat(stage.one("SELECT ids FROM transform.change_batch ORDER BY version"))
                    .isEqualTo("[null, {4,5}]");
        }
    }

    @Test
    void severalLandersLeaveNoGapAndTellEachRowOnce() throws SQLException {
        try (LandingStage stage = LandingStage.plain("id: n")) {
            stage.withTopic(stage.clicks(), 4);
            String relation = stage.source + ".click";
            stage.sql
                    .sql("INSERT INTO transform.feed VALUES (?, 'infinity', true)")
                    .param(relation)
                    .update();
            for (int lander = 0; lander < 3; lander++) {
                stage.start("group-" + stage.source, stage.database, 20);
            }
            stage.sendClicks(1, 2_000);
            stage.awaitRows("click", 2_000);

            assertThat(
                            stage.one(
                                    """
                                    SELECT count(*) = max(version) AND min(version) = 1
                                    FROM transform.changes WHERE relation = '%s'
                                    """
                                            .formatted(relation)))
                    .isEqualTo("[t]");
            assertThat(
                            stage.one(
                                    """
                                    SELECT count(*) FROM $S.click r JOIN transform.changes b
                                      ON b.relation = '%s' AND b.loaded_at = r._mr_loaded_at
                                    WHERE CASE WHEN b.has_ids THEN r._mr_id = ANY (b.ids)
                                      ELSE NOT EXISTS (SELECT FROM transform.changes o
                                        WHERE o.loaded_at = b.loaded_at AND o.version <> b.version
                                          AND r._mr_id = ANY (o.ids)) END
                                    """
                                            .formatted(relation)))
                    .isEqualTo("[2000]");
        }
    }
}
