package dev.millrace.serving.semantic;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A query as SQL.
 *
 * @param columns what each column of the result is, in order
 * @param total counts the rows that there were without limit and offset; only if asked for
 * @param order the order that was used, by member
 */
public record CompiledQuery(
        SqlStatement statement,
        @Nullable SqlStatement total,
        List<Column> columns,
        List<Query.Order> order) {

    /**
     * A column of the result.
     *
     * @param granularity for a time dimension that is cut into units
     */
    public record Column(Member member, @Nullable String granularity) {

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
        columns = List.copyOf(columns);
        order = List.copyOf(order);
    }
}
