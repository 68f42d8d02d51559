package dev.millrace.serving.query.export;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A column of the rows that are written.
 *
 * @param notes what is told of it to readers that ask, such as its title
 * @param wording makes of a value as PostgreSQL writes it what stands where values are text
 */
public record ExportColumn(
        String name, ColumnType type, Map<String, String> notes, UnaryOperator<String> wording) {

    public ExportColumn {
        notes = Collections.unmodifiableMap(new LinkedHashMap<>(notes));
    }
}
