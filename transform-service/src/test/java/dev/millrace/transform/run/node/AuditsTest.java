package dev.millrace.transform.run.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.parse.ManifestReader;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.SQLException;
import java.util.Set;

class AuditsTest {

    private static final String UNIQUE = "unique_orders_id";

    private final ProjectStage stage = ProjectStage.create();

    @BeforeEach
    void orders() throws SQLException {
        stage.execute("create schema web; create table web.orders (id int, price int)");
        stage.execute("insert into web.orders values (1, 10), (2, 20)");
        stage.file(
                "models/orders.yml",
                """
                models:
                  - name: orders
                    columns:
                      - name: id
                        data_tests: [unique, not_null]
                """);
        model("materialized='table', audit='before_publish'");
    }

    private void model(String settings) {
        model(settings, "select id, price from web.orders");
    }

    private void model(String settings, String query) {
        stage.file("models/orders.sql", "{{ config(" + settings + ") }} " + query);
    }

    private NodeOutcome run() throws SQLException {
        return stage.runOne("orders");
    }

    private void built() throws SQLException {
        NodeOutcome outcome = run();
        assertThat(outcome.status()).as(outcome.message()).isEqualTo(NodeStatus.SUCCESS);
    }

    private String refused() throws SQLException {
        NodeOutcome outcome = run();
        assertThat(outcome.status()).isEqualTo(NodeStatus.ERROR);
        assertThat(outcome.placed()).isFalse();
        return String.valueOf(outcome.message());
    }

    private void twice() throws SQLException {
        stage.execute("insert into web.orders values (2, 30)");
    }

    private String rows() throws SQLException {
        return String.join(" ", stage.query("select * from analytics.orders order by 1, 2"));
    }

    private String relations() throws SQLException {
        return stage.query(
                        "select string_agg(relname, ' ' order by relname) from pg_class"
                                + " where relnamespace = 'analytics'::regnamespace")
                .getFirst();
    }

    @ParameterizedTest
    @ValueSource(strings = {"table", "view", "incremental"})
    void rowsThatPassTheirTestsArePublished(String materialized) throws SQLException {
        model("materialized='" + materialized + "', audit='before_publish'");

        built();
        stage.execute("insert into web.orders values (3, 30)");
        model(
                "materialized='" + materialized + "', audit='before_publish', unique_key='id'",
                "select id, price from web.orders where id < 9");
        built();

        assertThat(rows()).isEqualTo("1|10 2|20 3|30");
    }

    @Test
    void theOldTableStaysWhenATestFailsOnTheNewRows() throws SQLException {
        built();
        twice();

        assertThat(refused())
                .isEqualTo(
                        "models/orders.sql: analytics.orders: 1 of 2 tests failed on its new rows,"
                                + " which were not published: 'unique_orders_id' (Got 1 result,"
                                + " configured to fail if != 0)");

        assertThat(rows()).isEqualTo("1|10 2|20");
        assertThat(relations()).isEqualTo("orders");
    }

    @ParameterizedTest
    @ValueSource(strings = {"table", "view", "incremental"})
    void nothingIsPublishedWhereNothingWas(String materialized) throws SQLException {
        model("materialized='" + materialized + "', audit='before_publish'");
        twice();

        assertThat(refused()).contains("'unique_orders_id'");

        assertThat(relations()).isEqualTo("null");
    }

    @Test
    void aViewKeepsItsQuery() throws SQLException {
        model("materialized='view', audit='before_publish'");
        built();
        model(
                "materialized='view', audit='before_publish'",
                "select id, price from web.orders union all select 1, 0");

        assertThat(refused()).contains("'unique_orders_id'");

        assertThat(rows()).isEqualTo("1|10 2|20");
        assertThat(relations()).isEqualTo("orders");
    }

    @Test
    void addedRowsAreTakenBack() throws SQLException {
        model("materialized='incremental', audit='before_publish'");
        built();

        assertThat(refused()).contains("'unique_orders_id' (Got 2 results");

        assertThat(rows()).isEqualTo("1|10 2|20");
    }

    @Test
    void aSeedIsAuditedToo() throws SQLException {
        stage.file("seeds/plans.csv", "id,name\n1,small\n");
        stage.file(
                "seeds/plans.yml",
                """
                seeds:
                  - name: plans
                    config: {audit: before_publish}
                    columns: [{name: id, data_tests: [unique]}]
                """);
        assertThat(stage.runOne("plans").status()).isEqualTo(NodeStatus.SUCCESS);
        stage.file("seeds/plans.csv", "id,name\n1,small\n1,large\n");

        assertThat(stage.runOne("plans").message()).contains("'unique_plans_id'");

        assertThat(stage.query("select name from analytics.plans")).containsExactly("small");
    }

    @Test
    void failingRowsAreKeptWhereThatIsAsked() throws SQLException {
        stage.file("dbt_project.yml", "name: shop\ndata_tests: {+store_failures: true}\n");
        twice();

        assertThat(refused())
                .contains("fail if != 0, kept in analytics_dbt_test__audit.unique_orders_id)");

        assertThat(stage.query("select * from analytics_dbt_test__audit.unique_orders_id"))
                .containsExactly("2|2");
    }

    @Test
    void nothingIsSaidToBeKeptOfWhatIsTakenBack() throws SQLException {
        stage.file("dbt_project.yml", "name: shop\ndata_tests: {+store_failures: true}\n");
        model("materialized='incremental', audit='before_publish'");
        built();

        assertThat(refused()).doesNotContain("kept in");

        assertThat(rows()).isEqualTo("1|10 2|20");
    }

    @Test
    void aTestThatOnlyWarnsStopsNothing() throws SQLException {
        stage.file("dbt_project.yml", "name: shop\ndata_tests: {+severity: warn}\n");
        twice();

        built();
    }

    @Test
    void aTestThatCannotBeRunStopsIt() throws SQLException {
        stage.file("tests/wrong.sql", "select * from {{ ref('orders') }} where nothing = 1");

        assertThat(refused())
                .contains(
                        "the test 'wrong' cannot be run on its new rows, which were not published")
                .contains("column \"nothing\" does not exist");

        assertThat(relations()).isEqualTo("null");
    }

    @Test
    void aTestThatReadsWhatComesLaterWaitsForThat() throws SQLException {
        stage.file("models/totals.sql", "select count(*) as n from {{ ref('orders') }}");
        stage.file(
                "tests/total.sql",
                "select 1 from {{ ref('orders') }} having count(*) < (select n from {{"
                        + " ref('totals') }})");

        built();
    }

    @Test
    void aTestThatReadsWhatTheModelIsMadeOfIsRun() throws SQLException {
        stage.file("models/raw.sql", "select id from web.orders");
        model(
                "materialized='table', audit='before_publish'",
                "select id from {{ ref('raw') }} where id > 1");
        stage.file(
                "tests/complete.sql",
                "select id from {{ ref('raw') }} except select id from {{ ref('orders') }}");
        stage.runOne("raw");

        assertThat(refused()).contains("1 of 3 tests", "'complete'");
    }

    @Test
    void whatATestFoundCountsWhenItsTurnComes() throws SQLException {
        ManifestReader.Read read = stage.read();
        NodeRunner runner = stage.runner(read);
        String id =
                read.manifest().nodes().values().stream()
                        .filter(node -> node.name().equals(UNIQUE))
                        .findFirst()
                        .orElseThrow()
                        .id();
        try (Session session = stage.session()) {
            runner.run(session, stage.node(read, "model.shop.orders"), Set.of(), compiled -> {});
            stage.execute("insert into analytics.orders values (1, 1)");

            NodeOutcome first = runner.run(session, stage.node(read, id), Set.of(), compiled -> {});
            NodeOutcome second =
                    runner.run(session, stage.node(read, id), Set.of(), compiled -> {});

            assertThat(first.status()).isEqualTo(NodeStatus.PASS);
            assertThat(second.status()).isEqualTo(NodeStatus.FAIL);
        }
    }

    @Test
    void withoutAnAuditTheTestsComeAfterwards() throws SQLException {
        model("materialized='table'");
        twice();

        built();
        assertThat(stage.runOne(UNIQUE).status()).isEqualTo(NodeStatus.FAIL);
    }

    @ParameterizedTest
    @CsvSource({
        "materialized_view, a materialized view",
        "live, a live model",
        "'incremental'', incremental_strategy=''microbatch'', event_time=''at'',"
                + " begin=''2026-01-01'', batch_size=''day', a batch",
    })
    void whatIsSeenAtOnceCannotBeAudited(String materialized, String what) throws SQLException {
        model("materialized='" + materialized + "', audit='before_publish'");

        assertThat(refused()).contains(what + " cannot be looked at before others see it");
    }

    @Test
    void anAuditThatIsNotKnownIsRefused() throws SQLException {
        model("materialized='table', audit='after'");

        assertThat(refused()).contains("'audit' is before_publish or none, not 'after'");
    }
}
