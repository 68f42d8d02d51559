package dev.millrace.transform.model.context;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * One run of a command.
 *
 * @param id identity of the run
 * @param startedAt when it began
 * @param command dbt's word for it, such as {@code build}
 * @param vars values for {@code var()} that go before all others
 * @param fullRefresh whether incremental models and seeds are built from nothing
 * @param empty whether references give no rows
 * @param storeFailures whether tests keep the rows that fail though they do not ask for it
 * @param selected ids of the nodes that it is about
 * @param eventTimeStart first moment of the batches to build; null for the model's own
 * @param eventTimeEnd moment before which the batches end; null for now
 */
public record Invocation(
        String id,
        Instant startedAt,
        String command,
        Map<String, Object> vars,
        boolean fullRefresh,
        boolean empty,
        boolean storeFailures,
        Set<String> selected,
        @Nullable Instant eventTimeStart,
        @Nullable Instant eventTimeEnd) {

    /** A run with none of the options. */
    public static Invocation of(String id, Instant startedAt, String command) {
        return new Invocation(
                id, startedAt, command, Map.of(), false, false, false, Set.of(), null, null);
    }

    /** The same with other values for some of its variables. */
    public Invocation with(Map<String, Object> others) {
        Map<String, Object> all = new LinkedHashMap<>(vars);
        all.putAll(others);
        return new Invocation(
                id,
                startedAt,
                command,
                all,
                fullRefresh,
                empty,
                storeFailures,
                selected,
                eventTimeStart,
                eventTimeEnd);
    }

    /** The same about other nodes. */
    public Invocation about(Set<String> nodes) {
        return new Invocation(
                id,
                startedAt,
                command,
                vars,
                fullRefresh,
                empty,
                storeFailures,
                nodes,
                eventTimeStart,
                eventTimeEnd);
    }
}
