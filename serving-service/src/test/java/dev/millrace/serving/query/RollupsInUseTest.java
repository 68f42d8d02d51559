package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.query.RunningService.Answer;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/** Rollups as whoever keeps them tells of them: used while they tell what the rows tell. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RollupsInUseTest {

    private static final String MODEL =
            """
            cubes:
              - name: orders
                sql_table: facts.orders
                measures: [{name: count, type: count}, {name: total, type: sum, sql: amount}]
                dimensions: [{name: status, sql: status, type: string}]
                pre_aggregations:
                  - {name: exact, measures: [count], dimensions: [status]}
                  - {name: lenient, measures: [total], dimensions: [status], refresh_key: {every: 1 hour}}
            """;

    private static final String COUNT = "{\"measures\":[\"orders.count\"]}";
    private static final String TOTAL = "{\"measures\":[\"orders.total\"]}";

    private final TestWarehouse warehouse = TestWarehouse.create();
    private RunningService service;

    @BeforeAll
    void serve(@TempDir Path project) throws Exception {
        WatchedRelations.make(warehouse);
        warehouse.execute(
                Role.TRANSFORM,
                """
                CREATE SCHEMA facts;
                GRANT USAGE ON SCHEMA facts TO millrace_reader;
                CREATE TABLE facts.orders (id int, status text, amount numeric);
                GRANT SELECT ON facts.orders TO millrace_reader;
                INSERT INTO transform.relation_version VALUES ('facts.orders', 7, now());
                CREATE SCHEMA millrace_live;
                CREATE SCHEMA millrace_rollups;
                GRANT USAGE ON SCHEMA millrace_rollups TO millrace_reader;
                CREATE TABLE millrace_live.told (name text, version bigint, moved_at timestamptz);
                CREATE VIEW millrace_rollups.state AS
                  SELECT name, to_regclass('millrace_rollups.' || name)::oid AS table_oid, 'facts.orders' AS relation,
                    version, 'facts.orders'::regclass::oid AS input_oid, moved_at
                  FROM millrace_live.told WHERE to_regclass('millrace_rollups.' || name) IS NOT NULL;
                GRANT SELECT ON millrace_rollups.state TO millrace_reader;
                """);
        RunningService.writeModel(project, MODEL);
        service = RunningService.start(warehouse, project);
        for (JsonNode rollup : unmade(COUNT, TOTAL)) {
            String table = rollup.path("tableName").asString();
            String column =
                    table.contains("exact") ? "orders__count bigint" : "orders__total numeric";
            warehouse.execute(
                    Role.TRANSFORM,
                    "CREATE TABLE %s (orders__status text, %s); GRANT SELECT ON %s TO millrace_reader; INSERT INTO millrace_live.told VALUES ('%s')"
                            .formatted(
                                    table, column, table, table.replace("millrace_rollups.", "")));
        }
    }

    private Iterable<JsonNode> unmade(String... queries) {
        return java.util.Arrays.stream(queries)
                .map(q -> service.get("/cubejs-api/v1/sql?query=" + RunningService.encoded(q)))
                .map(answer -> answer.body().path("sql").path("preAggregations").path(0))
                .toList();
    }

    @AfterAll
    void stop() {
        if (service != null) {
            service.close();
        }
    }

    /** Rows say 1 and 5; rollups say what no row says, so that it shows who was asked. */
    @BeforeEach
    void oneOrder() throws SQLException {
        WatchedRelations.change(
                warehouse,
                "facts.orders",
                "DELETE FROM facts.orders; INSERT INTO facts.orders VALUES (1, 'paid', 5)");
        warehouse.execute(
                Role.TRANSFORM,
                """
                TRUNCATE %s; INSERT INTO %1$s VALUES ('paid', 100);
                TRUNCATE %s; INSERT INTO %2$s VALUES ('paid', 500);
                UPDATE millrace_live.told SET moved_at = now(),
                  version = (SELECT version FROM transform.relation_version WHERE relation = 'facts.orders')
                """
                        .formatted(table(COUNT), table(TOTAL)));
    }

    private String table(String query) {
        return unmade(query).iterator().next().path("tableName").asString();
    }

    private Answer ask(String query, String parameters) {
        Answer answer =
                service.get(
                        "/cubejs-api/v1/load?query=" + RunningService.encoded(query) + parameters);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer;
    }

    private static String value(Answer answer) {
        JsonNode row = answer.body().path("data").path(0);
        return row.properties().stream()
                .findFirst()
                .map(Map.Entry::getValue)
                .orElseThrow()
                .asString();
    }

    private static Optional<JsonNode> used(Answer answer) {
        return answer.body().path("usedPreAggregations").properties().stream()
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private void anotherOrder() throws SQLException {
        WatchedRelations.change(
                warehouse, "facts.orders", "INSERT INTO facts.orders VALUES (2, 'open', 7)");
    }

    @Test
    void aRollupThatHasAllThatTheRowsHaveIsAskedAndNamed() {
        Answer answer = ask(COUNT, "");

        assertThat(value(answer)).isEqualTo("100");
        JsonNode used = used(answer).orElseThrow();
        assertThat(used.path("preAggregationId").asString()).isEqualTo("orders.exact");
        assertThat(used.path("targetTableName").asString()).isEqualTo(table(COUNT));
        assertThat(used.path("lastUpdatedAt").asLong()).isPositive();
        assertThat(answer.body().path("freshness").path(0).path("relation").asString())
                .isEqualTo("facts.orders");
    }

    @Test
    void oneThatIsBehindIsNotAsked() throws SQLException {
        anotherOrder();

        Answer answer = ask(COUNT, "");

        assertThat(value(answer)).isEqualTo("2");
        assertThat(used(answer)).isEmpty();
    }

    @Test
    void oneThatMayBeBehindIsAsked() throws SQLException {
        anotherOrder();

        assertThat(value(ask(TOTAL, ""))).isEqualTo("500");
    }

    @ParameterizedTest
    @ValueSource(strings = {"&cache=must-revalidate", "&cache=no-cache"})
    void itIsNotAskedByWhoWantsWhatIsNow(String parameter) throws SQLException {
        anotherOrder();

        assertThat(value(ask(TOTAL, parameter))).isEqualTo("12");
    }

    @Test
    void itIsNotAskedWhenItIsFurtherBehindThanItMay() throws SQLException {
        anotherOrder();
        anotherOrder();
        warehouse.execute(
                Role.TRANSFORM,
                "UPDATE millrace_live.told SET moved_at = now() - interval '61 minutes'");

        assertThat(value(ask(TOTAL, ""))).isEqualTo("19");
    }

    @Test
    void anAnswerOfARollupIsKeptUntilTheRowsChangeThatItWasMadeOf() throws SQLException {
        assertThat(value(ask(COUNT, ""))).isEqualTo("100");
        warehouse.execute(Role.TRANSFORM, "TRUNCATE " + table(COUNT));
        assertThat(value(ask(COUNT, ""))).as("kept").isEqualTo("100");

        anotherOrder();

        assertThat(value(ask(COUNT, ""))).isEqualTo("2");
    }

    @Test
    void anOldAnswerIsNotKept() throws SQLException {
        anotherOrder();
        assertThat(value(ask(TOTAL, ""))).isEqualTo("500");
        warehouse.execute(
                Role.TRANSFORM,
                "UPDATE %s SET orders__total = 12; UPDATE millrace_live.told SET version = version + 1"
                        .formatted(table(TOTAL)));

        assertThat(value(ask(TOTAL, ""))).isEqualTo("12");
    }

    @Test
    void oneThatReadersMayNotReadIsNotAsked() throws SQLException {
        warehouse.execute(
                Role.TRANSFORM, "REVOKE SELECT ON %s FROM millrace_reader".formatted(table(COUNT)));
        try {
            assertThat(value(ask(COUNT, ""))).isEqualTo("1");
        } finally {
            warehouse.execute(
                    Role.TRANSFORM,
                    "GRANT SELECT ON %s TO millrace_reader".formatted(table(COUNT)));
        }
    }

    @Test
    void aTableThatWasExchangedSinceTheSnapshotIsNotReadAsIfItWereEmpty() throws SQLException {
        // What the state tells of is another table than the one that has its name.
        warehouse.execute(
                Role.TRANSFORM,
                """
                ALTER VIEW millrace_rollups.state RENAME TO was;
                CREATE VIEW millrace_rollups.state AS
                  SELECT name, 'facts.orders'::regclass::oid AS table_oid, relation, version,
                    'facts.orders'::regclass::oid AS input_oid, moved_at FROM millrace_rollups.was;
                GRANT SELECT ON millrace_rollups.state TO millrace_reader
                """);
        try {
            assertThat(value(ask(COUNT, "&cache=no-cache"))).isEqualTo("1");
        } finally {
            warehouse.execute(
                    Role.TRANSFORM,
                    "DROP VIEW millrace_rollups.state; ALTER VIEW millrace_rollups.was RENAME TO"
                            + " state");
        }
    }

    @Test
    void theSqlOfAQuerySaysWhichRollupsCanAnswerItAndWhyOthersCannot() {
        JsonNode sql =
                service.get("/cubejs-api/v1/sql?query=" + RunningService.encoded(COUNT))
                        .body()
                        .path("sql");

        assertThat(sql.path("preAggregations").path(0).path("preAggregationId").asString())
                .isEqualTo("orders.exact");
        assertThat(sql.path("unusedPreAggregations").path("orders.lenient").asString())
                .isEqualTo("it does not have 'orders.count'");
    }
}
