package dev.millrace.transform.schema;

/** How landing writes a table, which decides the columns that it has besides the payload's. */
public enum TableKind {
    /** Rows are added, each identity once. */
    APPENDED,
    /** A row for each identity, whose columns follow their newest values. */
    MERGED
}
