package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.project.source.SchemaContract.Mode;
import dev.millrace.transform.schema.Proposals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Changes of tables that wait until somebody decides on them. */
@Timeout(300)
class SchemaReviewTest {

    private static final String COLUMNS = "{columns: review}";

    private static long proposal(LandingStage stage, String column) {
        return stage.sql
                .sql("SELECT id FROM transform.schema_proposal WHERE column_name = ?")
                .param(column)
                .query(Long.class)
                .single();
    }

    private static String held(LandingStage stage) {
        return stage.one(
                """
                SELECT reason || ' ' || record_offset FROM transform.quarantine
                WHERE state = 'held' ORDER BY record_offset\
                """);
    }

    @Test
    void aRecordWithANewColumnWaitsAndTheOthersLand() {
        try (LandingStage stage = LandingStage.contract(COLUMNS)) {
            stage.land("{\"a\": 1}");
            stage.land("{\"a\": 2, \"b\": 1}", "{\"a\": 3}", "{\"a\": 4, \"b\": 2.5}");
            stage.land("{\"a\": 5, \"b\": 1}");

            assertThat(stage.count("click")).isEqualTo(2);
            assertThat(held(stage))
                    .isEqualTo("[schema_review 1, schema_review 3, schema_review 4]");
            assertThat(
                            stage.one(
                                    """
                                    SELECT concat_ws('|', relation = '$S.click', change,
                                      column_name, data_type, origin, records, record_offset, state)
                                    FROM transform.schema_proposal\
                                    """))
                    .isEqualTo("[t|add_column|b|numeric|b|3|1|proposed]");
            assertThat(stage.one("SELECT DISTINCT detail FROM transform.quarantine"))
                    .contains("the new column b")
                    .contains("(schema change " + proposal(stage, "b") + ")");
        }
    }

    @Test
    void anApprovedChangeIsMadeAndWhatWaitedLandsOnce() throws Exception {
        try (LandingStage stage = LandingStage.contract(COLUMNS)) {
            stage.land("{\"a\": 1}");
            stage.land("{\"a\": 2, \"b\": 1}", "{\"a\": 3, \"b\": 2.5}");
            long id = proposal(stage, "b");

            stage.review().approve(id, "ada", "wanted");
            stage.replayAll();
            stage.replayAll();

            assertThat(
                            stage.one(
                                    "SELECT a || ' ' || coalesce(b::text, '-') FROM $S.click ORDER"
                                            + " BY a"))
                    .isEqualTo("[1 -, 2 1, 3 2.5]");
            assertThat(held(stage)).isEqualTo("[]");
            assertThat(
                            stage.one(
                                    """
                                    SELECT concat_ws('|', change, column_name, proposal_id = %d,
                                      decided_by, decided_why, record_offset)
                                    FROM transform.schema_change WHERE column_name = 'b'\
                                    """
                                            .formatted(id)))
                    .isEqualTo("[add_column|b|t|ada|wanted|1]");
            assertThatThrownBy(() -> stage.review().approve(id, "bob", "again"))
                    .isInstanceOf(SchemaReview.DecidedException.class);

            stage.land("{\"a\": 4, \"b\": 7}");
            assertThat(stage.count("click")).isEqualTo(4);
        }
    }

    @Test
    void aRecordWaitsForAllChangesThatItNeeds() throws Exception {
        try (LandingStage stage = LandingStage.contract("review")) {
            stage.land("{\"a\": 1}");
            stage.review().approve(proposal(stage, ""), "ada", "a stream of ours");
            stage.replayAll();
            stage.land("{\"a\": \"x\", \"b\": true}");

            stage.review().approve(proposal(stage, "b"), "ada", "fine");
            stage.replayAll();
            assertThat(held(stage)).isEqualTo("[schema_review 1]");
            assertThat(
                            stage.one(
                                    "SELECT cardinality(waits_for) FROM transform.quarantine WHERE"
                                            + " state = 'held'"))
                    .isEqualTo("[1]");

            stage.review().approve(proposal(stage, "a__v_text"), "ada", "fine too");
            stage.replayAll();
            assertThat(held(stage)).isEqualTo("[]");
            assertThat(stage.one("SELECT concat_ws('|', a, a__v_text, b) FROM $S.click ORDER BY a"))
                    .isEqualTo("[1, x|t]");
            assertThat(stage.one("SELECT change FROM transform.schema_change ORDER BY id"))
                    .isEqualTo("[create_table, add_column, add_column, add_variant]");
        }
    }

    @Test
    void aNewTableIsProposedWithTheColumnsOfAllThatWaits() throws Exception {
        try (LandingStage stage = LandingStage.contract("{tables: review, columns: review}")) {
            stage.land("{\"a\": 1}");
            stage.land("{\"a\": 1.5, \"b\": \"x\"}");
            assertThat(stage.count("click")).isZero();

            stage.review().approve(proposal(stage, ""), "ada", "wanted");
            stage.replayAll();

            assertThat(stage.one("SELECT a || coalesce(b, '') FROM $S.click ORDER BY a"))
                    .isEqualTo("[1, 1.5x]");
            assertThat(held(stage)).isEqualTo("[]");
        }
    }

    @Test
    void afterARejectionRecordsWithItAreRefused() throws Exception {
        try (LandingStage stage = LandingStage.contract(COLUMNS)) {
            stage.land("{\"a\": 1}");
            stage.land("{\"a\": 2, \"b\": 1}");

            stage.review().reject(proposal(stage, "b"), "ada", "personal", Mode.FREEZE);
            stage.replayAll();
            stage.land("{\"a\": 3, \"b\": 1}");

            assertThat(held(stage)).isEqualTo("[schema_contract 1, schema_contract 2]");
            assertThat(stage.one("SELECT DISTINCT detail FROM transform.quarantine"))
                    .contains("was rejected by ada")
                    .contains("personal");
        }
    }

    @Test
    void aRejectedValueCanBeLeftOutAndTheRestLands() throws Exception {
        try (LandingStage stage = LandingStage.contract(COLUMNS)) {
            stage.land("{\"a\": 1}");
            stage.land("{\"a\": 2, \"b\": 1}");

            stage.review().reject(proposal(stage, "b"), "ada", "noise", Mode.DISCARD_VALUE);
            stage.replayAll();
            stage.land("{\"a\": 3, \"b\": 1}");

            assertThat(held(stage)).isEqualTo("[]");
            assertThat(stage.one("SELECT a FROM $S.click ORDER BY a")).isEqualTo("[1, 2, 3]");
        }
    }

    @Test
    void aRejectedChangeCanBeApprovedAfterAll() throws Exception {
        try (LandingStage stage = LandingStage.contract(COLUMNS)) {
            stage.land("{\"a\": 1}");
            stage.land("{\"a\": 2, \"b\": 1}");
            long id = proposal(stage, "b");

            stage.review().reject(id, "ada", "no", Mode.FREEZE);
            stage.review().approve(id, "bob", "yes");
            stage.replayAll();

            assertThat(stage.one("SELECT b FROM $S.click WHERE b IS NOT NULL")).isEqualTo("[1]");
        }
    }

    @Test
    void aTableInUseCannotChangeAndNothingIsDecided() throws Exception {
        try (LandingStage stage = LandingStage.contract(COLUMNS)) {
            stage.land("{\"a\": 1}");
            stage.land("{\"a\": 2, \"b\": 1}");
            long id = proposal(stage, "b");
            try (Connection reader = stage.database.getConnection()) {
                reader.setAutoCommit(false);
                try (Statement statement = reader.createStatement()) {
                    statement.execute("SELECT a FROM " + stage.source + ".click");
                }
                assertThatThrownBy(() -> stage.review().approve(id, "ada", "x"))
                        .isInstanceOf(SQLException.class);
                reader.rollback();
            }

            assertThat(stage.one("SELECT state FROM transform.schema_proposal"))
                    .isEqualTo("[proposed]");
            assertThat(stage.one("SELECT count(*) FROM transform.quarantine_replay"))
                    .isEqualTo("[0]");
        }
    }

    @Test
    void whatIsDecidedWhileABatchLandsIsFollowedByTheNextAttempt() throws Exception {
        try (LandingStage stage = LandingStage.contract(COLUMNS)) {
            stage.land("{\"a\": 1}");
            stage.land("{\"a\": 2, \"b\": 1}");
            long id = proposal(stage, "b");
            stage.sql.sql("UPDATE transform.schema_proposal SET state = 'approved'").update();
            // As seen by a lander that looked before: the proposal is there, and decided on.
            var wanted = stage.proposals.find(id).orElseThrow().wanted();

            try (Connection connection = stage.database.getConnection()) {
                connection.setAutoCommit(false);
                assertThatThrownBy(
                                () ->
                                        stage.proposals.propose(
                                                connection,
                                                List.of(new Proposals.Need(wanted, 1)),
                                                true,
                                                "r",
                                                LandingStage.NOW))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(SqlErrors.mayLieInARecord(e)).isFalse());
                connection.rollback();
            }
        }
    }

    @Test
    void everyChangeIsToldInItsTransaction() throws Exception {
        try (LandingStage stage = LandingStage.contract("{data_type: review}")) {
            stage.land("{\"a\": 1}");
            stage.land("{\"a\": \"x\"}");
            stage.review().approve(proposal(stage, "a__v_text"), "ada", "fine");

            assertThat(
                            stage.one(
                                    """
                                    SELECT concat_ws('|', m ->> 'state', m ->> 'change',
                                      m ->> 'column', m ->> 'type', m ->> 'by',
                                      m -> 'first' ->> 'offset', key = '$S.click')
                                    FROM (SELECT key, id, payload::jsonb AS m FROM transform.outbox
                                      WHERE topic = 'millrace.schemas') AS told ORDER BY id\
                                    """))
                    .isEqualTo(
                            "[MADE|CREATE_TABLE|0|t, MADE|ADD_COLUMN|a|bigint|0|t,"
                                    + " PROPOSED|ADD_VARIANT|a__v_text|text|1|t,"
                                    + " MADE|ADD_VARIANT|a__v_text|text|ada|1|t]");
        }
    }

    @Test
    void aSegmentRecordWaitsForTheTablesOfItsCallTogether() throws Exception {
        try (LandingStage stage = LandingStage.segment("schema_contract: {tables: review}")) {
            stage.land(
                    new LandingStage.Message(
                            "order_completed",
                            "m1",
                            LandingStage.NOW,
                            "{\"type\":\"track\",\"event\":\"Order"
                                    + " Completed\",\"messageId\":\"m1\",\"userId\":\"u\"}"));

            assertThat(stage.one("SELECT cardinality(waits_for) FROM transform.quarantine"))
                    .isEqualTo("[2]");
            for (Long id :
                    stage.sql
                            .sql("SELECT id FROM transform.schema_proposal")
                            .query(Long.class)
                            .list()) {
                stage.review().approve(id, "ada", "fine");
            }
            stage.replayAll();
            assertThat(stage.count("order_completed") + stage.count("tracks")).isEqualTo(2);
        }
    }
}
