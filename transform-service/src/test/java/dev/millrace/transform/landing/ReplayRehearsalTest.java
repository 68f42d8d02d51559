package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.landing.LandingStage.Message;
import dev.millrace.transform.landing.ReplayRehearsal.Outcome;
import dev.millrace.transform.landing.ReplayRehearsal.TableOutcome;
import dev.millrace.transform.quarantine.Replay;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

/** A dry run says what a replay would do, and does nothing. */
class ReplayRehearsalTest {

    private static final String ALL = "{\"filter\": {}, \"dry_run\": true}";

    /** All that a replay changes. */
    private static String everything(LandingStage stage) {
        return stage.one(
                        """
                        SELECT jsonb_build_array(
                          (SELECT jsonb_agg(q ORDER BY id) FROM transform.quarantine q),
                          (SELECT jsonb_agg(r) FROM transform.quarantine_replay r),
                          (SELECT jsonb_agg(o ORDER BY id) FROM transform.outbox o),
                          (SELECT jsonb_agg(s) FROM transform.landed_stream s),
                          (SELECT jsonb_agg(c ORDER BY id) FROM transform.schema_change c),
                          (SELECT jsonb_agg(v) FROM transform.relation_version v))::text
                        """)
                + stage.one(
                        "SELECT attrelid::regclass || '.' || attname FROM pg_attribute WHERE"
                            + " attrelid::regclass::text LIKE '$S.%' AND attnum > 0 ORDER BY 1");
    }

    @Test
    void itTellsRowsTablesColumnsDuplicatesAndRefusals() {
        try (LandingStage stage = LandingStage.segment("schema_contract: freeze")) {
            stage.project("{name: %s, type: segment, write_key: k}".formatted(stage.source));
            stage.land(
                    new Message("bought", "m1", LandingStage.NOW, "{\"properties\": {\"n\": 1}}"));
            stage.project(
                    "{name: %s, type: segment, write_key: k, schema_contract: freeze}"
                            .formatted(stage.source));
            stage.land(
                    new Message("bought", "m1", LandingStage.NOW, "{\"properties\": {\"x\": 1.5}}"),
                    new Message("bought", "m2", LandingStage.NOW, "{\"properties\": {\"x\": 1}}"),
                    new Message("sold", "m3", LandingStage.NOW, "{\"properties\": {\"y\": \"a\"}}"),
                    new Message("sold", "m3", LandingStage.NOW, "{\"properties\": {\"y\": \"a\"}}"),
                    new Message("bought", "m4", LandingStage.NOW, "no json"));
            stage.project("{name: %s, type: segment, write_key: k}".formatted(stage.source));
            String before = everything(stage);

            Outcome outcome = stage.rehearse(ALL);

            assertThat(everything(stage)).isEqualTo(before);
            assertThat(outcome.matched()).isEqualTo(5);
            assertThat(outcome.counts()).isEqualTo(new Replay.Counts(2, 2, 0, 1));
            assertThat(outcome.tables())
                    .contains(
                            new TableOutcome(
                                    stage.source + ".bought", 1, 1, false, Map.of("x", "numeric")));
            assertThat(outcome.tables())
                    .filteredOn(table -> table.relation().endsWith(".sold"))
                    .singleElement()
                    .satisfies(
                            table -> {
                                assertThat(table.newTable()).isTrue();
                                assertThat(table.rows()).isEqualTo(1);
                                assertThat(table.duplicates()).isEqualTo(1);
                                assertThat(table.newColumns()).containsEntry("y", "text");
                            });
            assertThat(outcome.refusals())
                    .singleElement()
                    .satisfies(
                            refusal -> {
                                assertThat(refusal.reason()).isEqualTo("malformed");
                                assertThat(refusal.records()).isEqualTo(1);
                                assertThat(refusal.ids()).hasSize(1);
                            });
            assertThat(stage.replay("{\"filter\": {}}").counts()).isEqualTo(outcome.counts());
        }
    }

    @Test
    void itTellsWhatTheContractAndTheDatabaseWouldStillRefuse() {
        try (LandingStage stage = LandingStage.contract("{columns: freeze}")) {
            stage.land("{\"n\": 1, \"colour\": \"red\"}");
            stage.sql
                    .sql("ALTER TABLE %s.click ADD CHECK (n < 100)".formatted(stage.source))
                    .update();
            stage.land("{\"n\": 200}", "{\"n\": 2, \"size\": 1}", "{\"n\": 3, \"x\": 1}");

            Outcome outcome =
                    stage.rehearse(
                            "{\"filter\": {}, \"patch\": [{\"op\": \"remove\", \"path\":"
                                    + " \"/x\"}]}");

            assertThat(outcome.counts()).isEqualTo(new Replay.Counts(1, 0, 0, 2));
            outcome = stage.rehearse(ALL);
            assertThat(outcome.counts()).isEqualTo(new Replay.Counts(0, 0, 0, 3));
            assertThat(outcome.refusals())
                    .extracting(ReplayRehearsal.RefusalOutcome::reason)
                    .containsExactlyInAnyOrder("rejected", "schema_contract", "schema_contract");
            assertThat(stage.one("SELECT DISTINCT attempts FROM transform.quarantine"))
                    .isEqualTo("[0]");
            assertThat(outcome.refusals().getFirst().ids())
                    .isEqualTo(
                            List.of(
                                    Long.valueOf(
                                            stage.one(
                                                            "SELECT min(id) FROM"
                                                                    + " transform.quarantine WHERE"
                                                                    + " reason = '"
                                                                    + outcome.refusals()
                                                                            .getFirst()
                                                                            .reason()
                                                                    + "'")
                                                    .replaceAll("\\D", ""))));
        }
    }
}
