package dev.millrace.transform.run.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.List;

class MaterializedViewTest {

    private final ProjectStage stage = ProjectStage.create();

    @BeforeEach
    void orders() throws SQLException {
        stage.execute("create schema web; create table web.orders (id int, price int)");
        stage.execute("insert into web.orders values (1, 10)");
    }

    private void model(String settings, String select) {
        stage.file(
                "models/totals.sql",
                "{{ config(materialized='materialized_view'" + settings + ") }} " + select);
    }

    private void keyed() {
        model(
                ", indexes=[{'columns': ['id'], 'unique': true}]",
                "select id, price from web.orders");
    }

    private String run() throws SQLException {
        NodeOutcome outcome = stage.runOne("totals");
        assertThat(outcome.status()).as(outcome.message()).isEqualTo(NodeStatus.SUCCESS);
        return String.valueOf(outcome.message());
    }

    private List<String> rows() throws SQLException {
        return stage.query("select * from analytics.totals order by 1");
    }

    private String identity(String relation) throws SQLException {
        return stage.query("select 'analytics." + relation + "'::regclass::oid").getFirst();
    }

    private String kind() throws SQLException {
        return stage.query("select relkind from pg_class where oid = 'analytics.totals'::regclass")
                .getFirst();
    }

    @Test
    void itIsCreatedWithItsRowsAndIndexes() throws SQLException {
        keyed();

        assertThat(run()).isEqualTo("CREATE MATERIALIZED VIEW");

        assertThat(kind()).isEqualTo("m");
        assertThat(rows()).containsExactly("1|10");
        assertThat(stage.query("select count(*) from pg_indexes where tablename = 'totals'"))
                .containsExactly("1");
    }

    @Test
    void oneWithAKeyIsRefreshedWhereItIs() throws SQLException {
        keyed();
        run();
        String before = identity("totals");
        stage.execute("insert into web.orders values (2, 20)");

        assertThat(run()).isEqualTo("REFRESH MATERIALIZED VIEW");

        assertThat(rows()).containsExactly("1|10", "2|20");
        assertThat(identity("totals")).isEqualTo(before);
    }

    @Test
    void oneWithoutAKeyIsReplacedWithWhatReadsIt() throws SQLException {
        model("", "select id, price from web.orders");
        run();
        stage.execute(
                "create view analytics.reader as select sum(price) as total from analytics.totals");
        stage.execute("insert into web.orders values (2, 20)");

        assertThat(run()).isEqualTo("REFRESH MATERIALIZED VIEW");

        assertThat(rows()).hasSize(2);
        assertThat(stage.query("select total from analytics.reader")).containsExactly("30");
    }

    @Test
    void anotherQueryIsTakenUp() throws SQLException {
        keyed();
        run();
        model(
                ", indexes=[{'columns': ['id'], 'unique': true}]",
                "select id, price * 2 as price from web.orders");

        run();

        assertThat(rows()).containsExactly("1|20");
    }

    @Test
    void otherIndexesAreAppliedLeftOrRefused() throws SQLException {
        keyed();
        run();
        stage.execute("insert into web.orders values (2, 20)");
        String other = ", indexes=[{'columns': ['price'], 'type': 'hash'}]";

        model(other + ", on_configuration_change='fail'", "select id, price from web.orders");
        assertThat(stage.runOne("totals").message())
                .contains("'on_configuration_change' is 'fail'");

        model(other + ", on_configuration_change='continue'", "select id, price from web.orders");
        assertThat(run()).isEqualTo("skip analytics.totals");
        assertThat(rows()).hasSize(1);
        assertThat(stage.warnings()).hasSize(1);

        model(other, "select id, price from web.orders");
        assertThat(run()).isEqualTo("REFRESH MATERIALIZED VIEW");
        assertThat(rows()).hasSize(2);
        assertThat(stage.query("select indexdef from pg_indexes where tablename = 'totals'"))
                .singleElement()
                .asString()
                .contains("USING hash (price)");
    }

    @Test
    void aTableOrViewBecomesOneAndBack() throws SQLException {
        for (String other : List.of("table", "view")) {
            stage.file(
                    "models/totals.sql",
                    "{{ config(materialized='" + other + "') }} select id, price from web.orders");
            run();
            stage.execute("create view analytics.reader as select id from analytics.totals");
            keyed();

            assertThat(run()).isEqualTo("CREATE MATERIALIZED VIEW");
            assertThat(kind()).isEqualTo("m");

            stage.file(
                    "models/totals.sql",
                    "{{ config(materialized='" + other + "') }} select id, price from web.orders");
            run();
            assertThat(kind()).isEqualTo(other.equals("table") ? "r" : "v");
            assertThat(stage.query("select id from analytics.reader")).containsExactly("1");
            stage.execute("drop view analytics.reader");
        }
    }

    @Test
    void aFullRefreshMakesItAnew() throws SQLException {
        keyed();
        run();
        String before = identity("totals");
        stage.fullRefresh(true);

        assertThat(run()).isEqualTo("CREATE MATERIALIZED VIEW");
        assertThat(identity("totals")).isNotEqualTo(before);
    }

    @Test
    void oneThatReadsATableKeepsItsIndexesAndReadersWhenThatIsBuiltAnew() throws SQLException {
        stage.file(
                "models/orders.sql",
                "{{ config(materialized='table') }} select id, price from web.orders");
        stage.run("orders");
        stage.execute(
                """
                create materialized view analytics.totals as select sum(price) as total from analytics.orders;
                create unique index totals_key on analytics.totals (total);
                grant select on analytics.totals to millrace_serving;
                create view analytics.reader as select total * 2 as twice from analytics.totals
                """);
        stage.execute("insert into web.orders values (2, 20)");

        assertThat(stage.runOne("orders").message()).isEqualTo("SELECT 2");

        assertThat(stage.query("select twice from analytics.reader")).containsExactly("60");
        assertThat(stage.query("select indexname from pg_indexes where tablename = 'totals'"))
                .containsExactly("totals_key");
        assertThat(
                        stage.query(
                                "select has_table_privilege('millrace_serving', 'analytics.totals',"
                                        + " 'select')"))
                .containsExactly("t");
    }

    @Test
    void commentsAndGrantsAreItsToo() throws SQLException {
        stage.file(
                "models/totals.yml",
                """
                models:
                  - name: totals
                    description: Totals
                    columns: [{name: id, description: Number}, {name: gone, description: Nothing}]
                    config:
                      persist_docs: {relation: true, columns: true}
                      grants: {select: [millrace_serving]}
                """);
        keyed();

        run();

        assertThat(
                        stage.query(
                                "select obj_description('analytics.totals'::regclass),"
                                        + " col_description('analytics.totals'::regclass, 1)"))
                .containsExactly("Totals|Number");
    }

    @Test
    void aQueryThatIsWrongIsTold() throws SQLException {
        model("", "select nothing from web.orders");

        assertThat(stage.runOne("totals").message()).contains("column \"nothing\" does not exist");
    }
}
