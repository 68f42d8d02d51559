package dev.millrace.transform.materialization.live;

import net.sf.jsqlparser.statement.select.FromItem;
import net.sf.jsqlparser.statement.select.Join;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/**
 * What a level of a query reads: an input, another level, or a function of what stands before it.
 *
 * @param item how it stands in the query
 * @param join null for the first
 * @param level the level that it is; null for others
 * @param input the input that it is, by its place; -1 for others
 * @param isNullable whether a join may give rows without it
 * @param isOpen whether it may have columns that are not known here
 * @param columns what it gives, by name
 */
record Source(
        String alias,
        FromItem item,
        @Nullable Join join,
        @Nullable Level level,
        int input,
        boolean isNullable,
        boolean isOpen,
        Map<String, Output> columns) {

    /** Whether rows of an input come through here. */
    boolean holds(int wanted) {
        return input == wanted || (level != null && level.holds(wanted));
    }
}
