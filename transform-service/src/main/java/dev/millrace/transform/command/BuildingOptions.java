package dev.millrace.transform.command;

import dev.millrace.transform.model.context.Invocation;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** How nodes are built. */
final class BuildingOptions {

    @Option(
            names = {"-f", "--full-refresh"},
            description = "build incremental models and seeds from nothing")
    private boolean fullRefresh;

    @Option(
            names = {"-x", "--fail-fast"},
            description = "stop at the first failure")
    private boolean failFast;

    @Option(names = "--empty", description = "build without rows: refs and sources give none")
    private boolean empty;

    @Option(
            names = "--store-failures",
            description = "keep the rows that a test finds, also where the test does not say so")
    private boolean storeFailures;

    @Option(
            names = "--event-time-start",
            paramLabel = "TIME",
            description = "first moment of the batches of microbatch models")
    private @Nullable String eventTimeStart;

    @Option(
            names = "--event-time-end",
            paramLabel = "TIME",
            description = "moment before which these batches end")
    private @Nullable String eventTimeEnd;

    /** Whether anything is asked for. */
    boolean isAny() {
        return fullRefresh
                || failFast
                || empty
                || storeFailures
                || eventTimeStart != null
                || eventTimeEnd != null;
    }

    boolean failFast() {
        return failFast;
    }

    /** The invocation as these options have it, about the nodes of these ids. */
    Invocation of(Invocation parsed, Set<String> selected) throws CommandFailedException {
        return new Invocation(
                parsed.id(),
                parsed.startedAt(),
                parsed.command(),
                parsed.vars(),
                fullRefresh,
                empty,
                storeFailures,
                selected,
                moment("--event-time-start", eventTimeStart),
                moment("--event-time-end", eventTimeEnd));
    }

    /** As in dbt, a time without a zone is one of UTC. */
    private static @Nullable Instant moment(String option, @Nullable String text)
            throws CommandFailedException {
        if (text == null) {
            return null;
        }
        String iso = text.strip().replace(' ', 'T');
        try {
            if (iso.length() <= "2026-01-01".length()) {
                return LocalDate.parse(iso).atStartOfDay().toInstant(ZoneOffset.UTC);
            }
            return iso.matches(".*(Z|[+-]\\d\\d:?\\d\\d)")
                    ? OffsetDateTime.parse(iso).toInstant()
                    : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
        } catch (DateTimeParseException e) {
            throw new CommandFailedException(
                    option
                            + " is a time such as 2026-05-01 or 2026-05-01T06:00:00, not '"
                            + text
                            + "'",
                    e);
        }
    }

    /** The same as {@code run_results.json} has it. */
    Map<String, Object> written() {
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("full_refresh", fullRefresh);
        written.put("fail_fast", failFast);
        written.put("empty", empty);
        written.put("store_failures", storeFailures);
        if (eventTimeStart != null) {
            written.put("event_time_start", eventTimeStart);
        }
        if (eventTimeEnd != null) {
            written.put("event_time_end", eventTimeEnd);
        }
        return written;
    }
}
