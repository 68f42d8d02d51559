package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.warehouse.SqlText;
import dev.millrace.transform.materialization.live.Generation.Cursor;
import dev.millrace.transform.publish.ChangeFeed.Batch;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What changed in one input between two versions.
 *
 * @param batches all that is known of it, in order
 * @param isWhole whether that is all that changed
 * @param isPart whether there is more, of later versions, in the same snapshot
 */
record Changes(
        LiveInput input,
        Cursor from,
        long to,
        List<Batch> batches,
        boolean isWhole,
        boolean isPart) {

    /** More keys are not looked up one by one. */
    private static final int MOST_KEYS = 200_000;

    static Changes of(LiveInput input, Cursor from, long to, List<Batch> batches) {
        List<Batch> between = batches.stream().filter(b -> b.version() <= to).toList();
        boolean isWhole = between.size() == to - from.version();
        return new Changes(input, from, to, between, isWhole, false);
    }

    /**
     * The same up to the version of some batch, and without those that come after it.
     *
     * @param most how many batches
     */
    Changes first(int most) {
        if (!isWhole || batches.size() <= most) {
            return this;
        }
        List<Batch> first = new ArrayList<>(batches.subList(0, most));
        // Batches of one moment cannot be told apart.
        for (int next = most;
                next < batches.size()
                        && batches.get(next).loadedAt().equals(first.getLast().loadedAt());
                next++) {
            first.add(batches.get(next));
        }
        return new Changes(
                input, from, first.getLast().version(), first, true, first.size() < batches.size());
    }

    /**
     * Whether all of it is rows that were added to the table.
     *
     * @throws NeedsBuildException if something else happened to a table to which rows are only
     *     added
     */
    void requireAdded() throws NeedsBuildException {
        if (!isWhole) {
            throw new NeedsBuildException(
                    "%s changed in a way that nobody wrote down".formatted(input.relation()));
        }
        for (Batch batch : batches) {
            if (batch.tableOid() != from.tableOid()) {
                throw new NeedsBuildException("%s was made anew".formatted(input.relation()));
            }
            if (batch.keys() != null) {
                throw new NeedsBuildException("rows of %s change now".formatted(input.relation()));
            }
        }
    }

    /** The same with some of the batches. */
    Changes only(List<Batch> some) {
        return new Changes(input, from, to, some, true, isPart);
    }

    /** Rows that were added. */
    long rows() {
        return batches.stream().mapToLong(Batch::rows).sum();
    }

    /** Which rows of a batch have a moment that an earlier round has seen already. */
    List<Batch> shared() {
        return batches.stream().filter(Batch::isShared).toList();
    }

    static String moments(List<Batch> batches) {
        return batches.stream()
                .map(Batch::loadedAt)
                .distinct()
                .map(SqlText::literal)
                .collect(Collectors.joining(", ", "ARRAY[", "]::timestamptz[]"));
    }

    /** The keys of rows that changed or went; null if they are not known. */
    @Nullable Set<String> keys() {
        if (!isWhole || input.kind() != LiveInput.Kind.KEYED) {
            return null;
        }
        Set<String> keys = new LinkedHashSet<>();
        for (Batch batch : batches) {
            if (batch.keys() == null || batch.tableOid() != from.tableOid()) {
                return null;
            }
            keys.addAll(batch.keys());
        }
        return keys.size() > MOST_KEYS ? null : keys;
    }
}
