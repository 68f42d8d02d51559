package dev.millrace.transform.model.manifest;

/** Which parts of a relation's name are written in quotes. */
public record Quoting(boolean database, boolean schema, boolean identifier) {

    /** dbt's default for PostgreSQL. */
    public static final Quoting ALL = new Quoting(true, true, true);
}
