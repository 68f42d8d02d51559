package dev.millrace.transform.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.project.Problems;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

class NodeDescriptionTest {

    @Test
    void aTemplateSeesTheSameKeysWhenItIsReadAsWhenItIsCompiled() throws Exception {
        ModelGraph graph =
                TestProjects.graph(
                        "dbt_project.yml",
                        """
                        name: shop
                        models: {shop: {+tags: [all], +meta: {owner: us}}}
                        """,
                        "models/marts/a.sql",
                        "{{ config(alias='b', tags=['mine']) }}{{ model.resource_type }}"
                                + " {{ model.unique_id }} {{ model.package_name }}"
                                + " {{ model.original_file_path }} {{ model.fqn | join('.') }}"
                                + " {{ model.schema }}.{{ model.alias }}"
                                + " {{ model.tags | join(',') }} {{ model.config.meta.owner }}");

        assertThat(compiled(graph))
                .isEqualTo(
                        "model model.shop.a shop models/marts/a.sql shop.marts.a analytics.b"
                                + " all,mine us");
    }

    @Test
    void theNamingMacrosSeeTheSettingsOfTheNode() throws Exception {
        ModelGraph graph =
                TestProjects.graph(
                        "macros/names.sql",
                        "{% macro generate_schema_name(custom, node) %}{{ node.tags[0] }}_{{"
                                + " node.config.materialized }}_{{ node.fqn[1] }}{% endmacro %}",
                        "models/marts/a.sql",
                        "{{ config(tags=['red'], materialized='table') }}select 1 as n");

        assertThat(node(graph).relation()).hasToString("red_table_marts.a");
    }

    @Test
    void hooksSayWhetherTheyRunInATransaction() throws Exception {
        ModelGraph graph =
                TestProjects.graph(
                        "dbt_project.yml",
                        """
                        name: shop
                        models:
                          shop:
                            +post-hook: [{sql: vacuum a, transaction: false}, {sql: analyze a}]
                        """,
                        "models/a.sql",
                        "{{ config(pre_hook='select 1', post_hook={'sql': 'vacuum b',"
                                + " 'transaction': False}) }}select 1 as n");
        Node.Settings settings = node(graph).settings();

        assertThat(settings.preHooks()).containsExactly(new Node.Hook("select 1", true));
        assertThat(settings.postHooks())
                .containsExactly(
                        new Node.Hook("vacuum a", false),
                        new Node.Hook("analyze a", true),
                        new Node.Hook("vacuum b", false));
    }

    @Test
    void aVariableOfTheRunMayBeNullAndHidesThatOfTheProject() throws Exception {
        Map<String, Object> vars = new HashMap<>();
        vars.put("n", null);
        Problems problems = new Problems();
        ModelGraph graph =
                ModelGraph.read(
                                TestProjects.of(
                                        "dbt_project.yml",
                                        "name: shop\nvars: {n: 5}\n",
                                        "models/a.sql",
                                        "{{ var('n') is none }} {{ var.has_var('n') }}"),
                                TestProjects.environment(),
                                vars,
                                problems)
                        .orElseThrow();

        assertThat(problems.list()).isEmpty();
        assertThat(compiled(graph)).isEqualTo("True True");
    }

    private static String compiled(ModelGraph graph) {
        return new Compiler(graph, "run-1", Instant.EPOCH).compile(node(graph)).sql();
    }

    private static Node node(ModelGraph graph) {
        return Objects.requireNonNull(graph.nodes().get("model.shop.a"));
    }
}
