package dev.millrace.transform.schema;

import dev.millrace.contracts.project.source.PartitionBy;
import dev.millrace.contracts.project.source.StreamSettings;

import org.jspecify.annotations.Nullable;

/**
 * What a project says of a table beside its columns.
 *
 * @param partition the periods by which one that is created is partitioned; null for none
 * @param tenant the column that names the tenant of a row; null if all readers may see all rows
 */
public record TableLayout(@Nullable PartitionBy partition, @Nullable String tenant) {

    public static final TableLayout PLAIN = new TableLayout(null, null);

    /** That of a stream's table. */
    public static TableLayout of(StreamSettings stream) {
        return new TableLayout(stream.partition(), stream.tenant());
    }

    /** The same without partitions. */
    public TableLayout whole() {
        return new TableLayout(null, tenant);
    }
}
