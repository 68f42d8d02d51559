package dev.millrace.transform.model.parse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.model.manifest.UnitTest;
import dev.millrace.transform.run.node.ProjectStage;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class UnitTestReaderTest {

    private final ProjectStage stage =
            ProjectStage.create().file("models/marts/totals.sql", "select 1 as id");

    private ProjectStage test(String body) {
        return stage.file("models/marts/totals.yml", "unit_tests:\n  - name: t\n" + body.indent(4));
    }

    private UnitTest only() {
        return stage.manifest().unitTests().values().iterator().next();
    }

    @Test
    void aUnitTestHasTheIdAndPlaceThatDbtGivesIt() {
        test(
                """
                model: totals
                description: Counts
                config: {tags: [quick], meta: {owner: ann}}
                given: [{input: this, rows: [{id: null, at: 2026-01-01}]}]
                expect: {rows: [{id: 1}]}
                """);

        UnitTest test = only();

        assertThat(test.id()).isEqualTo("unit_test.shop.totals.t");
        assertThat(test.fqn()).containsExactly("shop", "marts", "totals", "t");
        assertThat(test.model()).isEqualTo("model.shop.totals");
        assertThat(test.tags()).containsExactly("quick");
        assertThat(test.meta()).isEqualTo(Map.of("owner", "ann"));
        assertThat(test.given().getFirst().rows().rows().getFirst()).containsEntry("id", null);
        assertThat(stage.manifest().children("model.shop.totals")).containsExactly(test.id());
    }

    @Test
    void oneThatIsSwitchedOffIsLeftOut() {
        test("model: totals\nconfig: {enabled: false}\nexpect: {rows: []}\n");
        assertThat(stage.manifest().unitTests()).isEmpty();

        test("model: totals\nexpect: {rows: []}\n");
        stage.file(
                "dbt_project.yml", "name: shop\nunit_tests: {shop: {marts: {+enabled: false}}}\n");
        assertThat(stage.manifest().unitTests()).isEmpty();
    }

    @Test
    void oneForAModelThatIsSwitchedOffIsLeftOut() {
        stage.file("models/marts/totals.sql", "{{ config(enabled=false) }} select 1 as id");
        test("model: totals\nexpect: {rows: []}\n");

        assertThat(stage.manifest().unitTests()).isEmpty();
    }

    @Test
    void mistakesAreTold() {
        assertThat(
                        List.of(
                                problem("model: other\nexpect: {rows: []}"),
                                problem("model: totals"),
                                problem("model: totals\nexpect: {rows: text}"),
                                problem("model: totals\nexpect: {format: xml, rows: []}"),
                                problem("model: totals\nexpect: {format: csv, fixture: none}"),
                                problem("model: totals\ngiven: [{rows: []}]\nexpect: {rows: []}"),
                                problem(
                                        "model: totals\n"
                                                + "given: [{input: ref('totals')}]\n"
                                                + "expect: {rows: []}"),
                                problem(
                                        "model: totals\n"
                                                + "versions: {include: [1]}\n"
                                                + "expect: {rows: []}"),
                                problem(
                                        "model: totals\n"
                                                + "overrides: {macro: {}}\n"
                                                + "expect: {rows: []}"),
                                problem(
                                        "model: totals\n"
                                                + "overrides: {macros: {is_incremental: true}}\n"
                                                + "expect: {rows: []}")))
                .containsExactly(
                        "the unit test 't' is for the model 'other', which is not there",
                        "a unit test needs 'expect', the rows that the model gives",
                        "'expect' needs 'rows', a list of dicts; say 'format: csv' or sql for"
                                + " others",
                        "the format of 'expect' is dict, csv or sql, not 'xml'",
                        "there is no fixture 'none' for 'expect'; it would be the file"
                                + " fixtures/none.csv in a directory of tests",
                        "each of 'given' needs an 'input': ref('x'), source('a', 'b') or this",
                        "the input ref('totals') needs 'rows'; only a seed has rows of its own",
                        "'totals' has no versions to include or exclude",
                        "'overrides' are macros, vars and env_vars, not 'macro'",
                        "what is_incremental reads must be given: add an input 'this' with the rows"
                                + " that are there already");
    }

    private String problem(String body) {
        List<String> problems = test(body).problems();
        assertThat(problems).hasSize(1);
        return problems.getFirst().replaceFirst("^\\S+ ", "");
    }

    @Test
    void csvIsReadAsOthersReadIt() {
        assertThat(CsvRows.of("\uFEFFid, name\r\n1,\"a \"\"b\"\",\nc\"\r\n\r\n2\n3,,x"))
                .containsExactly(Map.of("id", "1", "name", "a \"b\",\nc"), row("2"), row("3"));
        assertThat(CsvRows.of("")).isEmpty();
    }

    private static Map<String, Object> row(String id) {
        Map<String, Object> row = new java.util.LinkedHashMap<>();
        row.put("id", id);
        row.put("name", null);
        return row;
    }
}
