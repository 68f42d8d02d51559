package dev.millrace.transform.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transform.jinja.Values;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;

class RelationMacrosTest {

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

    private void run(String template) throws SQLException {
        stage.execute(stage.render(template));
    }

    private List<String> relations() throws SQLException {
        return stage.rows(
                "{% for r in list_relations_without_caching(table) %}{{ 'union all ' if not"
                    + " loop.first }}select '{{ r.name }} {{ r.type }}'{% else %}select null where"
                    + " false{% endfor %} order by 1");
    }

    @Test
    void aMaterializationOfAProjectReplacesATable() throws Exception {
        stage.execute("create table analytics.a as select 1 as id");
        stage.with("pre_hooks", Values.of(List.of(hook("create table analytics.before ()", true))))
                .with(
                        "post_hooks",
                        Values.of(List.of(hook("create table analytics.after ()", false))))
                .with("this", StageRelation.table("analytics", "a"))
                .with("sql", "select 2 as id")
                .configured("indexes", List.of(Map.of("columns", List.of("id"), "unique", true)))
                .configured("grants", Map.of("select", List.of("millrace_reader")));

        stage.render(
                """
                {% set existing = load_cached_relation(this) %}
                {% set target_relation = this.incorporate(type='table') %}
                {% set intermediate = make_intermediate_relation(target_relation) %}
                {% set backup = make_backup_relation(target_relation, existing.type) %}
                {{ drop_relation_if_exists(load_cached_relation(intermediate)) }}
                {{ run_hooks(pre_hooks, inside_transaction=False) }}
                {{ run_hooks(pre_hooks, inside_transaction=True) }}
                {% call statement('main') -%}
                  {{ get_create_table_as_sql(False, intermediate, sql) }}
                {%- endcall %}
                {% do create_indexes(intermediate) %}
                {% do rename_relation(existing, backup) %}
                {% do rename_relation(intermediate, target_relation) %}
                {% do apply_grants(target_relation, config.get('grants'), should_revoke(existing)) %}
                {{ run_hooks(post_hooks, inside_transaction=True) }}
                {{ drop_relation_if_exists(backup) }}
                {{ run_hooks(post_hooks, inside_transaction=False) }}
                """);

        assertThat(stage.executed())
                .startsWith("create table analytics.before ()")
                .endsWith("commit;", "create table analytics.after ()");
        assertThat(stage.rows("select * from analytics.a")).containsExactly("2");
        assertThat(relations()).containsExactly("a table", "after table", "before table");
        assertThat(
                        stage.rows(
                                "select method || ' ' || \"unique\" || ' ' || column_names from ({{"
                                        + " get_show_indexes_sql(table) }}) s"))
                .containsExactly("btree true id");
    }

    private static Map<String, Object> hook(String sql, boolean inTransaction) {
        return Map.of("sql", sql, "transaction", inTransaction, "index", 1);
    }

    @Test
    void namesStayUnderTheLimitOfTheDatabase() {
        stage.with("long", StageRelation.table("analytics", "x".repeat(63)));

        assertThat(
                        stage.render(
                                "{{ make_intermediate_relation(long).identifier }} {{"
                                        + " make_backup_relation(long, 'view').identifier }} {{"
                                        + " make_backup_relation(long, 'view').type }}"))
                .isEqualTo("x".repeat(54) + "__dbt_tmp " + "x".repeat(51) + "__dbt_backup view");
        assertThat(stage.render("{{ make_temp_relation(long) }}"))
                .matches("\"x+__dbt_tmp\\d+\"")
                .hasSize(65);
        assertThatThrownBy(
                        () ->
                                stage.render(
                                        "{{ make_intermediate_relation(long, '%s') }}"
                                                .formatted("y".repeat(64))))
                .hasMessageContaining("suffix is too long (64 characters)");
        stage.modelled("batch", Map.of("id", "20200101"));
        assertThat(stage.render("{{ make_temp_relation(table) }}"))
                .startsWith("\"a__dbt_tmp_20200101");
    }

    @Test
    void relationsOfAllKindsAreCreatedRenamedAndDropped() throws Exception {
        stage.configured("unlogged", true).configured("sql_header", "set application_name = 'x';");
        run("{{ get_create_sql(table, 'select 1 as id -- one') }}");
        run("{{ get_create_sql(view, 'select 1 as id -- one') }}");
        run("{{ get_create_sql(mview, 'select 1 as id -- one') }}");
        assertThat(stage.rows("select relpersistence from pg_class where relname = 'a'"))
                .containsExactly("u");
        assertThat(stage.rows("show application_name")).containsExactly("x");
        assertThat(relations()).containsExactly("a table", "b view", "m materialized_view");

        run("{{ get_rename_sql(table, 'a2') }}");
        run("{{ get_rename_sql(view, 'b2') }}");
        run("{{ get_rename_sql(mview, 'm2') }}");
        assertThat(relations()).containsExactly("a2 table", "b2 view", "m2 materialized_view");

        for (String name : List.of("table", "view", "mview")) {
            run(
                    "{{ get_drop_sql(%s.incorporate(path={'identifier': %s.identifier ~ '2'})) }}"
                            .formatted(name, name));
        }
        assertThat(relations()).isEmpty();
    }

    @Test
    void relationsReplaceOthersOfAnyKind() throws Exception {
        run("{{ get_create_sql(table, 'select 1 as id') }}");
        run("{{ get_replace_sql(table, table, 'select 2 as other') }}");
        assertThat(stage.rows("select other from analytics.a")).containsExactly("2");

        run(
                "{% set v = table.incorporate(type='view') %}{{ get_replace_sql(table, v, 'select 3"
                        + " as id') }}");
        assertThat(relations()).containsExactly("a view");
        run(
                "{{ get_replace_sql(view.incorporate(path={'identifier': 'a'}),"
                        + " view.incorporate(path={'identifier': 'a'}), 'select 4 as id') }}");
        assertThat(stage.rows("select id from analytics.a")).containsExactly("4");

        run(
                "{% set m = table.incorporate(type='materialized_view') %}{{"
                    + " get_replace_sql(table.incorporate(type='view'), m, 'select 5 as id') }}");
        assertThat(relations()).containsExactly("a materialized_view");
        run(
                "{% set m = table.incorporate(type='materialized_view') %}{{ get_replace_sql(m, m,"
                        + " 'select 6 as id') }}");
        assertThat(stage.rows("select id from analytics.a")).containsExactly("6");
        run(
                "{% set m = table.incorporate(type='materialized_view') %}{{ get_replace_sql(m,"
                        + " table, 'select 7 as id') }}");
        assertThat(relations()).containsExactly("a table");
        assertThat(stage.rows("select id from analytics.a")).containsExactly("7");
    }

    @Test
    void materializedViewsAreRefreshedOrTheirIndexesChanged() throws Exception {
        stage.execute("create table analytics.source as select 1 as a, 2 as b");
        stage.configured("indexes", List.of(Map.of("columns", List.of("a", "b"))));
        run(
                "{{ get_create_materialized_view_as_sql(mview, 'select a, b from analytics.source')"
                        + " }}");
        stage.execute("insert into analytics.source values (3, 4)");

        String build = "{{ materialized_view_get_build_sql(mview, mview, none, none) }}";
        assertThat(stage.render(build)).isEqualTo("refresh materialized view \"analytics\".\"m\"");
        run(build);
        assertThat(stage.rows("select count(*) from analytics.m")).containsExactly("2");

        stage.configured(
                "indexes",
                List.of(
                        Map.of("columns", List.of("b"), "type", "hash"),
                        Map.of("columns", List.of("a"), "unique", true)));
        stage.configured("on_configuration_change", "continue");
        assertThat(stage.render(build)).isEmpty();
        assertThat(stage.warnings()).singleElement().asString().contains("`continue`");
        stage.configured("on_configuration_change", "fail");
        assertThatThrownBy(() -> stage.render(build)).hasMessageContaining("raise_fail_fast_error");
        stage.configured("on_configuration_change", "apply");
        run(build);
        assertThat(
                        stage.rows(
                                "select method || ' ' || \"unique\" || ' ' || column_names from ({{"
                                        + " get_show_indexes_sql(mview) }}) s order by 1"))
                .containsExactly("btree true a", "hash false b");
    }

    @Test
    void schemasComeAndGo() throws Exception {
        stage.execute("drop schema analytics");
        stage.render("{% do create_schema(table) %}{% do create_schema(table) %}");
        assertThat(
                        stage.render(
                                "{{ check_schema_exists('information_schema', 'analytics')[0][0] }}"
                                    + " {{ check_schema_exists('information_schema', 'other')[0][0]"
                                    + " }} {{ 'analytics' in list_schemas('x') | map(attribute=0) |"
                                    + " list }}"))
                .isEqualTo("1 0 True");
        stage.execute("create table analytics.a ()");
        stage.render("{% do drop_schema(table) %}");
        assertThat(
                        stage.render(
                                "{{ check_schema_exists('information_schema', 'analytics')[0][0]"
                                        + " }}"))
                .isEqualTo("0");
    }

    @Test
    void columnsChangeTheirTypesWithTheirRows() throws Exception {
        stage.execute(
                "create table analytics.a as select 7 as n, 1 as z;"
                        + " create view analytics.b as select n from analytics.a");

        stage.render("{% do alter_column_type(table, 'n', 'text') %}");

        assertThat(stage.rows("select n || '!', z from analytics.a")).containsExactly("7!|1");
        assertThat(relations()).containsExactly("a table");
    }
}
