package dev.millrace.transform.schema;

import dev.millrace.contracts.event.SchemaChanged;

import org.jspecify.annotations.Nullable;

/** Knows what in the project uses a table or column. */
public interface Dependents {

    /**
     * What uses it; nothing where that cannot be told.
     *
     * @param column null for the whole table
     */
    SchemaChanged.Dependents of(Relation relation, @Nullable String column);
}
