package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.stream.IntStream;

/** When a new column is said to be an old one with another name. */
@Timeout(300)
class RenamedColumnTest {

    private static String[] rows(String format) {
        return IntStream.range(0, 25).mapToObj(format::formatted).toArray(String[]::new);
    }

    private static String renamed(LandingStage stage) {
        return stage.one(
                """
                SELECT column_name || ' from ' || likely_renamed_from FROM transform.schema_change
                WHERE likely_renamed_from IS NOT NULL ORDER BY id\
                """);
    }

    @Test
    void aColumnThatTakesThePlaceOfAnotherIsSaidToBeIt() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.land(rows("{\"n\": %1$d, \"mail\": \"u%1$d@example.com\", \"ok\": true}"));
            stage.land(
                    "{\"n\": 1, \"mail\": \"u@example.com\", \"ok\": true}",
                    "{\"n\": 2, \"email\": \"ada1@example.org\", \"ok\": true}");

            assertThat(renamed(stage)).isEqualTo("[email from mail]");
            assertThat(
                            stage.one(
                                    """
                                    SELECT payload::jsonb ->> 'likelyRenamedFrom' AS f
                                    FROM transform.outbox WHERE topic = 'millrace.schemas'
                                      AND payload::jsonb ->> 'column' = 'email'\
                                    """))
                    .isEqualTo("[mail]");
        }
    }

    @Test
    void aColumnBesideTheOthersIsNew() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.land(rows("{\"mail\": \"u%1$d@example.com\"}"));
            stage.land("{\"mail\": \"u@example.com\", \"email\": \"v9@example.org\"}");
            stage.land("{\"phone\": \"+49 30 12 34\"}");
            stage.land("{\"count\": 4}");

            assertThat(renamed(stage)).isEqualTo("[]");
        }
    }

    @Test
    void nothingIsSaidWhereTwoColumnsFit() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.land(rows("{\"first\": \"Ada%1$d\", \"last\": \"Byron%1$d\"}"));
            stage.land("{\"given\": \"Ada1\", \"family\": \"Byron1\"}");

            assertThat(renamed(stage)).isEqualTo("[]");
        }
    }

    @Test
    void tooFewRowsSayNothing() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.land("{\"mail\": \"u1@example.com\"}");
            stage.land("{\"email\": \"u1@example.com\"}");

            assertThat(renamed(stage)).isEqualTo("[]");
        }
    }

    @Test
    void whatIsProposedTellsItTooAndANewProcessKnowsWhatWasThereBefore() {
        try (LandingStage stage = LandingStage.contract("{columns: review}")) {
            // Each poll here is landed by a lander of its own: what it knows was stored.
            stage.land(rows("{\"amount\": %1$d.5}"));
            stage.land("{\"total\": 7.5}");

            assertThat(
                            stage.one(
                                    """
                                    SELECT column_name || ' ' || likely_renamed_from
                                    FROM transform.schema_proposal\
                                    """))
                    .isEqualTo("[total amount]");
            assertThat(
                            stage.one(
                                    """
                                    SELECT concat_ws('|', data_type, rows, present, shapes)
                                    FROM transform.column_profile WHERE column_name = 'amount'\
                                    """))
                    .startsWith("[numeric|26|25|");
        }
    }
}
