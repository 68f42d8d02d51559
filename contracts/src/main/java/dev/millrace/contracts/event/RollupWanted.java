package dev.millrace.contracts.event;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A table of results that is to be kept beforehand, as queries will ask for them. Topic {@code
 * millrace.rollups}, key {@link #id()}; only the latest of a key counts, and none after a record
 * without a value.
 *
 * @param id which one it is, for example {@code orders.daily}
 * @param revision revision of the project that wants it
 * @param relation the table that is to have the results
 * @param sql the query that gives them
 * @param indexes columns of each index that the table is to have
 * @param description what it is for, for people who meet the table
 * @param tenantColumns of those of its columns that are a source's column as it is: the name there
 * @param announcedAt when serving told it
 */
public record RollupWanted(
        String id,
        String revision,
        Relation relation,
        String sql,
        List<List<String>> indexes,
        String description,
        Map<String, String> tenantColumns,
        Instant announcedAt) {

    public RollupWanted {
        requireNonNull(id, "id");
        requireNonNull(revision, "revision");
        requireNonNull(relation, "relation");
        requireNonNull(sql, "sql");
        requireNonNull(indexes, "indexes");
        requireNonNull(description, "description");
        requireNonNull(tenantColumns, "tenantColumns");
        requireNonNull(announcedAt, "announcedAt");
        indexes = indexes.stream().map(List::copyOf).toList();
        tenantColumns = Map.copyOf(tenantColumns);
    }

    /** The name of a table, unquoted. */
    public record Relation(String schema, String name) {

        public Relation {
            requireNonNull(schema, "schema");
            requireNonNull(name, "name");
        }
    }
}
