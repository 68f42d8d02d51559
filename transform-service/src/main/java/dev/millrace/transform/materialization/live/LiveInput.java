package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.warehouse.RelationName;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A table that a live model reads.
 *
 * @param identity the column whose value names a row of a {@link Kind#KEYED} table; null for others
 * @param columns types by name, in the table's order
 */
record LiveInput(
        RelationName relation, Kind kind, @Nullable String identity, Map<String, String> columns) {

    LiveInput {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        if ((kind == Kind.KEYED) == (identity == null)) {
            throw new IllegalArgumentException("only a keyed table has identities: " + relation);
        }
    }

    /** How a table changes, and so how what changed can be known. */
    enum Kind {
        /** Rows are only added; those of a batch are told by when they were loaded. */
        APPENDED,
        /** Rows change and go; each batch tells which ones. */
        KEYED,
        /** It is told that it changed, and not where. */
        REPLACED
    }
}
