package dev.millrace.transform.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GenericTestMacrosTest {

    private MacroStage stage;

    @BeforeEach
    void fillTables() throws Exception {
        stage = MacroStage.create();
        stage.execute(
                """
                create table analytics.orders (id int, customer int, status text);
                insert into analytics.orders values
                  (1, 10, 'new'), (1, 11, 'new'), (1, 10, 'paid'), (2, 99, 'lost'),
                  (null, null, 'lost'), (null, 99, null);
                create table analytics.customers (id int);
                insert into analytics.customers values (10), (10), (11), (null);
                """);
        stage.with("orders", StageRelation.table("analytics", "orders"));
        stage.with("customers", StageRelation.table("analytics", "customers"));
    }

    @AfterEach
    void closeTheStage() throws Exception {
        stage.close();
    }

    @Test
    void uniqueGivesEachValueThatIsThereTwiceAndNoNulls() throws Exception {
        assertThat(stage.rows("{{ test_unique(orders, 'id') }}")).containsExactly("1|3");
        assertThat(stage.rows("{{ test_unique(orders, 'id % 2') }}")).containsExactly("1|3");
    }

    @Test
    void notNullGivesTheColumnOrWholeRowsToKeep() throws Exception {
        assertThat(stage.rows("{{ test_not_null(orders, 'id') }}")).containsExactly("null", "null");

        stage.flag("STORE_FAILURES", true);

        assertThat(stage.rows("{{ test_not_null(orders, 'id') }}"))
                .containsExactlyInAnyOrder("null|null|lost", "null|99|null");
    }

    @Test
    void acceptedValuesGivesEachOtherValueOnceAndNoNulls() throws Exception {
        assertThat(stage.rows("{{ test_accepted_values(orders, 'status', ['new', 'paid']) }}"))
                .containsExactly("lost|2");
        assertThat(stage.rows("{{ test_accepted_values(orders, 'id', [2, 3], quote=False) }}"))
                .containsExactly("1|3");
        assertThat(
                        stage.rows(
                                "{{ test_accepted_values(orders, 'status', values=['new', 'paid',"
                                        + " 'lost']) }}"))
                .isEmpty();
    }

    @Test
    void relationshipsGivesEachChildWithoutParentAndNoNulls() throws Exception {
        assertThat(stage.rows("{{ test_relationships(orders, 'customer', customers, 'id') }}"))
                .containsExactly("99", "99");
    }

    @Test
    void testsOfTheProjectAreDispatchedTo() throws Exception {
        stage.project(
                "{% macro postgres__test_unique(model, column_name) %}select 7{% endmacro %}");

        assertThat(stage.rows("{{ test_unique(orders, 'id') }}")).containsExactly("7");
    }

    @Test
    void namesOfNodesFollowTheTarget() {
        assertThat(
                        stage.render(
                                "{{ generate_schema_name() }} {{ generate_schema_name(' raw ') }}"
                                    + " {{ generate_schema_name_for_env('raw', none) }} {{"
                                    + " generate_alias_name(none, {'name': 'a'}) }} {{"
                                    + " generate_alias_name(none, {'name': 'a', 'version': 1.2}) }}"
                                    + " {{ generate_alias_name(' x ', {'name': 'a'}) }} {{"
                                    + " generate_database_name('warehouse') }}"))
                .isEqualTo("analytics analytics_raw analytics a a_v1_2 x warehouse");
    }

    @Test
    void queriesGiveTheirRows() {
        assertThat(
                        stage.render(
                                "{% set t = run_query('select 1 as a, 2 as b union all select 3,"
                                    + " 4') %}{{ t[1]['b'] }} {{ t.columns | map(attribute='name')"
                                    + " | join(',') }} {% call statement('s', fetch_result=True)"
                                    + " %}select 5{% endcall %}{{ load_result('s').data[0][0] }}"))
                .isEqualTo("4 a,b 5");
        assertThat(stage.with("execute", false).render("{{ run_query('select 1') }}"))
                .isEqualTo("None");
    }
}
