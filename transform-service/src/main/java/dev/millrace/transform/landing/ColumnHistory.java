package dev.millrace.transform.landing;

import dev.millrace.transform.landing.row.RowBatch;
import dev.millrace.transform.schema.ColumnType;
import dev.millrace.transform.schema.NeededColumn;
import dev.millrace.transform.schema.Relation;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

/**
 * What the columns of landed tables were like of late, to tell a renamed column from a new one.
 * Batches are counted in memory; once a minute, and when a column is new, it is looked at values,
 * and all is stored for the next process.
 */
final class ColumnHistory {

    private static final Duration STORED_EVERY = Duration.ofMinutes(1);

    private final DataSource database;
    private final Clock clock;
    private final Map<Relation, TableHistory> histories = new HashMap<>();
    private final Map<Relation, Instant> stored = new HashMap<>();

    ColumnHistory(DataSource database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** The columns, each with what it was probably called until now. */
    List<NeededColumn> withRenames(RowBatch batch, List<NeededColumn> columns) throws SQLException {
        if (!batch.kind().isOfRecords() || columns.isEmpty()) {
            return columns;
        }
        Map<String, ColumnType> added = new HashMap<>();
        columns.forEach(column -> added.put(column.name(), column.type()));
        Map<String, String> renames = history(batch.relation()).likelyRenames(batch, added);
        return columns.stream()
                .map(column -> column.renamedFrom(renames.get(column.name())))
                .toList();
    }

    /** Adds a batch, in the transaction that lands it. */
    void add(Connection connection, RowBatch batch) throws SQLException {
        if (!batch.kind().isOfRecords() || batch.rows().isEmpty()) {
            return;
        }
        TableHistory history = history(batch.relation());
        int before = history.columns().size();
        Instant now = clock.instant();
        Instant last = stored.get(batch.relation());
        boolean due = last == null || !last.plus(STORED_EVERY).isAfter(now);
        history.add(batch, due);
        if (due || history.columns().size() > before) {
            store(connection, batch.relation(), history, now);
            stored.put(batch.relation(), now);
        }
    }

    private TableHistory history(Relation relation) throws SQLException {
        TableHistory known = histories.get(relation);
        if (known == null) {
            known = restored(relation);
            histories.put(relation, known);
        }
        return known;
    }

    private TableHistory restored(Relation relation) throws SQLException {
        TableHistory history = new TableHistory();
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement(
                                """
                                SELECT column_name, data_type, mean_length, shapes, rows, present
                                FROM transform.column_profile WHERE relation = ?
                                """)) {
            select.setString(1, relation.qualified());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    history.restore(
                            row.getString(1),
                            ColumnProfile.stored(
                                    row.getString(2),
                                    row.getDouble(3),
                                    (String[]) row.getArray(4).getArray()),
                            row.getLong(5),
                            row.getLong(6));
                }
            }
        }
        return history;
    }

    private static void store(
            Connection connection, Relation relation, TableHistory history, Instant now)
            throws SQLException {
        List<String> names = new ArrayList<>(history.columns().keySet());
        // Landers of the same table meet in one order.
        names.sort(null);
        try (PreparedStatement upsert =
                connection.prepareStatement(
                        """
                        INSERT INTO transform.column_profile AS p (relation, column_name, data_type,
                          rows, present, mean_length, shapes, last_seen_at)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT (relation, column_name) DO UPDATE SET
                          data_type = EXCLUDED.data_type, rows = EXCLUDED.rows,
                          present = EXCLUDED.present, mean_length = EXCLUDED.mean_length,
                          shapes = EXCLUDED.shapes,
                          last_seen_at = CASE WHEN EXCLUDED.present > 0
                            THEN EXCLUDED.last_seen_at ELSE p.last_seen_at END
                        """)) {
            for (String name : names) {
                TableHistory.Column column = history.columns().get(name);
                if (column == null) {
                    continue;
                }
                upsert.setString(1, relation.qualified());
                upsert.setString(2, name);
                upsert.setString(3, column.profile().type().sql());
                upsert.setLong(4, history.rows());
                upsert.setLong(5, column.present());
                upsert.setDouble(6, column.profile().meanLength());
                upsert.setArray(
                        7, connection.createArrayOf("text", column.profile().shapes().toArray()));
                upsert.setObject(8, now.atOffset(ZoneOffset.UTC));
                upsert.addBatch();
            }
            upsert.executeBatch();
        }
    }
}
