package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Operator;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;

/**
 * One query over a model, with every default filled in.
 *
 * @param order as asked for; empty for Cube's own order
 */
public record Query(
        List<String> measures,
        List<String> dimensions,
        List<String> segments,
        List<TimeDimension> timeDimensions,
        List<Filter> filters,
        List<Order> order,
        int limit,
        int offset,
        boolean total,
        boolean ungrouped,
        ZoneId timezone) {

    /**
     * A time dimension, cut into units, limited to a range, or both.
     *
     * @param origin where a unit of fixed length begins, if not with the calendar's; the results
     *     are then times in UTC
     */
    public record TimeDimension(
            String dimension,
            @Nullable String granularity,
            @Nullable DateRange range,
            @Nullable Instant origin) {

        public TimeDimension(
                String dimension, @Nullable String granularity, @Nullable DateRange range) {
            this(dimension, granularity, range, null);
        }
    }

    /** Local times in the query's time zone, both included. */
    public record DateRange(LocalDateTime from, LocalDateTime to) {}

    /** A member to order by. */
    public record Order(String member, boolean descending) {}

    /** A condition, or several together. */
    public sealed interface Filter {}

    /** All of the conditions. */
    public record And(List<Filter> filters) implements Filter {

        public And {
            filters = List.copyOf(filters);
        }
    }

    /** At least one of the conditions. */
    public record Or(List<Filter> filters) implements Filter {

        public Or {
            filters = List.copyOf(filters);
        }
    }

    /**
     * A condition on one member.
     *
     * @param values without null
     * @param withNull whether null was among the values
     * @param range the values as a range of time, for the operators that take one
     */
    public record Condition(
            String member,
            Operator operator,
            List<String> values,
            boolean withNull,
            @Nullable DateRange range)
            implements Filter {

        public Condition {
            values = List.copyOf(values);
        }
    }

    public Query {
        measures = List.copyOf(measures);
        dimensions = List.copyOf(dimensions);
        segments = List.copyOf(segments);
        timeDimensions = List.copyOf(timeDimensions);
        filters = List.copyOf(filters);
        order = List.copyOf(order);
    }
}
