package dev.millrace.transform.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.run.node.NodeOutcome;
import dev.millrace.transform.run.node.ProjectStage;

import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

class RunReportTest {

    private static final Clock CLOCK =
            Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

    private final List<Node> models =
            List.copyOf(
                    ProjectStage.create()
                            .file("models/first.sql", "select 1 as x")
                            .file("models/second.sql", "select 2 as x")
                            .manifest()
                            .nodes()
                            .values());
    private final StringWriter out = new StringWriter();
    private final RunReport report =
            new RunReport(new Console(new PrintWriter(out), CLOCK, false), CLOCK, 2);

    private String summary(NodeOutcome first, NodeOutcome second) {
        report.ended(models.getFirst(), first);
        report.ended(models.getLast(), second);
        report.summary(Duration.ofMillis(1_230));
        return out.toString();
    }

    @Test
    void aRunThatWasStoppedDoesNotSayThatItSucceeded() {
        assertThat(
                        summary(
                                NodeOutcome.success(1L, "SELECT 1"),
                                NodeOutcome.cancelled("the run was stopped")))
                .contains("Stopped before the end: what was cancelled (1 of 2) is done by 'retry'")
                .contains("PASS=1 WARN=0 ERROR=0 SKIP=1 TOTAL=2")
                .doesNotContain("Completed");
    }

    @Test
    void aRunWithoutMistakesSaysSo() {
        assertThat(
                        summary(
                                NodeOutcome.success(1L, "SELECT 1"),
                                NodeOutcome.success(1L, "SELECT 1")))
                .contains("Finished running 2 view models in 0 hours 0 minutes and 1.23 seconds")
                .contains("Completed successfully");
    }

    @Test
    void aMistakeIsToldWithItsNode() {
        assertThat(
                        summary(
                                NodeOutcome.error("models/first.sql:1:8: no"),
                                NodeOutcome.skipped("'first', which it reads, failed")))
                .contains("Completed with 1 error and 0 warnings:")
                .contains("  model first")
                .contains("    models/first.sql:1:8: no");
    }
}
