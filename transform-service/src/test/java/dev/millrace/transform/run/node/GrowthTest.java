package dev.millrace.transform.run.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.SQLException;
import java.util.List;

class GrowthTest {

    private static final String PAIRS =
            "select a.id as one, b.id as other from {{ source('web', 'visits') }} a"
                    + " cross join {{ source('web', 'orders') }} b";

    private final ProjectStage stage = ProjectStage.create();

    @BeforeEach
    void tables() throws SQLException {
        stage.execute("create schema web");
        table("orders", 4_000);
        table("visits", 4_000);
        stage.file(
                "models/web.yml",
                "sources: [{name: web, tables: [{name: orders}, {name: visits}]}]");
    }

    private void table(String name, int rows) throws SQLException {
        uncounted(name, rows);
        stage.execute("analyze web." + name);
    }

    private void uncounted(String name, int rows) throws SQLException {
        stage.execute("drop table if exists web." + name);
        stage.execute(
                "create table web."
                        + name
                        + " with (autovacuum_enabled = false) as select generate_series(1, "
                        + rows
                        + ") as id");
    }

    private void model(String settings, String query) {
        stage.file("models/pairs.sql", "{{ config(" + settings + ") }} " + query);
    }

    private NodeOutcome run() throws SQLException {
        return stage.runOne("pairs");
    }

    private void built() throws SQLException {
        NodeOutcome outcome = run();
        assertThat(outcome.status()).as(outcome.message()).isEqualTo(NodeStatus.SUCCESS);
    }

    private String stopped() throws SQLException {
        NodeOutcome outcome = run();
        assertThat(outcome.status()).isEqualTo(NodeStatus.ERROR);
        return String.valueOf(outcome.message());
    }

    private List<String> relations() throws SQLException {
        return stage.query(
                "select relname from pg_class where relnamespace = 'analytics'::regnamespace"
                        + " order by 1");
    }

    private String count() throws SQLException {
        return stage.query("select count(*) from analytics.pairs").getFirst();
    }

    @Test
    void aJoinOfEverythingWithEverythingIsStopped() throws SQLException {
        model("materialized='table', unlogged=true", "select 1 as one");
        built();
        model("materialized='table', unlogged=true", PAIRS);

        assertThat(stopped())
                .isEqualTo(
                        "models/pairs.sql: analytics.pairs: its query was stopped when it had given"
                            + " more than 10,000,000 rows; what it reads has 8,000"
                            + " (\"web\".\"orders\" 4,000, \"web\".\"visits\" 4,000) and the table"
                            + " that it replaces 1. Most often that is a join whose condition does"
                            + " not tell rows apart: look at its keys. If so many are right, set"
                            + " growth_limit to a number of rows, or to none");

        assertThat(count()).isEqualTo("1");
        assertThat(relations()).containsExactly("pairs");
    }

    @Test
    void whatPostgresExpectsToExplodeIsNotEvenBegun() throws SQLException {
        table("orders", 400_000);
        table("visits", 400_000);
        model("materialized='table'", PAIRS);

        assertThat(stopped())
                .contains("PostgreSQL expects its query to give 160,000,000,000 rows")
                .contains("what it reads has 800,000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"table", "incremental"})
    void aModelMayHaveALimitOfItsOwn(String materialized) throws SQLException {
        model(
                "materialized='" + materialized + "', growth_limit=3999",
                "select id from web.orders");

        assertThat(stopped()).contains("more than 3,999 rows; growth_limit is 3,999. Most often");

        model(
                "materialized='" + materialized + "', growth_limit=4000",
                "select id from web.orders");
        built();
        assertThat(count()).isEqualTo("4000");
    }

    @Test
    void rowsThatAreAddedAreCounted() throws SQLException {
        model("materialized='incremental', growth_limit=4000", "select id from web.orders");
        built();
        table("orders", 4_001);

        assertThat(stopped()).contains("more than 4,000 rows");

        assertThat(count()).isEqualTo("4000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'none'", "none"})
    void theLimitCanBeSwitchedOff(String none) throws SQLException {
        table("orders", 400_000);
        table("visits", 400_000);
        stage.execute(
                "create function web.some() returns bigint volatile language plpgsql as"
                        + " 'begin return 5; end'");
        // PostgreSQL expects a tenth of all pairs, as it cannot tell the limit beforehand.
        model("materialized='table', growth_limit=" + none, PAIRS + " limit web.some()");

        built();
    }

    @Test
    void ofSeveralStatementsNoneRuns() throws SQLException {
        table("orders", 400_000);
        model(
                "materialized='table'",
                "select id from {{ source('web', 'orders') }}; drop table web.visits");

        assertThat(stopped()).contains("syntax error at or near \";\"");

        assertThat(stage.query("select count(*) from web.visits")).containsExactly("4000");
    }

    @Test
    void anotherSettingIsAMistake() throws SQLException {
        model("materialized='table', growth_limit='many'", "select 1 as one");

        assertThat(stopped())
                .contains(
                        "'growth_limit' is a number of rows, such as 50000000, or none, not"
                                + " 'many'");
    }

    @Test
    void inputsAreFoundThroughViewsAndEphemeralModels() throws SQLException {
        table("orders", 400_000);
        table("visits", 400_000);
        stage.file("models/stage.sql", "select id from {{ source('web', 'orders') }}");
        stage.file(
                "models/passing.sql",
                "{{ config(materialized='ephemeral') }} select id from {{ ref('stage') }}");
        model(
                "materialized='table'",
                "select a.id from {{ ref('passing') }} a, {{ ref('passing') }} b");
        stage.runOne("stage");

        assertThat(stopped()).contains("what it reads has 400,000 (\"web\".\"orders\" 400,000)");
    }

    @Test
    void aTableThatHasGrownSinceItWasCountedCountsAsItIs() throws SQLException {
        table("orders", 22_600);
        stage.execute("insert into web.orders select generate_series(1, 377400)");
        table("visits", 400_000);
        model("materialized='table'", PAIRS);

        assertThat(stopped()).containsPattern("\"orders\" 3\\d\\d,\\d{3}");
    }

    @Test
    void whatNobodyHasCountedLimitsNothing() throws SQLException {
        uncounted("orders", 400_000);
        table("visits", 400_000);
        model("materialized='table'", PAIRS + " where a.id = b.id and a.id < 0");

        built();
    }

    @Test
    void aModelThatReadsNothingMayGiveAnything() throws SQLException {
        stage.file("models/days.sql", "select generate_series(1, 3) as id");
        model("materialized='table'", "select id from {{ ref('days') }}");
        stage.runOne("days");

        built();
    }

    @Test
    void theOrderOfAQueryStays() throws SQLException {
        model(
                "materialized='table'",
                "select id from {{ source('web', 'orders') }} order by id desc");

        built();

        assertThat(stage.query("select id from analytics.pairs limit 2"))
                .containsExactly("4000", "3999");
    }

    @Test
    void aMistakeInAGuardedQueryIsFoundWhereItIs() throws SQLException {
        table("orders", 400_000);
        model(
                "materialized='table'",
                "\nselect id,\n  nothing\nfrom {{ source('web', 'orders') }}");

        assertThat(stopped())
                .startsWith("models/pairs.sql:3:3: column \"nothing\" does not exist (line 3");
    }
}
