package dev.millrace.serving.feed;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Locale;

/**
 * What a reader gets at once.
 *
 * @param columns of the table
 * @param next where to go on
 * @param more whether there is more already
 * @param reset whether what the reader has is no longer of use: it is to drop that, and to take all
 *     rows from the cursor on
 */
record FeedPage(List<String> columns, List<Row> rows, Cursor next, boolean more, boolean reset) {

    /** What became of a row. */
    enum Operation {
        /** It was added. */
        INSERT,
        /** It is now so, whether it is new or has changed. */
        UPSERT,
        /** It is gone, or marked as gone. */
        DELETE;

        String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A row that changed.
     *
     * @param version the relation's, with which it came
     * @param changedAt when that was, by ISO 8601
     * @param key what tells the row from others; null if nothing does
     * @param row its columns as JSON; null if it is gone
     */
    record Row(
            Operation operation,
            long version,
            @Nullable String changedAt,
            @Nullable String key,
            @Nullable String row) {}

    FeedPage {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }
}
