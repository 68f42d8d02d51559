package dev.millrace.transform.run.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.project.Problem;
import dev.millrace.contracts.project.Problems;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.parse.ManifestReader;
import dev.millrace.transform.run.node.NodeOutcome;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** What dbt documents of its features, each on a project of a few files. */
class DbtCasesTest {

    private static final TestWarehouse WAREHOUSE = TestWarehouse.create();
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private static final List<String> FILES =
            List.of(
                    "configuration",
                    "variables",
                    "naming",
                    "materializations",
                    "incremental",
                    "hooks",
                    "seeds",
                    "snapshots",
                    "contracts",
                    "relations",
                    "data_tests",
                    "unit_tests",
                    "graph",
                    "context",
                    "dispatch",
                    "cross_database");

    private final CaseStage stage = new CaseStage(WAREHOUSE, "case_" + NUMBERS.incrementAndGet());

    static Stream<DbtCase> cases() {
        String only = System.getProperty("dbt.cases", "");
        return FILES.stream()
                .flatMap(file -> DbtCase.in(file).stream())
                .filter(each -> each.toString().contains(only));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void aProjectComesOutAsDbtHasIt(DbtCase each) throws Exception {
        for (Map<String, Object> run : each.runs()) {
            carryOut(run);
        }
    }

    private void carryOut(Map<String, Object> run) throws SQLException {
        DbtCase.map(run.get("files")).forEach(stage::file);
        if (run.containsKey("model")) {
            stage.file("models/a.sql", run.get("model"));
        }
        if (run.containsKey("value")) {
            stage.file("models/a.sql", "select (" + run.get("value") + ")::text as value");
        }
        if (run.containsKey("setup")) {
            stage.execute(stage.text(run.get("setup")));
        }
        Problems problems = new Problems();
        Optional<ManifestReader.Read> found = stage.read(problems, run);
        tells(problems.list(), run.get("problems"));
        if (found.isEmpty()) {
            return;
        }
        ManifestReader.Read read = found.get();
        if (run.containsKey("warnings")) {
            tells(problems.warnings(), run.get("warnings"));
        }
        DbtCase.map(run.get("config")).forEach((name, config) -> isConfigured(read, name, config));
        DbtCase.map(run.get("names"))
                .forEach(
                        (name, relation) ->
                                assertThat(node(read, name).relationName().toString())
                                        .as(name)
                                        .isEqualTo(stage.text(relation)));
        if (problems.list().isEmpty()) {
            Set<String> only = Set.copyOf(DbtCase.<String>list(run.get("only")));
            ended(stage.build(read, only), run);
            left(run);
        }
    }

    /** Each text is told of in one of the problems, and there is nothing else. */
    private void tells(List<Problem> problems, @Nullable Object texts) {
        List<Object> expected = DbtCase.list(texts);
        assertThat(problems).hasSize(expected.size());
        for (Object text : expected) {
            assertThat(problems)
                    .anySatisfy(each -> assertThat(each.toString()).contains(stage.text(text)));
        }
    }

    private static Node node(ManifestReader.Read read, String name) {
        return Stream.concat(
                        read.manifest().nodes().values().stream(),
                        read.manifest().disabled().values().stream())
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no node " + name));
    }

    private void isConfigured(ManifestReader.Read read, String name, Object config) {
        Map<String, @Nullable Object> all = node(read, name).settings().all();
        DbtCase.map(config)
                .forEach(
                        (key, value) ->
                                assertThat(String.valueOf(all.get(key)))
                                        .as(name + " " + key)
                                        .isEqualTo(stage.text(value)));
    }

    private void ended(Map<String, NodeOutcome> outcomes, Map<String, Object> run) {
        Map<String, Object> status = DbtCase.map(run.get("status"));
        Map<String, Object> messages = DbtCase.map(run.get("message"));
        assertThat(outcomes.keySet()).containsAll(status.keySet()).containsAll(messages.keySet());
        outcomes.forEach(
                (name, outcome) -> {
                    if (status.containsKey(name)) {
                        assertThat(outcome.status().text())
                                .as(name + ": " + outcome.message())
                                .isEqualTo(status.get(name));
                    } else {
                        assertThat(outcome.status().isGood())
                                .as(name + ": " + outcome.message())
                                .isTrue();
                    }
                });
        messages.forEach(
                (name, texts) ->
                        DbtCase.list(texts)
                                .forEach(
                                        text ->
                                                assertThat(String.valueOf(outcome(outcomes, name)))
                                                        .contains(stage.text(text))));
    }

    private static @Nullable String outcome(Map<String, NodeOutcome> outcomes, String name) {
        NodeOutcome outcome = outcomes.get(name);
        return outcome == null ? null : outcome.message();
    }

    private void left(Map<String, Object> run) throws SQLException {
        for (Map.Entry<String, Object> each : DbtCase.map(run.get("rows")).entrySet()) {
            String asked = stage.text(each.getKey());
            boolean isQuery = asked.startsWith("select") || asked.startsWith("with");
            assertThat(stage.query(isQuery ? asked : "select * from " + asked + " order by 1"))
                    .as(asked)
                    .isEqualTo(
                            DbtCase.list(each.getValue()).stream()
                                    .map(row -> stage.text(row))
                                    .toList());
        }
        if (run.containsKey("gives")) {
            assertThat(stage.query("select * from " + stage.text("SCHEMA.a")))
                    .as(stage.compiled("a"))
                    .containsExactly(stage.text(run.get("gives")));
        }
        for (Map.Entry<String, Object> each : DbtCase.map(run.get("columns")).entrySet()) {
            assertThat(
                            stage.query(
                                    "select attname || ' ' || format_type(atttypid, atttypmod)"
                                            + " from pg_attribute where attnum > 0 and not"
                                            + " attisdropped and attrelid = '"
                                            + stage.text(each.getKey())
                                            + "'::regclass order by attnum"))
                    .isEqualTo(DbtCase.list(each.getValue()));
        }
        DbtCase.map(run.get("compiled"))
                .forEach(
                        (name, sql) ->
                                assertThat(stage.compiled(name))
                                        .isEqualTo(stage.text(sql).strip()));
        DbtCase.map(run.get("contains"))
                .forEach(
                        (name, parts) ->
                                DbtCase.list(parts)
                                        .forEach(
                                                part ->
                                                        assertThat(stage.compiled(name))
                                                                .contains(stage.text(part))));
        if (run.containsKey("said")) {
            assertThat(stage.said())
                    .containsSubsequence(
                            DbtCase.list(run.get("said")).stream()
                                    .map(said -> stage.text(said))
                                    .toList());
        }
    }
}
