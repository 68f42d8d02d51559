package dev.millrace.transform.run.artifact;

import dev.millrace.transform.model.manifest.SourceTable;
import dev.millrace.transform.run.node.NodeStatus;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What was found when somebody looked how old the rows of a source table are. */
public sealed interface FreshnessResult {

    /** Id of the source table. */
    String id();

    /**
     * Its age is known.
     *
     * @param status {@code PASS}, {@code WARN} or {@code ERROR}
     * @param newest time of its newest row
     * @param lookedAt when that was found out
     */
    record Measured(
            String id,
            NodeStatus status,
            Instant newest,
            Instant lookedAt,
            SourceTable.Freshness criteria,
            List<RunResult.Timing> timing,
            String thread)
            implements FreshnessResult {

        public Measured {
            timing = List.copyOf(timing);
        }

        Duration age() {
            return Duration.between(newest, lookedAt);
        }
    }

    /** It could not be found out. */
    record Failed(String id, String problem) implements FreshnessResult {}
}
