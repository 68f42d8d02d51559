package dev.millrace.serving.query;

import dev.millrace.serving.semantic.Query;

import java.util.Map;

/**
 * A query with its defaults filled in.
 *
 * @param echo as the answer repeats it
 * @param query as it is compiled
 * @param format how the rows are to be written
 */
record NormalizedQuery(Map<String, Object> echo, Query query, Format format) {

    /** The forms that rows can have in an answer. */
    enum Format {
        DEFAULT,
        COMPACT,
        COLUMNAR
    }
}
