package dev.millrace.transform.model.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.jinja.Globals;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Rendering;
import dev.millrace.transform.jinja.Syntax;
import dev.millrace.transform.jinja.Template;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

class ResultTableTest {

    private static final TestWarehouse WAREHOUSE = TestWarehouse.create();

    private static final ResultTable PEOPLE =
            ResultTable.of(
                    List.of("id", "name"),
                    List.of(List.of(2L, "Zoë"), List.of(1L, "Ann"), List.of(3L, "Ann")));

    private static ResultTable query(String sql) throws Exception {
        try (Connection connection = WAREHOUSE.connection(Role.MODELS);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return ResultTable.read(rows);
        }
    }

    private static String render(ResultTable table, String template) {
        return new Rendering(Globals.of(Map.of("t", table)))
                .render(Template.parse("test", template, Syntax.JINJA))
                .text();
    }

    @Test
    void macrosChooseAndOrderRows() {
        String isAnn = "{% macro ann(row) %}{{ 'x' if row.name == 'Ann' }}{% endmacro %}";

        assertThat(render(PEOPLE, isAnn + "{{ t.where(ann).columns['id'].values() }}"))
                .isEqualTo("(1, 3)");
        assertThat(render(PEOPLE, isAnn + "{{ t.find(ann).id }}")).isEqualTo("1");
        assertThat(render(PEOPLE, isAnn + "{{ t.exclude('name').limit(0).find(ann) }}"))
                .isEqualTo("None");
        assertThat(
                        render(
                                PEOPLE,
                                "{% macro key(row) %}{{ row.name }}{{ row.id }}{% endmacro %}{{"
                                    + " t.order_by(key, reverse=true).columns['id'].values() }}"))
                .isEqualTo("(2, 3, 1)");
    }

    @Test
    void rowsAreGroupedByAColumn() {
        assertThat(
                        render(
                                PEOPLE,
                                "{% for name, group in t.group_by('name').items() %}{{ name }}={{"
                                        + " group.columns['id'].values() }};{% endfor %}"))
                .isEqualTo("Zoë=(2,);Ann=(1, 3);");
        assertThat(
                        render(
                                PEOPLE,
                                "{% set g = t.group_by('name') %}{{ g.keys() }} {{ g['Ann'] |"
                                        + " length }} {{ g[0].rows[0].id }} {{ g.get('x') }} {{"
                                        + " g.key_name }} {{ g | length }}"))
                .isEqualTo("('Zoë', 'Ann') 2 2 None name 2");
    }

    @Test
    void rowsAreGroupedByWhatAMacroSays() {
        assertThat(
                        render(
                                PEOPLE,
                                "{% macro size(row) %}{{ 'big' if row.id > 1 else 'small' }}{%"
                                        + " endmacro %}{{ t.group_by(size).keys() }}"))
                .isEqualTo("('big', 'small')");
    }

    @Test
    void tablesAreJoinedByAColumn() {
        ResultTable cities =
                ResultTable.of(
                        List.of("who", "name", "city"),
                        List.of(List.of(1L, "a", "Berlin"), List.of(3L, "b", "Rome")));
        Globals both = Globals.of(Map.of("t", PEOPLE, "c", cities));

        assertThat(
                        new Rendering(both)
                                .render(
                                        Template.parse(
                                                "test",
                                                "{% set j = t.join(c, 'id', 'who') %}{{"
                                                        + " j.column_names }} {% for r in j %}{{"
                                                        + " r.values() }}{% endfor %} {{ t.join(c,"
                                                        + " 'id', 'who', inner=true) | length }}",
                                                Syntax.JINJA))
                                .text())
                .isEqualTo(
                        "('id', 'name', 'name2', 'city') (2, 'Zoë', None, None)(1, 'Ann', 'a',"
                                + " 'Berlin')(3, 'Ann', 'b', 'Rome') 2");
        assertThatThrownBy(() -> render(PEOPLE, "{{ t.join(t, 'nothing') }}"))
                .hasMessageContaining("the table has no column 'nothing'");
        assertThatThrownBy(() -> render(PEOPLE, "{{ t.join(5, 'id') }}"))
                .hasMessageContaining("a table is joined with a table");
    }

    @Test
    void aTableIsWrittenAsJsonAndCsv() {
        WrittenTable written =
                new WrittenTable(
                        ResultTable.of(
                                List.of("id", "said"),
                                List.of(List.of(1L, "a, \"b\""), List.of(2L, "c"))));

        assertThat(written.json())
                .isEqualTo(
                        "[{\"id\": 1, \"said\": \"a, \\\"b\\\"\"}, {\"id\": 2, \"said\": \"c\"}]");
        assertThat(written.csv()).isEqualTo("id,said\n1,\"a, \"\"b\"\"\"\n2,c");
        assertThat(render(PEOPLE, "{{ t.print_json() }}{{ t.print_csv() }}")).isEqualTo("NoneNone");
        assertThatThrownBy(() -> render(PEOPLE, "{{ t.to_json('x.json') }}"))
                .hasMessageContaining("a template writes no files");
    }

    @Test
    void printingATableIsForTheLogAndGivesNothing() {
        assertThat(render(PEOPLE, "{{ t.print_table() }}")).isEqualTo("None");
        assertThat(render(PEOPLE, "{{ t }}"))
                .isEqualTo(
                        """
                        | id | name |
                        | -- | ---- |
                        |  2 | Zoë  |
                        |  1 | Ann  |
                        |  3 | Ann  |
                        """);
    }

    @Test
    void aStatementWithoutRowsGivesATableOfNothing() {
        assertThat(render(ResultTable.EMPTY, "{{ t | length }}{{ t.column_names }}{{ t.rows }}"))
                .isEqualTo("0()<agate.MappedSequence: ()>");
    }

    @Test
    void itKnowsTheTypesThatDbtWouldGiveItsColumns() throws Exception {
        ResultTable table =
                query(
                        "select 1 as i, 1.0 as whole, 1.5 as real, date '2024-01-01' as d,"
                                + " now() as t, true as b, 'x' as s, null as n");

        assertThat(List.of(0, 1, 2, 3, 4, 5, 6, 7).stream().map(table::sqlType).toList())
                .containsExactly(
                        "integer",
                        "integer",
                        "float8",
                        "date",
                        "timestamp without time zone",
                        "boolean",
                        "text",
                        "integer");
    }

    @Test
    void theRowsAreThereAsTuples() throws Exception {
        assertThat(query("select 1 as a, 'x' as b").data()).hasToString("[[1, x]]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "date 'infinity' | infinity",
                "timestamp '-infinity' | -infinity",
                "date '0044-03-15 BC' | 0044-03-15 BC",
                "'NaN'::float8 | nan",
                "'NaN'::numeric | nan",
                "'-Infinity'::float4 | -inf",
                "9223372036854775807 | 9223372036854775807",
                "'[0:1]={5,6}'::int[] | [5, 6]",
                "array['a\"b', 'c\\d', '', 'NULL', null] | [\"a\\\"b\", \"c\\\\d\", \"\", \"NULL\","
                        + " null]",
                "'{}'::text[] | []",
                "'\\x00ff'::bytea | \\x00ff",
                "'[1,5)'::int4range | [1,5)",
                "'{\"a\": 12345678901234567890}'::jsonb | {\"a\": 12345678901234567890}",
                "'{\"a\": 1e3}'::json | {\"a\": 1000.0}",
                "array['[1]'::jsonb] | [[1]]",
                "interval '-1 day -02:03:04.5' | -2 days, 21:56:55.500000",
            })
    void whatPythonDoesNotHaveStaysText(String sql, String text) throws Exception {
        assertThat(render(query("select " + sql), "{{ t.rows[0][0] }}")).isEqualTo(text);
    }

    @Test
    void theColumnsOfTablesAreAsThoseOfExpressions() throws Exception {
        WAREHOUSE.execute(
                Role.MODELS,
                """
                CREATE SCHEMA IF NOT EXISTS analytics;
                CREATE TYPE analytics.mood AS ENUM ('ok');
                CREATE DOMAIN analytics.amount AS numeric(9, 2);
                CREATE TABLE analytics.things (id bigserial, m analytics.mood, a analytics.amount);
                INSERT INTO analytics.things (m, a) VALUES ('ok', 5);
                """);

        assertThat(render(query("select * from analytics.things"), "{{ t.rows[0].values() }}"))
                .isEqualTo("(1, 'ok', Decimal('5.00'))");
    }

    @Test
    void moreThanATemplateMayHaveIsRefused() {
        assertThatThrownBy(
                        () ->
                                query(
                                        "select 1, 2, 3, 4, 5, 6, 7, 8, 9, 10"
                                                + " from generate_series(1, 100001)"))
                .isInstanceOf(JinjaException.class)
                .hasMessageContaining("more than 1000000 values")
                .hasMessageContaining("let the query sum up or limit");
        assertThatThrownBy(() -> query("select repeat('x', 1000000) from generate_series(1, 65)"))
                .hasMessageContaining("more than 64000000 characters");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "t.select('zz') | the table has no column 'zz', only [id, name]",
                "t.order_by('zz') | the table has no column 'zz'",
                "t.rename(column_names=['a']) | 1 names for 2 columns",
                "t.limit(1, 2, -1) | the step must be 1 or more",
                "t.where(5) | need a macro",
                "t.merge([5]) | needs tables, not int",
                "t.merge([t, t.select('id')]) | the tables have other columns",
                "t.rows.dict() | the rows of a table have no names",
                "t.rows[0].index('zz') | 'zz' is not in the Row",
                "t.rows[0].zz + 1 | has no attribute 'zz'",
                "t.frobnicate() | has no attribute 'frobnicate'",
            })
    void mistakesAreSaidPlainly(String expression, String problem) {
        assertThatThrownBy(() -> render(PEOPLE, "{{ " + expression + " }}"))
                .isInstanceOf(JinjaException.class)
                .hasMessageContaining(problem);
    }
}
