package dev.millrace.transform.materialization.live;

import net.sf.jsqlparser.statement.select.PlainSelect;

import java.util.List;

/**
 * One {@code SELECT} of a query, with what it reads and gives.
 *
 * @param offset where its text begins in the model's SQL; negative if that is not known
 * @param isGrouped whether it has groups, or is one
 * @param isSpread whether it gives rows by what other rows there are: groups, windows, DISTINCT
 * @param hasAggregates whether PostgreSQL should find aggregates in it
 * @param groupKeys what it groups by, written out
 */
record Level(
        PlainSelect select,
        int offset,
        List<Source> sources,
        List<Output> outputs,
        boolean isGrouped,
        boolean isSpread,
        boolean hasAggregates,
        List<String> groupKeys) {

    boolean holds(int input) {
        return sources.stream().anyMatch(source -> source.holds(input));
    }

    /** Whether each row that it gives comes from one row of each table that it reads. */
    boolean isFlat() {
        return !isSpread
                && sources.stream()
                        .allMatch(source -> source.level() == null || source.level().isFlat());
    }

    /** Whether a join on the way to an input may give rows without it. */
    boolean isOptional(int input) {
        for (Source source : sources) {
            if (source.holds(input)) {
                return source.isNullable()
                        || (source.level() != null && source.level().isOptional(input));
            }
        }
        return false;
    }

    int aggregating() {
        int below =
                sources.stream()
                        .mapToInt(s -> s.level() == null ? 0 : s.level().aggregating())
                        .sum();
        return below + (hasAggregates ? 1 : 0);
    }
}
