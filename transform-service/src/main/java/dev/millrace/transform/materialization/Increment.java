package dev.millrace.transform.materialization;

import java.util.function.Supplier;

/**
 * How an incremental model takes new rows over. Values of templates stay what they are.
 *
 * @param strategy for example {@code delete+insert}
 * @param uniqueKey column, list of columns, or None
 * @param onSchemaChange {@code ignore}, {@code fail}, {@code append_new_columns} or {@code
 *     sync_all_columns}
 * @param predicates further conditions, or None
 * @param columns the columns of the table that is there
 */
public record Increment(
        SqlMacros macros,
        String strategy,
        Object uniqueKey,
        String onSchemaChange,
        Object predicates,
        Supplier<Object> columns) {}
