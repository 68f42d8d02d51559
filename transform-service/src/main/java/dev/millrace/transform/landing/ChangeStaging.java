package dev.millrace.transform.landing;

import dev.millrace.contracts.warehouse.RowColumns;
import dev.millrace.transform.landing.copy.BinaryRows;
import dev.millrace.transform.landing.row.Position;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.landing.value.Bytes;
import dev.millrace.transform.landing.value.Json;
import dev.millrace.transform.landing.value.JsonText;
import dev.millrace.transform.schema.ColumnType;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.Table;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;

/** A table of the moment with what a batch says of each key, from which one statement writes. */
final class ChangeStaging {

    static final String TABLE = "pg_temp._mr_changes";

    private static final int FLUSH_AT = 256 << 10;
    private static final int BASE_COLUMNS = 9;
    private static final String BASE =
            "_mr_id text COLLATE \"C\", _mr_event_at timestamptz,"
                    + " _mr_ingested_at timestamptz, _mr_loaded_at timestamptz, _mr_extra jsonb,"
                    + " _mr_position bigint[], _mr_column_position jsonb, _mr_deleted_at"
                    + " timestamptz, _mr_deleted_position bigint[]";

    private final Bytes buffer = new Bytes(FLUSH_AT + (64 << 10));
    private final BinaryRows binary = new BinaryRows(buffer);

    /**
     * Makes the table and fills it.
     *
     * @param versions whether a row's identity is that of its version
     * @return columns that are left open in some row; the one after the last for those that the
     *     table does not have yet
     */
    BitSet fill(
            Connection connection,
            ChangeColumns columns,
            List<KeyChange> changes,
            boolean versions,
            long loadedAt)
            throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TEMP TABLE _mr_changes (%s%s%s) ON COMMIT DROP"
                            .formatted(
                                    BASE,
                                    versions ? ", _mr_key text COLLATE \"C\"" : "",
                                    columns.columns().stream()
                                            .map(
                                                    column ->
                                                            ", "
                                                                    + Relation.quote(column.name())
                                                                    + " "
                                                                    + column.type().sql())
                                            .collect(Collectors.joining())));
        }
        CopyIn copy =
                connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn("COPY " + TABLE + " FROM STDIN WITH (FORMAT binary)");
        try {
            BitSet open = send(copy, columns, changes, versions, loadedAt);
            copy.endCopy();
            return open;
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    static void drop(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE " + TABLE);
        }
    }

    private BitSet send(
            CopyIn copy,
            ChangeColumns columns,
            List<KeyChange> changes,
            boolean versions,
            long loadedAt)
            throws SQLException {
        BitSet open = new BitSet();
        ColumnType[] types =
                columns.columns().stream().map(Placement.Column::type).toArray(ColumnType[]::new);
        buffer.clear();
        binary.begin();
        for (KeyChange change : changes) {
            binary.beginRow(BASE_COLUMNS + (versions ? 1 : 0) + types.length);
            addBase(columns, change, versions, loadedAt, open);
            if (versions) {
                binary.addText(change.id());
            }
            @Nullable Object[] values = change.said().values();
            for (int i = 0; i < types.length; i++) {
                binary.add(types[i], values[i]);
            }
            if (buffer.size() >= FLUSH_AT) {
                flush(copy);
            }
        }
        binary.end();
        flush(copy);
        return open;
    }

    private void addBase(
            ChangeColumns columns, KeyChange change, boolean versions, long loadedAt, BitSet open) {
        Row newest = change.newest();
        Row delete = change.delete();
        Row latest = change.latest();
        Position position = newest == null ? null : newest.change().position();
        binary.addText(
                versions && position != null
                        ? change.id() + "@" + position.version()
                        : change.id());
        binary.addTimestamp(latest.eventAt());
        binary.addTimestamp(latest.ingestedAt());
        binary.addTimestamp(loadedAt);
        binary.add(ColumnType.JSONB, newest == null ? null : extra(change.said()));
        if (position == null) {
            binary.addNull();
        } else {
            binary.addBigints(position.parts());
        }
        addPositions(columns, change, open);
        if (delete == null) {
            binary.addNull();
            binary.addNull();
        } else {
            binary.addTimestamp(delete.eventAt());
            binary.addBigints(delete.change().position().parts());
        }
    }

    private void addPositions(ChangeColumns columns, KeyChange change, BitSet open) {
        List<@Nullable Position> positions = change.positions();
        if (positions == null) {
            binary.addNull();
            return;
        }
        Bytes json = new Bytes(64);
        for (int column = 0; column < positions.size(); column++) {
            if (!change.said().carried()[column]) {
                Position position = positions.get(column);
                open.set(column);
                JsonText.member(json, columns.name(column), literal(position));
            }
        }
        change.said()
                .unsent()
                .forEach(
                        (column, position) -> {
                            open.set(columns.width());
                            JsonText.member(json, column, literal(position));
                        });
        binary.add(ColumnType.JSONB, JsonText.closedObject(json));
    }

    private static String literal(@Nullable Position position) {
        return position == null ? "{}" : position.literal();
    }

    private static @Nullable Json extra(ChangeColumns.Said said) {
        if (said.extra().isEmpty()) {
            return null;
        }
        Bytes json = new Bytes(128);
        said.extra().forEach((name, value) -> JsonText.member(json, name, value));
        return JsonText.closedObject(json);
    }

    private void flush(CopyIn copy) throws SQLException {
        copy.writeToCopy(buffer.array(), 0, buffer.size());
        buffer.clear();
    }

    /** Millrace's own columns that every changed table has, in SQL. */
    static String base() {
        return base("");
    }

    /** The same of a table with an alias. */
    static String base(String alias) {
        return List.of(
                        RowColumns.ID,
                        RowColumns.EVENT_AT,
                        RowColumns.INGESTED_AT,
                        RowColumns.LOADED_AT,
                        Table.EXTRA,
                        Table.POSITION,
                        Table.COLUMN_POSITION)
                .stream()
                .map(column -> alias + Relation.quote(column))
                .collect(Collectors.joining(", "));
    }
}
