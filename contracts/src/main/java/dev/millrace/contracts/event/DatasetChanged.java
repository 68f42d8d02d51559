package dev.millrace.contracts.event;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;

/**
 * A relation of the warehouse has changed and the change is committed. Topic {@code
 * millrace.datasets}, key {@link #relation()}.
 *
 * @param relation schema and name, unquoted, joined by a dot
 * @param version grows with every change of this relation
 * @param rows rows that the change wrote
 * @param watermark latest event time that the change brought; absent where unknown
 * @param failedChecks checks that failed on this version
 * @param run the run that wrote it; absent for landed streams
 * @param revision revision of the project by which it was written
 * @param at when the change was written
 */
public record DatasetChanged(
        String relation,
        long version,
        long rows,
        @Nullable Instant watermark,
        List<String> failedChecks,
        @Nullable String run,
        String revision,
        Instant at) {

    public DatasetChanged {
        failedChecks = List.copyOf(failedChecks);
    }
}
