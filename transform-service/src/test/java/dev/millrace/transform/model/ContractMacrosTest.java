package dev.millrace.transform.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

class ContractMacrosTest {

    private MacroStage stage;

    @BeforeEach
    void promiseColumns() throws Exception {
        stage = MacroStage.create();
        Map<String, Object> columns = new LinkedHashMap<>();
        columns.put(
                "id",
                Map.of(
                        "name", "id",
                        "data_type", "integer",
                        "constraints",
                                List.of(Map.of("type", "not_null"), Map.of("type", "unique"))));
        columns.put("Name", Map.of("name", "Name", "data_type", "text", "quote", true));
        columns.put("price", Map.of("name", "price", "data_type", "numeric(10,2)"));
        stage.modelled("columns", columns)
                .modelled("constraints", List.of(Map.of("expression", "price > 0")))
                .configured("contract", Map.of("enforced", true))
                .with("relation", StageRelation.table("analytics", "goods"));
    }

    @AfterEach
    void closeTheStage() throws Exception {
        stage.close();
    }

    private void create(String query) throws Exception {
        stage.execute(
                stage.with("query", query)
                        .render("{{ get_create_table_as_sql(False, relation, query) }}"));
    }

    @Test
    void aTableHasTheColumnsOfItsContractInTheirOrder() throws Exception {
        create("select 2.5 as price, 'a' as \"Name\", 1 as id -- all");

        assertThat(
                        stage.rows(
                                "select string_agg(attname || ' ' || format_type(atttypid,"
                                        + " atttypmod) || ' ' || attnotnull, ', ' order by attnum)"
                                        + " from pg_attribute where attnum > 0 and attrelid ="
                                        + " 'analytics.goods'::regclass"))
                .containsExactly("id integer true, Name text false, price numeric(10,2) false");
        assertThat(stage.rows("select * from analytics.goods")).containsExactly("1|a|2.5");
        assertThatThrownBy(() -> stage.execute("insert into analytics.goods values (1, 'b', 1)"))
                .hasMessageContaining("unique");
    }

    @Test
    void rowsThatBreakAConstraintAreRefused() {
        assertThatThrownBy(() -> create("select 1 as id, 'a' as \"Name\", 0.0 as price"))
                .hasMessageContaining("check constraint");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1 as id, 'a' as \"Name\"",
                "select 1 as id, 'a' as \"Name\", 2.5 as price, 1 as more",
                "select 1 as id, 'a' as name, 2.5 as price",
                "select 1::bigint as id, 'a' as \"Name\", 2.5 as price",
                "select 1 as id, 'a' as \"Name\", '2.5' as price"
            })
    void otherColumnsAndTypesBreakTheContract(String query) {
        assertThatThrownBy(() -> create(query))
                .hasMessageContaining("contract: ")
                .hasMessageContaining("price numeric");
    }

    @Test
    void aContractNeedsColumnsWithTypes() {
        stage.modelled("columns", Map.of());
        assertThatThrownBy(() -> create("select 1 as id"))
                .hasMessageContaining("contract: [[], []]");

        stage.modelled("columns", Map.of("id", Map.of("name", "id")));
        assertThatThrownBy(() -> create("select 1 as id"))
                .hasMessageContaining("column_type_missing");
    }

    @Test
    void numbersWithoutScaleAreWarnedOf() throws Exception {
        stage.modelled("columns", Map.of("n", Map.of("name", "n", "data_type", "NUMERIC")));
        stage.modelled("constraints", List.of());

        create("select 2.5 as n");

        assertThat(stage.warnings()).singleElement().asString().contains("['n']");
    }

    @Test
    void temporaryTablesAndViewsAreOnlyChecked() throws Exception {
        stage.execute(
                stage.render(
                        "{{ get_create_table_as_sql(True, api.Relation.create(identifier='goods'),"
                                + " \"select 0.0 as price, 'a' as \\\"Name\\\", 1 as id\") }}"));
        assertThat(stage.rows("select * from pg_temp.goods")).containsExactly("0.0|a|1");

        stage.with("view", StageRelation.view("analytics", "shown"));
        assertThatThrownBy(
                        () -> stage.render("{{ get_create_view_as_sql(view, 'select 1 as id') }}"))
                .hasMessageContaining("contract: ");
        assertThatThrownBy(() -> stage.render("{{ get_replace_view_sql(view, 'select 1 as id') }}"))
                .hasMessageContaining("contract: ");
    }
}
