package dev.millrace.transform.model.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.project.Problem;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.transform.model.manifest.Manifest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

class SelectorsTest {

    private static final Manifest MANIFEST = Shop.shop().manifest();

    private static Selectors read(String yaml, Problems problems) {
        return Selectors.read(
                ProjectFiles.of(Map.of("selectors.yml", yaml.getBytes(StandardCharsets.UTF_8))),
                problems);
    }

    private static Selectors valid(String yaml) {
        Problems problems = new Problems();
        Selectors selectors = read(yaml, problems);
        assertThat(problems.list()).isEmpty();
        return selectors;
    }

    private static List<String> mistakes(String yaml) {
        Problems problems = new Problems();
        read(yaml, problems);
        return problems.list().stream().map(Problem::toString).toList();
    }

    private static String selected(Selectors selectors, String name, IndirectSelection mode)
            throws InvalidSelectionException {
        Criteria criteria =
                Criteria.of(Command.BUILD).among(selectors).selector(name).indirect(mode);
        return Selection.of(MANIFEST, criteria).ids().stream()
                .map(id -> id.split("\\.", 3)[2].replaceFirst("\\.[0-9a-f]{10}$", ""))
                .sorted()
                .collect(Collectors.joining(" "));
    }

    private static String models(String definition) throws InvalidSelectionException {
        Selectors selectors =
                valid("selectors:\n  - name: mine\n    definition: " + definition + "\n");
        return selected(selectors, "mine", IndirectSelection.EMPTY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "orders | orders",
                "tag:daily | orders",
                "'''2+orders,tag:nightly''' | ''",
                "'1+orders' | orders stg_countries stg_orders",
                "{tag: daily} | orders",
                "{config.materialized: snapshot} | orders_history",
                "{config.contract.enforced: true} | orders",
                "{config.meta.level: 1} | stg_countries stg_events stg_orders stg_visits",
                "{method: tag, value: daily} | orders",
                "{method: fqn, value: orders, parents: true, parents_depth: 1} | orders"
                        + " stg_countries stg_orders",
                "{method: fqn, value: orders, parents: true, parents_depth: '0'} | orders",
                "{method: fqn, value: orders, parents: true, parents_depth: 0} | countries orders"
                        + " stg_countries stg_orders",
                "{method: fqn, value: orders, parents: false, parents_depth: 1} | orders",
                "{method: fqn, value: dim_product.v2, children: true} | dim_product.v2 prices",
                "{method: fqn, value: sessions, childrens_parents: true} | sessions stg_events"
                        + " stg_visits",
                "{union: [orders, {tag: vendor}]} | kit_days kit_weeks orders",
                "{union: [orders, stg_orders, {exclude: [{tag: daily}]}]} | stg_orders",
                "{union: ['*', {exclude: ['package:shop', kit_days]}]} | kit_weeks",
                "{intersection: [tag:core, access:public]} | orders",
                "{intersection: [tag:nightly, {exclude: ['file:*s.sql']}]} | ''",
                "{union: [{intersection: [tag:core, access:public]}, sessions]} | orders sessions",
                "{method: tag, value: nightly, exclude: [stg_events, path:models/staging/erp]} |"
                        + " stg_countries stg_visits",
                "{union: []} | ''",
                "{intersection: [tag:core, {exclude: []}, version:none,"
                        + " path:models/marts/orders.sql]} | orders",
                "{method: path, value: models/staging/erp} | stg_orders"
            })
    void aDefinitionSelects(String definition, String expected) throws Exception {
        assertThat(models(definition)).isEqualTo(expected);
    }

    @Test
    void aSelectorTakesInThoseBeforeIt() throws Exception {
        Selectors selectors =
                valid(
                        """
                        selectors:
                          - name: core
                            description: What must always be there.
                            definition: {intersection: [tag:core, version:none]}
                          - name: most
                            definition:
                              union:
                                - method: selector
                                  value: core
                                - kit_days
                                - exclude: [prices]
                        """);
        assertThat(selected(selectors, "most", IndirectSelection.EMPTY))
                .isEqualTo("customers kit_days orders sessions");
        assertThat(selectors.names()).containsExactly("core", "most");
        assertThat(selectors.description("core")).isEqualTo("What must always be there.");
        assertThat(selectors.description("most")).isEmpty();
    }

    @Test
    void testsComeAlongAsTheCriterionSaysOrElseTheCommand() throws Exception {
        Selectors selectors =
                valid(
                        """
                        selectors:
                          - name: cautious
                            definition: {method: fqn, value: customers, indirect_selection: cautious}
                          - name: unsaid
                            definition: customers
                          - name: both
                            definition: {union: [customers, orders]}
                        """);
        assertThat(selected(selectors, "cautious", IndirectSelection.EAGER))
                .isEqualTo("customers kit_positive_customers_id");
        assertThat(selected(selectors, "unsaid", IndirectSelection.EAGER)).contains("no_orphans");
        assertThat(selected(selectors, "unsaid", IndirectSelection.EMPTY)).isEqualTo("customers");
        assertThat(selected(selectors, "both", IndirectSelection.CAUTIOUS))
                .as("dbt does not add up what the parts of a file's union bring along")
                .doesNotContain("no_orphans");
    }

    @Test
    void theDefaultCountsUnlessSomethingElseIsSaid() throws Exception {
        Selectors selectors =
                valid(
                        """
                        selectors:
                          - {name: vendor, default: true, definition: tag:vendor}
                          - {name: other, default: false, definition: prices}
                        """);
        assertThat(selectors.defaultName()).isEqualTo("vendor");
        Criteria run = Criteria.of(Command.RUN).among(selectors);
        assertThat(Selection.of(MANIFEST, run).ids())
                .containsExactly("model.kit.kit_days", "model.kit.kit_weeks");
        assertThat(Selection.of(MANIFEST, run.select("prices")).ids())
                .containsExactly("model.shop.prices");
        assertThat(Selection.of(MANIFEST, run.exclude("shop")).ids()).hasSize(2);
        assertThat(Selection.of(MANIFEST, run.selector("other")).ids())
                .containsExactly("model.shop.prices");
    }

    @Test
    void templatesInValuesAreRendered() throws Exception {
        Problems problems = new Problems();
        Selectors selectors =
                Selectors.read(
                        ProjectFiles.of(
                                Map.of(
                                        "selectors.yml",
                                        """
                                        selectors:
                                          - name: mine
                                            default: "{{ target.name == 'dev' }}"
                                            definition: "tag:{{ var('tag') }}"
                                        """
                                                .getBytes(StandardCharsets.UTF_8))),
                        text -> text.contains("target") ? "True" : "tag:daily",
                        problems);
        assertThat(problems.list()).isEmpty();
        assertThat(selectors.defaultName()).isEqualTo("mine");
        assertThat(selected(selectors, "mine", IndirectSelection.EMPTY)).isEqualTo("orders");
    }

    @Test
    void aSelectorThatSelectsNothingIsTold() throws Exception {
        Selectors selectors =
                valid(
                        """
                        selectors:
                          - name: mine
                            definition:
                              union:
                                - tag:nigthly
                        """);
        Criteria criteria = Criteria.of(Command.RUN).among(selectors).selector("mine");
        assertThat(Selection.of(MANIFEST, criteria).warnings())
                .containsExactly(
                        "--selector mine: it selects nothing that is switched on; nothing matches"
                                + " selectors.yml:5:11; did you mean 'nightly'?");
    }

    @Test
    void aProjectWithoutTheFileHasNoSelectors() {
        assertThat(Selectors.read(ProjectFiles.of(Map.of()), new Problems()).names()).isEmpty();
        assertThat(valid("\n").names()).isEmpty();
    }

    @Test
    void aSelectorThatIsNotThereIsRefused() {
        Criteria criteria = Criteria.of(Command.RUN).selector("nightly");
        assertThatThrownBy(() -> Selection.of(MANIFEST, criteria))
                .hasMessage(
                        "--selector nightly: the project has no selectors; write them into"
                                + " selectors.yml");
        Selectors selectors = valid("selectors: [{name: nightly, definition: orders}]");
        assertThatThrownBy(
                        () -> Selection.of(MANIFEST, criteria.among(selectors).selector("nigtly")))
                .hasMessage(
                        "--selector nigtly: there is no such selector; did you mean 'nightly'?");
        assertThatThrownBy(() -> Selection.of(MANIFEST, criteria.among(selectors).select("orders")))
                .hasMessageContaining("cannot stand beside --select or --exclude");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[orders] | a definition is text such as 'tag:nightly', or keys; before a list"
                        + " stands 'union:' or 'intersection:'",
                "{union: [a], exclude: [b]} | 'union' or 'intersection' stands alone here; put one"
                        + " into the list of the other, and 'exclude' as the last of its items",
                "{union: orders} | 'union' takes a list",
                "{method: tag, value: x, exclude: y} | 'exclude' takes a list",
                "{union: [{exclude: [a]}, {exclude: [b]}]} | there is another 'exclude' in this"
                        + " list; put both into one",
                "{methods: tag, value: x} | expected one key such as 'tag: nightly', or 'method'"
                        + " and 'value'; found methods, value",
                "{tags: nightly} | there is no method 'tags'; did you mean 'tag'?",
                "\"@orders+\" | '@' before and '+' behind cannot stand together; '@' takes in all"
                        + " descendants already",
                "{method: fqn, value: a, children: true, childrens_parents: true} |"
                    + " 'childrens_parents' and 'children' cannot stand together; the first takes"
                    + " in all descendants already",
                "{method: fqn, value: a, parents: true, parents_depth: few} | expected a number of"
                        + " steps, found 'few'",
                "{method: fqn, value: a, parents: perhaps} | expected true or false, found"
                        + " 'perhaps'",
                "{method: fqn, value: a, indirect_selection: bold} | 'bold' is none of eager,"
                        + " cautious, buildable, empty",
                "{method: selector, value: later} | there is no selector 'later' above this one; a"
                        + " selector takes in those that stand before it",
                "{tag: [a, b]} | expected what to look for with 'tag', as text"
            })
    void mistakesAreTold(String definition, String mistake) {
        assertThat(mistakes("selectors:\n- name: mine\n  definition: " + definition + "\n"))
                .singleElement()
                .asString()
                .matches("selectors\\.yml:3:\\d+: .*")
                .endsWith(": " + mistake);
    }

    @Test
    void mistakesHaveTheirPlace() {
        assertThat(
                        mistakes(
                                """
                                selectors:
                                  - name: one
                                    default: true
                                    definition:
                                      union:
                                        - tag:daily
                                        - tga:daily
                                  - name: two
                                    default: true
                                    definition: tag:daily
                                  - name: three
                                    defintion: tag:daily
                                  - definition: a
                                version: 2
                                selector: []
                                """))
                .containsExactly(
                        "selectors.yml:7:11: there is no method 'tga'; did you mean 'tag'?",
                        "selectors.yml:9:5: 'one' is the default already; there can be but one",
                        "selectors.yml:11:5: the selector 'three' has no definition",
                        "selectors.yml:12:5: unknown key 'defintion'; did you mean 'definition'?",
                        "selectors.yml:13:5: the key 'name' is required here",
                        "selectors.yml:15:1: unknown key 'selector'; did you mean 'selectors'?");
    }

    @Test
    void whatDbtLeavesOutOfAListIsWarnedOf() throws Exception {
        Problems problems = new Problems();
        Selectors selectors =
                read(
                        """
                        selectors:
                          - name: mine
                            definition:
                              union:
                                - orders
                                - prices
                                - {method: tag, value: vendor, exclude: [prices]}
                        """,
                        problems);
        assertThat(problems.isEmpty()).isTrue();
        assertThat(problems.warnings()).hasSize(1);
        assertThat(selected(selectors, "mine", IndirectSelection.EMPTY)).isEqualTo("orders");
    }

    @Test
    void selectorsThatTakeInOneAnotherManyTimesAreNoBurden() throws Exception {
        StringBuilder yaml = new StringBuilder("selectors:\n- {name: s0, definition: orders}\n");
        for (int i = 1; i <= 50; i++) {
            String before = "{method: selector, value: s" + (i - 1) + "}";
            yaml.append(
                    "- {name: s%d, definition: {union: [%s, %s]}}\n".formatted(i, before, before));
        }
        assertThat(selected(valid(yaml.toString()), "s50", IndirectSelection.EMPTY))
                .isEqualTo("orders");
    }

    @Test
    void selectorsThatTakeInOneAnotherTooDeeplyAreRefused() {
        StringBuilder yaml = new StringBuilder("selectors:\n- {name: s0, definition: orders}\n");
        for (int i = 1; i <= 51; i++) {
            yaml.append(
                    "- {name: s%d, definition: {method: selector, value: s%d}}\n"
                            .formatted(i, i - 1));
        }
        assertThat(mistakes(yaml.toString()))
                .containsExactly(
                        "selectors.yml:53:53: selectors take in one another at most 50 deep; write"
                                + " out some of them");
    }
}
