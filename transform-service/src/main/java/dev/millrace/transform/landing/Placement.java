package dev.millrace.transform.landing;

import dev.millrace.contracts.project.source.SchemaContract.Mode;
import dev.millrace.contracts.record.QuarantineReason;
import dev.millrace.transform.schema.ColumnType;
import dev.millrace.transform.schema.WantedChange;

import org.jspecify.annotations.Nullable;

/** What becomes of the values of one type that a batch has for one of its columns. */
sealed interface Placement {

    /** They go to a column. */
    record Column(int index, String name, ColumnType type) implements Placement {}

    /** They go to the table's overflow, under this name. */
    record Extra(String name) implements Placement {}

    /**
     * They are left out, or their whole records are, as the schema contract says.
     *
     * @param wanted what somebody has to decide on; nothing if it is decided
     */
    record Refused(
            Mode mode,
            QuarantineReason reason,
            String detail,
            String column,
            @Nullable WantedChange wanted)
            implements Placement {}
}
