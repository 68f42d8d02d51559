package dev.millrace.contracts.project.dbt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.project.InvalidProjectException;
import dev.millrace.contracts.project.ProjectLoader.Kind;
import dev.millrace.contracts.project.WrittenProject;
import dev.millrace.contracts.warehouse.RelationName;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Map;

class DbtFilesTest {

    @Test
    void aProjectFileIsReadWhole() throws InvalidProjectException {
        DbtProject dbt =
                dbt(
                        """
                        name: shop
                        version: '1.0'
                        config-version: 2
                        profile: shop
                        model-paths: [transform, models]
                        seed-paths: data
                        on-run-start: "select 1"
                        on-run-end: [select 2, select 3]
                        vars:
                          start: 2020-01-01
                          end: 2020-01-01 10:20:30
                          limit: 10
                          rate: 0.5
                          on: yes
                          nothing: ~
                          shop: {names: [a, b]}
                        models:
                          +materialized: view
                          shop:
                            marts: {+schema: marts, +tags: [mart], materialized: table}
                        seeds: {+delimiter: ";"}
                        """);

        assertThat(dbt.name()).isEqualTo("shop");
        assertThat(dbt.paths())
                .isEqualTo(
                        new DbtProject.Paths(
                                List.of("transform", "models"),
                                List.of("data"),
                                List.of("macros")));
        assertThat(dbt.hooks())
                .isEqualTo(
                        new DbtProject.Hooks(List.of("select 1"), List.of("select 2", "select 3")));
        assertThat(dbt.vars())
                .isEqualTo(
                        Map.of(
                                "start",
                                "2020-01-01",
                                "end",
                                "2020-01-01 10:20:30",
                                "limit",
                                10,
                                "rate",
                                0.5,
                                "on",
                                true,
                                "shop",
                                Map.of("names", List.of("a", "b"))));
        assertThat(settings(dbt.modelConfig(), "shop", "marts", "orders"))
                .containsExactly(
                        "{materialized=view}",
                        "{}",
                        "{materialized=table, schema=marts, tags=[mart]}");
        assertThat(settings(dbt.seedConfig())).containsExactly("{delimiter=;}");
        assertThat(dbt.target()).isEqualTo(DbtTarget.DEFAULT);
    }

    @Test
    void settingsCanBeMergedFromAnAnchor() throws InvalidProjectException {
        DbtProject dbt =
                dbt(
                        """
                        name: shop
                        models:
                          shop:
                            staging: &staging {+materialized: view, +schema: raw}
                            marts:
                              <<: *staging
                              +materialized: table
                        vars:
                          a: &a {x: 1}
                          b: {<<: *a, y: 2}
                        """);

        assertThat(settings(dbt.modelConfig(), "shop", "marts").getLast())
                .isEqualTo("{materialized=table, schema=raw}");
        assertThat(dbt.vars()).containsEntry("b", Map.of("y", 2, "x", 1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    nme: shop                             | 1:1: the key 'name' is required here
                    {name: shop, modelpaths: [a]}         | 1:14: unknown key 'modelpaths'; did you mean 'model-paths'?
                    name: my shop                         | 1:1: the name 'my shop' must be letters, digits and _
                    {name: shop, model-paths: [../a]}     | 1:14: the path '../a' must lie within the project
                    {name: shop, seed-paths: [/a]}        | 1:14: the path '/a' must lie within the project
                    {name: shop, models: {+materialised: view}} | 1:23: unknown setting 'materialised'; did you mean 'materialized'? (a setting of your own belongs under 'meta')
                    {name: shop, models: {shop: {tag: a}}} | 1:30: 'tag' is neither a directory with settings nor a setting; did you mean 'tags'?
                    {name: shop, models: [a]}             | 1:22: expected keys with values
                    {name: shop, vars: {a: !!int abc}}    | 1:24: 'abc' is no !!int; quote it if it is text
                    {name: shop, vars: 3}                 | 1:20: expected keys with values
                    {name: shop, name: other}             | 1:14: the key 'name' stands already in line 1
                    {name: shop                           | 1:12: this is not valid YAML: expected ',' or '}', but got <stream end>
                    """)
    void aMistakeInTheProjectFileIsToldWithItsPlace(String text, String mistake) {
        assertThat(mistakes("dbt_project.yml", text)).contains("dbt_project.yml:" + mistake);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    model: [{name: a}]                       | 1:1: unknown key 'model'; did you mean 'models'?
                    models: [{nam: a}]                       | 1:10: the key 'name' is required here
                    models: [{name: a, descripton: b}]       | 1:20: unknown key 'descripton'; did you mean 'description'?
                    models: [{name: a}, {name: a}]           | 1:22: 'a' is described already at models/a.yml:1:11
                    models: [{name: a, config: {materialised: table}}] | 1:29: unknown setting 'materialised'; did you mean 'materialized'? (a setting of your own belongs under 'meta')
                    models: [{name: a, columns: [{nme: b}]}] | 1:30: the key 'name' is required here
                    models: [{name: a, columns: [{name: b, test: [c]}]}] | 1:40: unknown key 'test'; did you mean 'tests'?
                    seeds: [{name: a, config: {colum_types: {}}}] | 1:28: unknown setting 'colum_types'; did you mean 'column_types'? (a setting of your own belongs under 'meta')
                    sources: [{name: a, tables: [{nam: b}]}] | 1:30: the key 'name' is required here
                    sources: [{name: a, tabels: []}]         | 1:21: unknown key 'tabels'; did you mean 'tables'?
                    models: a                                | 1:9: expected keys with values
                    models: [{name: [a]}]                    | 1:17: expected text
                    [                                        | 1:2: this is not valid YAML: expected the node content, but found '<stream end>'
                    """)
    void aMistakeInAPropertiesFileIsToldWithItsPlace(String text, String mistake) {
        assertThat(
                        WrittenProject.of("dbt_project.yml", "name: shop")
                                .with("models/a.yml", text)
                                .readBy(Kind.MODELS)
                                .mistakes())
                .contains("models/a.yml:" + mistake);
    }

    @Test
    void whatPropertiesFilesSayIsRead() throws InvalidProjectException {
        DbtProject dbt =
                WrittenProject.of("dbt_project.yml", "name: shop")
                        .with(
                                "models/a.yml",
                                """
                                version: 2
                                anchors: &c {description: The id, tests: [unique]}
                                models:
                                  - name: orders
                                    description: All orders
                                    config: {pre-hook: select 1, materialized: table}
                                    columns: [{<<: *c, name: id}, {name: at}]
                                exposures: [{name: x}]
                                sources:
                                  - name: web
                                    schema: raw
                                    tables: [{name: pages, identifier: page_views}, {name: users}]
                                """)
                        .with(
                                "seeds/b.yaml",
                                "seeds: [{name: countries, description: All of them}]")
                        .readBy(Kind.MODELS)
                        .load()
                        .dbt()
                        .orElseThrow();

        NodeProperties orders = dbt.modelProperties("orders").orElseThrow();
        assertThat(orders.description()).isEqualTo("All orders");
        assertThat(orders.columns())
                .containsExactly(
                        new NodeProperties.Column("id", "The id"),
                        new NodeProperties.Column("at", ""));
        assertThat(orders.config()).containsOnlyKeys("pre_hook", "materialized");
        assertThat(orders.position()).hasToString("models/a.yml:4:5");
        assertThat(dbt.seedProperties("countries")).isPresent();
        assertThat(dbt.modelProperties("countries")).isEmpty();
        assertThat(dbt.sourceTables())
                .extracting(DbtSourceTable::relation)
                .containsExactly(
                        new RelationName("raw", "page_views"), new RelationName("raw", "users"));
        assertThat(dbt.notices())
                .extracting(Notice::message)
                .containsExactlyInAnyOrder(
                        "1 exposures: this version leaves them out",
                        "1 test: this version does not run tests");
    }

    @Test
    void theTargetIsThatOfTheProjectsProfile() throws InvalidProjectException {
        assertThat(
                        target(
                                """
                                other: {target: x, outputs: {x: {schema: wrong}}}
                                base: &base {type: postgres, host: db, password: s3cret, schema: a}
                                shop:
                                  target: "{{ env_var('TARGET', 'dev') }}"
                                  outputs:
                                    dev: {<<: *base, schema: "{{ env_var('SCHEMA') }}_x"}
                                """))
                .isEqualTo(new DbtTarget("dev", "mart_x"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    other: {target: x}                                  | millrace/analytics
                    shop: {outputs: {default: {type: postgres}}}        | default/analytics
                    shop: {target: a, outputs: {a: {schema: ""}}}       | a/analytics
                    shop: {target: a, outputs: {a: {schema: b}}}        | a/b
                    """)
    void aProfileThatSaysLittleHasDefaults(String profiles, String expected)
            throws InvalidProjectException {
        DbtTarget target = target(profiles);

        assertThat(target.name() + "/" + target.schema()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    shop: {target: a, outputs: {b: {}}} | 1:8: the profile has no output 'a', which its target names
                    shop: {outputs: {b: {}}}            | 1:7: the profile has no output 'default', which its target names
                    shop: {target: [a], outputs: {}}    | 1:16: expected text
                    shop: {target: a, outputs: b}       | 1:28: expected keys with values
                    shop: [                             | 1:8: this is not valid YAML: expected the node content, but found '<stream end>'
                    """)
    void aMistakeInAProfileIsToldWithItsPlace(String profiles, String mistake) {
        assertThat(
                        WrittenProject.of("dbt_project.yml", "{name: shop, profile: shop}")
                                .with("profiles.yml", profiles)
                                .readBy(Kind.MODELS)
                                .mistakes())
                .contains("profiles.yml:" + mistake);
    }

    @Test
    void aDirectoryWithoutAProjectFileIsNoDbtProject() throws InvalidProjectException {
        assertThat(WrittenProject.of("models/a.yml", "[").readBy(Kind.MODELS).load().dbt())
                .isEmpty();
        assertThat(WrittenProject.of("dbt_project.yml", "").readBy(Kind.MODELS).load().dbt())
                .isEmpty();
    }

    private static List<String> settings(ConfigNode node, String... path) {
        return node.along(List.of(path)).stream()
                .map(
                        settings -> {
                            Map<String, Object> values = new java.util.TreeMap<>();
                            settings.forEach((key, value) -> values.put(key, value.value()));
                            return values.toString();
                        })
                .toList();
    }

    private static DbtTarget target(String profiles) throws InvalidProjectException {
        return WrittenProject.of("dbt_project.yml", "{name: shop, profile: shop}")
                .with("profiles.yml", profiles)
                .in(Map.of("SCHEMA", "mart"))
                .readBy(Kind.MODELS)
                .load()
                .dbt()
                .orElseThrow()
                .target();
    }

    private static DbtProject dbt(String text) throws InvalidProjectException {
        return WrittenProject.of("dbt_project.yml", text)
                .readBy(Kind.MODELS)
                .load()
                .dbt()
                .orElseThrow();
    }

    private static List<String> mistakes(String path, String text) {
        return WrittenProject.of(path, text).readBy(Kind.MODELS).mistakes();
    }
}
