package dev.millrace.transform.model.manifest;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * The rows of a relation that happened within some time.
 *
 * @param column when a row happened
 * @param start first moment that belongs to it
 * @param end first moment that does not
 */
public record EventWindow(String column, Instant start, Instant end) {

    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'+00:00'").withZone(ZoneOffset.UTC);

    /** The condition on rows, as SQL has it. */
    public String condition() {
        return column
                + " >= '"
                + FORMAT.format(start)
                + "' and "
                + column
                + " < '"
                + FORMAT.format(end)
                + "'";
    }
}
