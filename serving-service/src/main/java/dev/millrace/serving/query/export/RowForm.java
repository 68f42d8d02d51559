package dev.millrace.serving.query.export;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/** Writes rows in one of the forms, and holds no more of them than a batch. */
public sealed interface RowForm permits CsvForm, ArrowForm, ParquetForm {

    /**
     * Writes a row.
     *
     * @param values one for each column, as PostgreSQL writes them
     */
    void write(@Nullable String[] values) throws IOException;

    /** Writes what is left, and the end by which readers know that nothing is missing. */
    void end() throws IOException;
}
