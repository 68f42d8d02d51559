package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Measure;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * A query as SQL.
 *
 * @param select over the rows of the cubes
 * @param rollups the same over those rollups that can answer it, the first to be preferred
 * @param unfit why other rollups of the same rows cannot, by their ids
 * @param columns what each column of the result is, in order
 * @param order the order that was used, by member
 * @param leaves the aggregates that each measure of the result comes from
 * @param split whether the join multiplies rows, so that aggregates are computed apart
 * @param rolling whether some are computed over a window around each point in time
 */
public record CompiledQuery(
        Select select,
        List<OverRollup> rollups,
        Map<String, String> unfit,
        List<Column> columns,
        List<Query.Order> order,
        Map<String, List<Leaf>> leaves,
        boolean split,
        boolean rolling) {

    /**
     * The statements of a query.
     *
     * @param total counts the rows that there were without limit and offset; only if asked for
     */
    public record Select(SqlStatement statement, @Nullable SqlStatement total) {}

    /**
     * The same over the rows of a rollup.
     *
     * @param writing writes it, given the columns that are whole numbers of eight bytes
     */
    public record OverRollup(RollupTable rollup, Function<Set<String>, Select> writing) {

        /**
         * The statements.
         *
         * @param integers columns of whole numbers of eight bytes
         */
        public Select select(Set<String> integers) {
            return writing.apply(integers);
        }
    }

    public SqlStatement statement() {
        return select.statement();
    }

    /** Counts the rows that there were without limit and offset; only if asked for. */
    public @Nullable SqlStatement total() {
        return select.total();
    }

    /** An aggregate over rows, as cube.measure. */
    public record Leaf(String path, Measure.Type type) {

        /** Whether it can be computed from itself over parts of the rows. */
        public boolean isAdditive() {
            return switch (type) {
                case COUNT, SUM, MIN, MAX, COUNT_DISTINCT_APPROX -> true;
                case COUNT_DISTINCT, AVG, NUMBER, STRING, TIME, BOOLEAN, RANK -> false;
            };
        }
    }

    /**
     * A column of the result.
     *
     * @param granularity for a time dimension that is cut into units
     */
    public record Column(Member member, @Nullable String granularity) {

        boolean isMeasure() {
            return member instanceof Member.OfMeasure;
        }

        /** The key in the result's rows: {@code orders.created_at.day}. */
        public String key() {
            return granularity == null ? member.path() : member.path() + "." + granularity;
        }

        /** The name in SQL. */
        public String alias() {
            return granularity == null ? member.alias() : member.alias() + "_" + granularity;
        }
    }

    public CompiledQuery {
        rollups = List.copyOf(rollups);
        unfit = Collections.unmodifiableMap(new LinkedHashMap<>(unfit));
        columns = List.copyOf(columns);
        order = List.copyOf(order);
        leaves = Collections.unmodifiableMap(new LinkedHashMap<>(leaves));
    }
}
