package dev.millrace.transform.run.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.model.parse.ManifestReader;
import dev.millrace.transform.run.node.NodeOutcome;
import dev.millrace.transform.run.node.NodeStatus;
import dev.millrace.transform.run.node.ProjectStage;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

class UnitTestOrderTest {

    private final List<String> begun = new ArrayList<>();

    private final ProjectStage stage =
            ProjectStage.create()
                    .file("models/orders.sql", "select 1 as id")
                    .file("models/totals.sql", "select id from {{ ref('orders') }}")
                    .file("models/report.sql", "select id from {{ ref('totals') }}")
                    .file("tests/no_orders.sql", "select id from {{ ref('orders') }} where id = 0");

    private void expecting(int id) {
        stage.file(
                "models/totals.yml",
                """
                unit_tests:
                  - name: passes_on
                    model: totals
                    given: [{input: ref('orders'), rows: [{id: 5}]}]
                    expect: {rows: [{id: %s}]}
                """
                        .formatted(id));
    }

    private Map<String, NodeOutcome> build() {
        ManifestReader.Read read = stage.read();
        Manifest manifest = read.manifest();
        List<Step> steps = new ArrayList<>(manifest.nodes().values());
        steps.addAll(manifest.unitTests().values());
        Progress progress =
                new Progress() {
                    @Override
                    public synchronized void began(Step step) {
                        begun.add(step.name());
                    }

                    @Override
                    public void compiled(Step step, String sql) {}

                    @Override
                    public void ended(Step step, NodeOutcome outcome) {}
                };
        return new GraphRun(
                        manifest,
                        steps,
                        BuildOrder.withTests(manifest, steps),
                        stage.runner(read),
                        new GraphRun.Means(
                                stage::session,
                                new Semaphore(3),
                                Executors.newVirtualThreadPerTaskExecutor(),
                                false),
                        progress)
                .execute();
    }

    private static NodeStatus status(Map<String, NodeOutcome> outcomes, String id) {
        return Objects.requireNonNull(outcomes.get(id), id).status();
    }

    @Test
    void aUnitTestRunsWhenItsInputsAreThereAndBeforeItsModel() {
        expecting(5);

        assertThat(build().values()).allSatisfy(o -> assertThat(o.status().isGood()).isTrue());
        assertThat(begun).containsExactly("orders", "no_orders", "passes_on", "totals", "report");
    }

    @Test
    void aModelWhoseUnitTestFailsIsNotBuilt() {
        expecting(6);

        Map<String, NodeOutcome> outcomes = build();

        assertThat(status(outcomes, "unit_test.shop.totals.passes_on")).isEqualTo(NodeStatus.FAIL);
        assertThat(outcomes.get("model.shop.totals"))
                .isEqualTo(NodeOutcome.skipped("the test 'passes_on' failed"));
        assertThat(status(outcomes, "model.shop.report")).isEqualTo(NodeStatus.SKIPPED);
        assertThat(status(outcomes, "model.shop.orders")).isEqualTo(NodeStatus.SUCCESS);
    }

    @Test
    void whereTheModelIsSkippedItsUnitTestIsToo() {
        expecting(5);
        stage.file("tests/no_orders.sql", "select id from {{ ref('orders') }}");

        assertThat(build().get("unit_test.shop.totals.passes_on"))
                .isEqualTo(NodeOutcome.skipped("the test 'no_orders' failed"));
    }
}
