package dev.millrace.transform.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.jinja.Values;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.Map;

class MetadataMacrosTest {

    private MacroStage stage;

    @BeforeEach
    void openTheStage() throws Exception {
        stage = MacroStage.create();
        stage.with("table", StageRelation.table("analytics", "a"))
                .with("view", StageRelation.view("analytics", "b"))
                .with("mview", new StageRelation(null, "analytics", "m", "materialized_view"));
    }

    @AfterEach
    void closeTheStage() throws Exception {
        stage.close();
    }

    @Test
    void columnsAreThoseOfAnyRelation() throws Exception {
        stage.execute(
                """
                create type analytics.mood as enum ('ok');
                create table analytics.a (id bigint, "Text" text, code varchar(12), price numeric(10, 2),
                  bare numeric, tags text[], mood analytics.mood, at timestamptz, gone int);
                alter table analytics.a drop column gone;
                create materialized view analytics.m as select id, tags from analytics.a;
                create temporary table t (x varchar);
                """);

        String columns = "{%% for c in get_columns_in_relation(%s) %%}{{ c }}{%% endfor %%}";
        assertThat(stage.render(columns.formatted("table")))
                .isEqualTo(
                        "<Column id (bigint)><Column Text (text)><Column code (character"
                                + " varying(12))><Column price (numeric(10,2))><Column bare"
                                + " (numeric)><Column tags (text[])><Column mood"
                                + " (analytics.mood)><Column at (timestamp with time zone)>");
        assertThat(stage.render(columns.formatted("mview")))
                .isEqualTo("<Column id (bigint)><Column tags (text[])>");
        assertThat(stage.render(columns.formatted("api.Relation.create(identifier='t')")))
                .isEqualTo("<Column x (character varying)>");
        assertThat(stage.render("{{ get_columns_in_query('select 1 as \"A\", 2 as b -- all') }}"))
                .isEqualTo("['A', 'b']");
        assertThat(stage.render("{{ get_list_of_column_names(get_columns_in_relation(mview)) }}"))
                .isEqualTo("['id', 'tags']");
    }

    @Test
    void descriptionsAreKeptAsComments() throws Exception {
        stage.execute("create table analytics.a as select 1 as id, 2 as \"Two\"");
        stage.configured("persist_docs", Map.of("relation", true, "columns", true));
        stage.with(
                "node",
                Values.of(
                        Map.of(
                                "description",
                                "It's \\ a $$ table",
                                "columns",
                                Map.of(
                                        "id", Map.of("description", "the 'id'"),
                                        "Two", Map.of("description", "2", "quote", true),
                                        "three", Map.of("description", "3")))));

        stage.render("{% do persist_docs(table, node) %}");

        assertThat(
                        stage.rows(
                                "select obj_description('analytics.a'::regclass),"
                                        + " col_description('analytics.a'::regclass, 1),"
                                        + " col_description('analytics.a'::regclass, 2)"))
                .containsExactly("It's \\ a $$ table|the 'id'|2");
        assertThat(stage.warnings()).singleElement().asString().endsWith("in the database: three");
    }

    @Test
    void theCatalogAndTheDependenciesAreRead() throws Exception {
        stage.execute(
                """
                create table analytics.a (id int);
                comment on table analytics.a is 'all';
                create view analytics.b as select id, id + 1 as next from analytics.a;
                create temporary table a (x int);
                """);
        stage.with("schema", Values.of(Map.of("database", "db")));

        assertThat(stage.render("{{ get_catalog(schema, ['ANALYTICS']) }}"))
                .isEqualTo(
                        "[['db', 'analytics', 'a', 'BASE TABLE', 'all', 'id', 1, 'integer', None,"
                            + " 'millrace_models'], ['db', 'analytics', 'b', 'VIEW', None, 'id', 1,"
                            + " 'integer', None, 'millrace_models'], ['db', 'analytics', 'b',"
                            + " 'VIEW', None, 'next', 2, 'integer', None, 'millrace_models']]");
        assertThat(stage.render("{{ get_catalog_relations(schema, [view]) | length }}"))
                .isEqualTo("2");
        assertThat(stage.render("{{ get_relations() }}"))
                .isEqualTo("[['analytics', 'b', 'analytics', 'a']]");
    }

    @Test
    void freshnessIsTheLatestTimeAndTheTimeNow() throws Exception {
        stage.execute(
                "create table analytics.a as select t, t > '2020-02-01' as late from"
                        + " (values (timestamp '2020-01-01'), ('2020-03-01')) v(t)");

        assertThat(
                        stage.render(
                                "{{ collect_freshness(table, 't', none).table[0]['max_loaded_at']"
                                        + " }}"))
                .isEqualTo("2020-03-01 00:00:00.0");
        assertThat(
                        stage.render(
                                "{{ collect_freshness(table, 't', 'not"
                                        + " late').table[0].max_loaded_at }}"))
                .isEqualTo("2020-01-01 00:00:00.0");
        assertThat(
                        stage.render(
                                "{{ collect_freshness_custom_sql(table, 'with x as (select 1 as"
                                    + " one) select one from x -- all').table[0]['max_loaded_at']"
                                    + " }}"))
                .isEqualTo("1");
    }
}
