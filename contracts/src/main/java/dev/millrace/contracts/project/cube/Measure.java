package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.Position;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What is counted or computed over rows.
 *
 * @param sql what is aggregated, or a calculation over other measures; a count may have none
 * @param filters conditions that a row must meet to count
 * @param rolling whether it looks over a window of time around each point
 * @param format how clients show it
 * @param currency the currency of amounts
 * @param drillMembers what a client shows of the rows behind a number, as cube.member
 */
public record Measure(
        String name,
        Position position,
        Type type,
        @Nullable SqlTemplate sql,
        List<SqlTemplate> filters,
        boolean rolling,
        @Nullable String format,
        @Nullable String currency,
        List<String> drillMembers,
        About about) {

    /** The types a measure can have. */
    public enum Type {
        COUNT,
        COUNT_DISTINCT,
        COUNT_DISTINCT_APPROX,
        SUM,
        AVG,
        MIN,
        MAX,
        NUMBER,
        STRING,
        TIME,
        BOOLEAN;

        /** Whether the measure's SQL is the whole expression, with no aggregate around it. */
        public boolean isCalculated() {
            return this == NUMBER || this == STRING || this == TIME || this == BOOLEAN;
        }
    }

    public Measure {
        filters = List.copyOf(filters);
        drillMembers = List.copyOf(drillMembers);
    }
}
