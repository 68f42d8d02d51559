package dev.millrace.transform.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.Json;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class SeedAndUnitTestMacrosTest {

    private MacroStage stage;

    @BeforeEach
    void openTheStage() throws Exception {
        stage = MacroStage.create();
        stage.with("this", StageRelation.table("analytics", "colors"))
                .with("relation", StageRelation.table("analytics", "colors"));
        stage.modelled("name", "colors").modelled("resource_type", "model");
    }

    @AfterEach
    void closeTheStage() throws Exception {
        stage.close();
    }

    private static StageTable file() {
        return new StageTable(
                List.of("id", "Name", "rate"),
                List.of(
                        List.of(1L, "it's \\ red", None.NONE),
                        List.of(2L, "", 2.5),
                        List.of(3L, None.NONE, true)));
    }

    @Test
    void aSeedIsCreatedFilledAndFilledAgain() throws Exception {
        stage.modelled("config", Map.of("column_types", Map.of("id", "bigint")));
        stage.with("file", file())
                .project("{% macro default__get_batch_size() %}{{ return(2) }}{% endmacro %}");

        assertThat(stage.render("{{ create_csv_table(model, file) }}"))
                .isEqualTo(
                        "create table \"analytics\".\"colors\" (\"id\" bigint, \"Name\" text,"
                                + " \"rate\" text)");
        assertThat(stage.render("{{ load_csv_rows(model, file) }}")).contains("'it''s \\ red'");
        assertThat(stage.rows("select * from analytics.colors"))
                .containsExactly("1|it's \\ red|null", "2||2.5", "3|null|true");

        assertThat(stage.render("{{ reset_csv_table(model, False, relation, file) }}"))
                .isEqualTo("truncate table \"analytics\".\"colors\"");
        assertThat(stage.rows("select * from analytics.colors")).isEmpty();
        stage.modelled("config", Map.of("quote_columns", false));
        stage.render("{% do reset_csv_table(model, True, relation, file) %}");
        stage.render("{% do load_csv_rows(model, file) %}");
        assertThat(stage.rows("select id, name from analytics.colors where rate = '2.5'"))
                .containsExactly("2|");
        assertThat(stage.render("{{ get_csv_sql('a', 'b') }}")).isEqualTo("a;\n    b");
    }

    @Test
    void fixturesHaveTheColumnsOfTheRelationTheyStandFor() throws Exception {
        stage.execute(
                "create table analytics.colors (id int, \"Name\" varchar(3), at date, ok boolean, n"
                        + " numeric(10, 2))");
        stage.with(
                "given",
                Values.of(
                        List.of(
                                Map.of("ID", 1, "name", "it's long"),
                                Map.of("at", "2020-01-02", "ok", true, "n", 2.5))));

        String columns = "id, \"Name\", at, ok, n";
        assertThat(stage.rows("select " + columns + " from ({{ get_fixture_sql(given, none) }}) f"))
                .containsExactly("1|it's long|null|null|null", "null|null|2020-01-02|true|2.5");
        assertThat(
                        stage.rows(
                                "select pg_typeof(at), pg_typeof(n) from ({{ get_fixture_sql(given,"
                                        + " none) }}) f limit 1"))
                .containsExactly("date|numeric");
        assertThat(stage.rows("select " + columns + " from ({{ get_fixture_sql([], none) }}) f"))
                .isEmpty();
        assertThat(stage.rows("{{ get_fixture_sql([{'A': 1}], {'a': 'int', 'b': 'text'}) }}"))
                .containsExactly("1|null");
        assertThatThrownBy(() -> stage.render("{{ get_fixture_sql([{'size': 1}], none) }}"))
                .hasMessageContaining(
                        "Invalid column name: 'size' in unit test fixture for 'colors'.");
    }

    @Test
    void unitTestsCompareTheColumnsThatAreExpected() throws Exception {
        stage.with("types", Values.of(Map.of("id", "int", "name", "text")));
        stage.with("quoted", Values.of(Map.of("id", "\"id\"", "name", "\"name\"")));

        assertThat(
                        stage.rows(
                                "{{ get_unit_test_sql(\"select 1 as id, 'a' as name -- all\","
                                    + " get_expected_sql([{'id': 2}, {'id': none}], types, quoted),"
                                    + " ['id']) }}"))
                .containsExactly("1|actual", "2|expected", "null|expected");
        assertThat(
                        stage.rows(
                                "{{ get_unit_test_sql('select 1 as id', get_expected_sql([], types,"
                                        + " quoted), ['id']) }}"))
                .containsExactly("1|actual");
        stage.modelled("resource_type", "unit_test");
        assertThatThrownBy(() -> stage.render("{{ get_expected_sql([{'x': 1}], types, quoted) }}"))
                .hasMessageContaining("fixture for expected output");
    }

    @Test
    void testsCountTheirRowsUpToALimit() throws Exception {
        assertThat(
                        stage.rows(
                                "{{ get_test_sql('select generate_series(1, 9) -- all', 'count(*)',"
                                        + " '!= 0', '> 9', 5) }}"))
                .containsExactly("5|true|false");
        assertThat(stage.rows("{{ get_test_sql('select 3 as n', 'sum(n)', '!= 3', '= 3', none) }}"))
                .containsExactly("3|false|true");
    }

    @Test
    void testsReadOnlyTheRowsTheyAreFor() {
        assertThat(stage.render("{{ get_where_subquery(relation) }}"))
                .isEqualTo("\"analytics\".\"colors\"");
        stage.configured("where", "id > 1");
        assertThat(stage.render("{{ get_where_subquery(relation) }}"))
                .isEqualTo("(select * from \"analytics\".\"colors\" where id > 1) dbt_subquery");
    }

    @Test
    void shownQueriesEndInTheirLimit() throws Exception {
        assertThat(stage.rows("{{ get_show_sql('select generate_series(1, 9) -- all', none, 2) }}"))
                .containsExactly("1", "2");
        assertThat(
                        stage.rows(
                                "{{ get_show_sql('select n from x', 'create temporary view x as"
                                        + " select 1 as n;', none) }}"))
                .containsExactly("1");
        assertThat(stage.render("{{ validate_sql('select 1').response }}")).isEqualTo("OK");
        assertThatThrownBy(() -> stage.render("{{ validate_sql('select x') }}"))
                .hasMessageContaining("column \"x\" does not exist");
    }

    @Test
    void settingsOfTheNodeGoBeforeThoseOfTheCommand() throws Exception {
        stage.modelled("config", Map.of("materialized", "incremental"));
        String asked =
                "{{ should_full_refresh() }} {{ should_store_failures() }} {{ is_incremental() }}";
        assertThat(stage.render(asked)).isEqualTo("False False False");

        stage.execute("create table analytics.colors ()");
        assertThat(stage.render(asked)).isEqualTo("False False True");
        stage.flag("FULL_REFRESH", true).flag("STORE_FAILURES", true);
        assertThat(stage.render(asked)).isEqualTo("True True False");
        stage.configured("full_refresh", false).configured("store_failures", false);
        assertThat(stage.render(asked)).isEqualTo("False False True");
        stage.modelled("config", Map.of("materialized", "table"));
        assertThat(stage.render("{{ is_incremental() }}")).isEqualTo("False");
        assertThat(stage.with("execute", false).render("{{ is_incremental() }}"))
                .isEqualTo("False");
    }

    @Test
    void hooksAreWrittenAsTheyAreRead() {
        assertThat(
                        stage.with(
                                        "tojson",
                                        (Invocable)
                                                arguments ->
                                                        Json.write(
                                                                arguments.positional().getFirst()))
                                .render(
                                        "{{ before_begin('a') }}{{ in_transaction('b') }}{{"
                                                + " after_commit('c') }}"))
                .isEqualTo(
                        "{\"sql\": \"a\", \"transaction\": false}{\"sql\": \"b\", \"transaction\":"
                                + " true}{\"sql\": \"c\", \"transaction\": false}");
    }

    @Test
    void modelsInPythonAreRefused() {
        assertThatThrownBy(() -> stage.render("{{ py_script_postfix(model) }}"))
                .hasMessageContaining(
                        "Python models do not run on PostgreSQL; write colors in SQL");
        assertThatThrownBy(
                        () ->
                                stage.render(
                                        "{% call statement('main', language='python') %}x{% endcall"
                                                + " %}"))
                .hasMessageContaining("only be in SQL");
    }
}
