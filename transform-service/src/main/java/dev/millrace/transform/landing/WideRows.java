package dev.millrace.transform.landing;

import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.landing.value.Json;

import java.math.BigDecimal;

/**
 * Keeps rows within one page of 8 KiB, which PostgreSQL does not let them outgrow: long texts move
 * out of the row and leave a pointer behind, but hundreds of short values, or pointers, remain.
 */
final class WideRows {

    /** A page less its header, the row's own, the bits for nulls, and Millrace's own columns. */
    static final int ROOM = 7_700;

    /** Fewer values than this always fit. */
    private static final int FEW = 250;

    private static final int POINTER = 18;

    /** PostgreSQL moves nothing out that is no longer than this. */
    private static final int LONGEST_KEPT = 24;

    private WideRows() {}

    /** Whether the row may have more than there is room for. */
    static boolean mayOverflow(Row row) {
        if (row.size() < FEW) {
            return false;
        }
        int bytes = 0;
        for (int i = 0; i < row.size(); i++) {
            bytes += bytes(row.value(i));
        }
        return bytes > ROOM;
    }

    /** What a value takes in the row at most. */
    static int bytes(Object value) {
        return switch (value) {
            case String text -> varying(text.length() * 3L, text.length());
            case Json json -> varying(json.utf8().length + 16L, json.utf8().length);
            case BigDecimal number -> varying(number.precision() / 2L + 6, number.precision() / 2);
            case Boolean _ -> 1;
            // Eight, and what may be lost before it, as it begins at a multiple of eight.
            default -> 12;
        };
    }

    private static int varying(long most, long least) {
        return least > LONGEST_KEPT ? POINTER : (int) Math.min(most, LONGEST_KEPT) + 1;
    }
}
