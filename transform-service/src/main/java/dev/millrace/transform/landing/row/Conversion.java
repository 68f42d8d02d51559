package dev.millrace.transform.landing.row;

import dev.millrace.transform.schema.ColumnType;

/** What a schema that came with a record makes of a value of its JSON. */
public interface Conversion {

    /** The type of the column. */
    ColumnType type();

    /** The value that is meant, or the given one if it is not what the schema says. */
    Object convert(Object value);
}
