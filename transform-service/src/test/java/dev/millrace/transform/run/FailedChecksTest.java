package dev.millrace.transform.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.Test;

import java.util.List;

/** What failed travels with the messages about a relation. */
class FailedChecksTest {

    private static final String TESTS =
            """
            models:
              - name: orders
                columns: [{name: id, data_tests: [unique, not_null]}]
            """;

    private final TestWarehouse warehouse = RunStage.warehouse();

    @Test
    void aFailedTestIsToldWithTheRelationUntilItPassesOrTheRelationHasOtherRows() throws Exception {
        try (RunStage stage =
                RunStage.on(
                        warehouse,
                        "models/orders.sql",
                        "select n % 2 as id from generate_series(1, 4) n",
                        "models/schema.yml",
                        TESTS)) {
            stage.run("");
            assertThat(told(stage)).containsExactly("[]", "[\"unique_orders_id\"]");

            // The same again is no news, but the view was built anew, and then it is.
            stage.run("");
            assertThat(told(stage))
                    .containsExactly(
                            "[]", "[\"unique_orders_id\"]", "[]", "[\"unique_orders_id\"]");
        }
        try (RunStage mended =
                RunStage.on(
                        warehouse,
                        "models/orders.sql",
                        "select n as id from generate_series(1, 4) n",
                        "models/schema.yml",
                        TESTS)) {
            mended.run("");
            assertThat(told(mended)).endsWith("[]").hasSize(5);
            assertThat(mended.query(Role.TRANSFORM, "select * from transform.failed_check"))
                    .isEmpty();
        }
    }

    private static List<String> told(RunStage stage) throws Exception {
        return stage.query(
                Role.TRANSFORM,
                "select (payload::jsonb -> 'failedChecks')::text from transform.outbox where topic"
                        + " = 'millrace.datasets' and key = 'analytics.orders' order by id");
    }
}
