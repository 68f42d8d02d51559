package dev.millrace.transform.landing;

import dev.millrace.contracts.record.QuarantineReason;
import dev.millrace.transform.schema.WantedChange;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Why a record does not land.
 *
 * @param record its place in the poll
 * @param column the column that a value did not fit, or nothing
 * @param needs changes that somebody has to decide on first
 * @param waitsFor the numbers under which these are proposed
 */
record Rejection(
        int record,
        String source,
        String stream,
        QuarantineReason reason,
        String detail,
        String column,
        List<WantedChange> needs,
        List<Long> waitsFor) {

    Rejection(
            int record,
            String source,
            String stream,
            QuarantineReason reason,
            String detail,
            String column) {
        this(record, source, stream, reason, detail, column, List.of(), List.of());
    }

    /** A record that waits until all of what it needs is decided. */
    static Rejection awaiting(int record, Collection<Placement.Refused> refusals) {
        Placement.Refused first = refusals.iterator().next();
        List<WantedChange> needs =
                refusals.stream().map(refused -> Objects.requireNonNull(refused.wanted())).toList();
        return new Rejection(
                record,
                needs.getFirst().key().relation().schema(),
                needs.getFirst().key().relation().name(),
                first.reason(),
                refusals.stream().map(Placement.Refused::detail).collect(Collectors.joining("; ")),
                first.column(),
                needs,
                List.of());
    }

    /** The same with the numbers of what it waits for. */
    Rejection numbered(Map<WantedChange.Key, Long> proposals) {
        if (needs.isEmpty()) {
            return this;
        }
        List<Long> numbers =
                needs.stream()
                        .map(need -> Objects.requireNonNull(proposals.get(need.key())))
                        .toList();
        String numbered =
                needs.stream()
                        .map(
                                need ->
                                        "%s has to be approved (schema change %d)"
                                                .formatted(need.words(), proposals.get(need.key())))
                        .collect(Collectors.joining("; "));
        return new Rejection(record, source, stream, reason, numbered, column, needs, numbers);
    }
}
