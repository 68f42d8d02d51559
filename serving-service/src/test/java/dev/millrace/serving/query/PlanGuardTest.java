package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.semantic.QueryException;
import dev.millrace.serving.semantic.SqlStatement;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.Test;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * Queries that would come to too much are refused before they run, with what they would come to.
 */
class PlanGuardTest {

    private static final TestWarehouse WAREHOUSE = TestWarehouse.create();
    private static final String MODEL =
            """
            cubes:
              - name: events
                sql: "SELECT n FROM generate_series(1, 1000000) n"
                joins: [{name: days, relationship: many_to_one, sql: "{CUBE}.n > 0"}]
                dimensions: [{name: n, sql: n, type: number, primary_key: true}]
                measures: [{name: count, type: count}]
              - name: days
                sql: "SELECT n FROM generate_series(1, 1000000) n"
                dimensions: [{name: n, sql: n, type: number, primary_key: true}]
                measures: [{name: count, type: count}]
            """;

    @Test
    void aJoinThatExplodesIsRefusedWithWhatItWouldComeTo() {
        try (Bench bench = new Bench(WAREHOUSE, MODEL)) {
            assertThatThrownBy(
                            () ->
                                    bench.rows(
                                            "{\"measures\":[\"events.count\"],\"filters\":[{\"member\":\"days.n\",\"operator\":\"gt\",\"values\":[\"5\"]}]}"))
                    .isInstanceOf(QueryException.class)
                    .hasMessageContaining("rows by joining")
                    .hasMessageContaining("1,000,000,000 is the most that one may");
        }
    }

    @Test
    void whatIsNotTooLargeRuns() {
        try (Bench bench = new Bench(WAREHOUSE, MODEL)) {
            assertThat(bench.column("{\"measures\":[\"days.count\"]}")).containsExactly("1000000");
        }
    }

    @Test
    void costIsLimitedIfAsked() throws SQLException {
        PlanGuard guard =
                new PlanGuard(new GuardSettings(0, 100, Duration.ofMinutes(1)), Bench.JSON);
        try (Connection connection = WAREHOUSE.connection(Role.READER)) {
            guard.check(connection, new SqlStatement("SELECT $1::int", List.of("1")));

            assertThatThrownBy(
                            () ->
                                    guard.check(
                                            connection,
                                            new SqlStatement(
                                                    "SELECT count(*) FROM generate_series(1,"
                                                            + " 1000000)",
                                                    List.of())))
                    .hasMessageContaining("would cost about");
        }
    }

    @Test
    void withoutLimitsNothingIsAsked() throws SQLException {
        PlanGuard guard = new PlanGuard(new GuardSettings(0, 0, Duration.ZERO), Bench.JSON);
        try (Connection connection = WAREHOUSE.connection(Role.READER)) {
            guard.check(connection, new SqlStatement("no SQL at all", List.of()));

            assertThat(connection.isValid(1)).isTrue();
        }
    }
}
