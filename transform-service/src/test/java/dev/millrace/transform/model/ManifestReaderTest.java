package dev.millrace.transform.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.ProjectLoader;
import dev.millrace.contracts.project.ProjectLoader.Kind;
import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Place;
import dev.millrace.transform.model.compile.Compiled;
import dev.millrace.transform.model.compile.Compiler;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.parse.ManifestReader;

import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.Set;

class ManifestReaderTest {

    @Test
    void aDirectoryWithoutDbtProjectHasNoModels() throws Exception {
        Project project =
                new ProjectLoader(Environment.of(Map.of()), Set.of(Kind.SOURCES))
                        .load(ProjectFiles.of(Map.of()));

        assertThat(TestProjects.read(project, Map.of(), new Problems())).isEmpty();
    }

    @Test
    void nodesStandAfterWhatTheyRead() throws Exception {
        Manifest graph =
                TestProjects.manifest(
                        "models/a_last.sql", "select * from {{ ref('m_middle') }}",
                        "models/m_middle.sql", "select * from {{ ref('shop', 'z_first') }}",
                        "models/z_first.sql",
                                "select * from {{ source('web', 'order_completed') }}");

        assertThat(graph.nodes().keySet())
                .containsExactly("model.shop.z_first", "model.shop.m_middle", "model.shop.a_last");
        assertThat(graph.parents("model.shop.z_first"))
                .containsExactly("source.shop.web.order_completed");
        assertThat(graph.children("model.shop.z_first")).containsExactly("model.shop.m_middle");
        assertThat(graph.sources().values())
                .extracting(table -> table.relation().name())
                .containsExactly(new RelationName("web", "order_completed"));
    }

    @Test
    void theNearestSettingWinsAndTagsAddUp() throws Exception {
        Manifest graph =
                TestProjects.manifest(
                        "dbt_project.yml",
                        """
                        name: shop
                        models:
                          shop:
                            +materialized: view
                            +tags: all
                            marts:
                              +materialized: table
                              +schema: marts
                              +tags: [mart]
                              finance: {materialized: ephemeral}
                        """,
                        "models/marts/finance/a.sql",
                        "select 1",
                        "models/marts/finance/b.sql",
                        "{{ config(materialized='view', tags=['own'], alias='bee') }} select 1",
                        "models/marts/finance/c.sql",
                        "select 1",
                        "models/marts/d.sql",
                        "select 1",
                        "models/e.sql",
                        "select 1",
                        "models/marts/finance/schema.yml",
                        """
                        models:
                          - name: c
                            description: It's c
                            config: {materialized: table, tags: yaml}
                            columns: [{name: id, description: who}]
                        """);

        assertThat(graph.nodes().values())
                .extracting(
                        node ->
                                node.name()
                                        + " "
                                        + node.materialized()
                                        + " "
                                        + node.settings().tags())
                .containsExactlyInAnyOrder(
                        "a ephemeral [all, mart]",
                        "b view [all, mart, own]",
                        "c table [all, mart, yaml]",
                        "d table [all, mart]",
                        "e view [all]");
        Node b = node(graph, "b");
        assertThat(b.relationName()).isEqualTo(new RelationName("analytics_marts", "bee"));
        assertThat(node(graph, "c").properties().description()).isEqualTo("It's c");
    }

    @Test
    void aProjectNamesItsSchemasItself() throws Exception {
        Manifest graph =
                TestProjects.manifest(
                        "macros/names.sql",
                        """
                        {% macro generate_schema_name(custom_schema_name, node) %}
                          {% if node.resource_type == 'seed' %}{{ custom_schema_name | trim }}
                          {% elif custom_schema_name is none %}{{ target.schema }}
                          {% else %}{{ custom_schema_name }}_{{ node.name }}{% endif %}
                        {% endmacro %}
                        """,
                        "dbt_project.yml",
                        "name: shop\nseeds: {shop: {+schema: raw}}\n",
                        "models/a.sql",
                        "{{ config(schema='x') }} select 1",
                        "models/b.sql",
                        "select 1",
                        "seeds/c.csv",
                        "id\n1\n");

        assertThat(graph.nodes().values())
                .extracting(node -> node.relationName().toString())
                .containsExactlyInAnyOrder("x_a.a", "analytics.b", "raw.c");
    }

    @Test
    void mistakesAreToldAllAtOnceWithTheirPlace() throws Exception {
        assertThat(
                        TestProjects.problems(
                                "models/a.sql", "select *\nfrom {{ ref('ordrs') }}",
                                "models/orders.sql", "select * from {{ source('wbe', 'x') }}",
                                "models/b.sql", "select * from {{ source('clicks', 'clik') }}",
                                "models/d.sql", "{{ config(materialised='view') }}",
                                "models/e.sql", "{{ config(materialized='tabel') }}",
                                "models/f.sql", "{{ config(materialized='incremental') }}",
                                "models/g.sql", "{% if %}",
                                "models/x/i.py", "def model(): pass",
                                "models/k.sql", "{{ var('thresold') }}",
                                "models/l.sql", "{{ env_var('SECRET') }}",
                                "macros/m.sql", "{% macro m() %}{{ 1 }{% endmacro %}",
                                "models/props.yml", "models:\n  - name: ordes\n",
                                "dbt_project.yml", "name: shop\nvars: {threshold: 1}\n"))
                .anyMatch(
                        p ->
                                p.equals(
                                        "models/a.sql:2:9: there is no model 'ordrs'; did you mean"
                                                + " 'orders'?"))
                .anyMatch(
                        p ->
                                p.startsWith(
                                        "models/orders.sql:1:18: there is no source 'wbe'; did you"
                                                + " mean 'web'?"))
                .anyMatch(
                        p ->
                                p.startsWith(
                                        "models/b.sql:1:18: the source 'clicks' has no stream"
                                                + " 'clik'; did you mean 'click'?"))
                .anyMatch(
                        p ->
                                p.startsWith(
                                        "models/e.sql:1:1: 'tabel' is no materialization; did you"
                                                + " mean 'table'?"))
                .anyMatch(p -> p.startsWith("models/g.sql:1:7: expected an expression"))
                .anyMatch(p -> p.startsWith("models/x/i.py:1:1: models in Python are not offered"))
                .anyMatch(
                        p ->
                                p.startsWith(
                                        "models/l.sql:1:11: models may not read the environment"
                                                + " variable SECRET"))
                .anyMatch(p -> p.startsWith("macros/m.sql:1:"))
                .hasSize(8);
    }

    @Test
    void aCircleIsToldWithItsPath() throws Exception {
        assertThat(
                        TestProjects.problems(
                                "models/a.sql", "select * from {{ ref('b') }}",
                                "models/b.sql", "select * from {{ ref('c') }}",
                                "models/c.sql", "select * from {{ ref('a') }}"))
                .containsExactly(
                        "models/a.sql:1:1: models read one another in a circle: a reads b reads c"
                                + " reads a");
    }

    @Test
    void whatIsSwitchedOffMayBeWrong() throws Exception {
        Manifest graph =
                TestProjects.manifest(
                        "models/a.sql",
                        "{{ config(enabled=false) }} {{ ref('gone') }}",
                        "models/b.sql",
                        "select 1",
                        "models/off/c.sql",
                        "{{ ref('gone') }}",
                        "dbt_project.yml",
                        """
                        name: shop
                        models: {shop: {off: {+enabled: "{{ var('load', false) }}"}}}
                        """);

        assertThat(graph.nodes()).containsOnlyKeys("model.shop.b");
        assertThat(
                        TestProjects.problems(
                                "models/a.sql", "{{ config(enabled=false) }} select 1",
                                "models/b.sql", "select * from {{ ref('a') }}"))
                .containsExactly("models/b.sql:1:18: it refers to 'a', which is switched off");
    }

    @Test
    void sourcesAndExposuresThatAreSwitchedOffAreKeptApart() throws Exception {
        Manifest graph =
                TestProjects.manifest(
                        "models/web.yml",
                        """
                        sources:
                          - name: shop
                            config: {enabled: false}
                            tables: [{name: orders}, {name: visits, config: {enabled: true}}]
                        exposures:
                          - {name: board, type: dashboard, owner: {name: Ada}, config: {enabled: false}}
                          - {name: report, type: analysis, owner: {name: Ada}}
                        """);

        assertThat(graph.disabledSources()).containsOnlyKeys("source.shop.shop.orders");
        assertThat(graph.sources()).containsOnlyKeys("source.shop.shop.visits");
        assertThat(graph.disabledOthers()).containsOnlyKeys("exposure.shop.board");
        assertThat(graph.others()).containsOnlyKeys("exposure.shop.report");
    }

    @Test
    void whoReadsASourceThatIsSwitchedOffIsTold() {
        assertThatThrownBy(
                        () ->
                                TestProjects.manifest(
                                        "models/web.yml",
                                        "sources: [{name: shop, tables: [{name: orders, config:"
                                                + " {enabled: false}}]}]",
                                        "models/a.sql",
                                        "select * from {{ source('shop', 'orders') }}"))
                .hasMessageContaining(
                        "it refers to the source 'shop.orders', which is switched off");
    }

    @Test
    void aSettingWithoutValueTakesAwayTheOneOfTheLevelBefore() throws Exception {
        Manifest graph =
                TestProjects.manifest(
                        "dbt_project.yml",
                        """
                        name: shop
                        models:
                          +schema: marts
                          shop:
                            raw: {+schema: null}
                        """,
                        "models/raw/a.sql",
                        "select 1 as id",
                        "models/b.sql",
                        "{{ config(schema=none) }} select 1 as id",
                        "models/c.sql",
                        "select 1 as id",
                        "models/c.yml",
                        "models: [{name: c, config: {schema: null}}]",
                        "models/d.sql",
                        "select 1 as id");

        assertThat(graph.nodes().values())
                .extracting(Node::relationName)
                .extracting(RelationName::schema)
                .containsExactlyInAnyOrder(
                        "analytics", "analytics", "analytics", "analytics_marts");
    }

    @Test
    void twoModelsCannotBeOneRelation() throws Exception {
        assertThat(
                        TestProjects.problems(
                                "models/a.sql", "{{ config(alias='x') }} select 1",
                                "models/x.sql", "select 1"))
                .singleElement()
                .asString()
                .contains("it would be analytics.x, as would");
    }

    @Test
    void macrosDispatchToPostgresql() throws Exception {
        ManifestReader.Read graph =
                TestProjects.read(
                        "macros/cents.sql",
                        """
                        {% macro cents(c) -%}
                          {{ return(adapter.dispatch('cents')(c)) }}
                        {%- endmacro %}
                        {% macro default__cents(c) %}wrong{% endmacro %}
                        {% macro postgres__cents(c) -%} ({{ c }}::numeric(16, 2) / 100) {%- endmacro %}
                        {% test positive(model, column_name) %}select 1{% endtest %}
                        """,
                        "models/a.sql",
                        "select {{ cents('x') }}, {{ shop.cents('y') }}");

        assertThat(compile(graph, "a"))
                .isEqualTo("select (x::numeric(16, 2) / 100), (y::numeric(16, 2) / 100)");
    }

    @Test
    void variablesComeFromTheRunThenTheProjectThenTheDefault() throws Exception {
        Project project =
                TestProjects.of(
                        "dbt_project.yml",
                        "name: shop\nvars: {a: 1, b: 2, shop: {b: 3, c: [x, y]}}\n",
                        "models/m.sql",
                        "{{ var('a') }} {{ var('b') }} {{ var('c')|join('-') }} {{ var('d', 'none')"
                                + " }} {{ var.has_var('d') }}");
        ManifestReader.Read read =
                TestProjects.read(project, Map.of("a", 9), new Problems()).orElseThrow();

        assertThat(compile(read, "m")).isEqualTo("9 3 x-y none False");
    }

    @Test
    void ephemeralModelsAreWrittenIntoWhatReadsThem() throws Exception {
        ManifestReader.Read graph =
                TestProjects.read(
                        "models/e1.sql", "{{ config(materialized='ephemeral') }}select 1 as a",
                        "models/e2.sql",
                                "{{ config(materialized='ephemeral') }}select * from {{ ref('e1')"
                                        + " }}",
                        "models/plain.sql", "select * from {{ ref('e2') }} -- end",
                        "models/withs.sql",
                                "-- with\nWITH x as (select 2)\nselect * from x, {{ ref('e1') }};");

        assertThat(compile(graph, "plain"))
                .isEqualTo(
                        """
                        with __dbt__cte__e1 as (
                        select 1 as a
                        ),
                        __dbt__cte__e2 as (
                        select * from __dbt__cte__e1
                        )
                        select * from __dbt__cte__e2 -- end\
                        """);
        assertThat(compile(graph, "withs"))
                .isEqualTo(
                        """
                        -- with
                        WITH __dbt__cte__e1 as (
                        select 1 as a
                        ),
                         x as (select 2)
                        select * from x, __dbt__cte__e1\
                        """);
    }

    @Test
    void placesAreFoundBehindWhatWasWrittenIn() throws Exception {
        ManifestReader.Read graph =
                TestProjects.read(
                        "models/e.sql",
                        "{{ config(materialized='ephemeral') }}select 1 as a",
                        "models/m.sql",
                        """
                        with x as (
                          select b
                          from {{ ref('e') }}
                        )
                        select * from x\
                        """);
        Compiled compiled = compiler(graph).compile(node(graph.manifest(), "m"));

        int offset = compiled.sql().indexOf("select b");
        assertThat(compiled.place(offset)).contains(new Place("models/m.sql", 2, 3));
        assertThat(compiled.line(offset)).isEqualTo(5);
        assertThat(compiled.place(compiled.sql().indexOf("1 as a"))).isEmpty();
    }

    @Test
    void aReferenceThatOnlyARunFindsIsRefused() throws Exception {
        ManifestReader.Read graph =
                TestProjects.read(
                        "models/a.sql", "select 1",
                        "models/b.sql", "{% if execute %}select * from {{ ref('a') }}{% endif %}");

        assertThatThrownBy(() -> compile(graph, "b"))
                .isInstanceOf(JinjaException.class)
                .hasMessageContaining("models/b.sql:1:37: 'a' is referred to only while it runs");
    }

    @Test
    void whatDbtGivesToTemplatesIsThere() throws Exception {
        ManifestReader.Read graph =
                TestProjects.read(
                        "models/dir/a.sql",
                        """
                        {{ config(materialized='table', meta={'k': 1}) }}
                        {{ this.schema }} {{ this.name }} {{ model.name }} {{ model.path }} {{ project_name }}
                        {{ is_incremental() }} {{ execute }} {{ config.get('materialized') }} {{ config.get('x', 5) }}
                        {{ run_started_at.strftime('%Y-%m-%d %H:%M') }} {{ invocation_id }} {{ adapter.quote('a"b') }}
                        {{ log('hi', info=true) }}{{ tojson({'a': [1]}) }} {{ set([1, 1, 2]) }} {{ env_var('DBT_SCHEMA') }}
                        {{ env_var('DBT_NOT', 'otherwise') }} {{ 'true'|as_bool }} {{ target.type }}\
                        """);

        assertThat(compile(graph, "a").strip())
                .isEqualTo(
                        """
                        analytics a a dir/a.sql shop
                        False True table 5
                        2026-01-02 03:04 run-1 "a""b"
                        {"a": [1]} {1, 2} from_env
                        otherwise True postgres\
                        """);
        assertThat(
                        TestProjects.problems(
                                "models/a.sql", "{{ exceptions.raise_compiler_error('no!') }}"))
                .containsExactly("models/a.sql:1:35: no!");
    }

    private static String compile(ManifestReader.Read read, String name) {
        return compiler(read).compile(node(read.manifest(), name)).sql();
    }

    private static Node node(Manifest graph, String name) {
        return graph.find(new Node.Ref(null, name, null), "shop").orElseThrow();
    }

    private static Compiler compiler(ManifestReader.Read read) {
        return new Compiler(read.manifest(), read.workspace(), new NoWarehouse());
    }
}
