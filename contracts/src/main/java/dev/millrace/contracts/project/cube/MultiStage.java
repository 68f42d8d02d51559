package dev.millrace.contracts.project.cube;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * How a measure is computed over what other measures came to. Members are paths: {@code
 * cube.member}, or {@code cube.member.granularity}.
 *
 * @param groupBy the only dimensions of a query that it is grouped by; null for all of them
 * @param reduceBy dimensions of a query that it is not grouped by
 * @param addGroupBy dimensions that the first stage is grouped by beside those of a query
 * @param shifts by how much time the first stage is moved
 * @param order what ranks are counted by
 */
public record MultiStage(
        @Nullable List<String> groupBy,
        List<String> reduceBy,
        List<String> addGroupBy,
        List<TimeShift> shifts,
        List<Rank> order) {

    /**
     * Looks at another time than the one that is shown.
     *
     * @param dimension whose time is moved; null for every time dimension
     * @param interval how much earlier it looks; negative for later
     */
    public record TimeShift(@Nullable String dimension, String interval) {}

    /** One of the values that a rank is counted by. */
    public record Rank(SqlTemplate sql, boolean descending) {}

    public MultiStage {
        groupBy = groupBy == null ? null : List.copyOf(groupBy);
        reduceBy = List.copyOf(reduceBy);
        addGroupBy = List.copyOf(addGroupBy);
        shifts = List.copyOf(shifts);
        order = List.copyOf(order);
    }
}
