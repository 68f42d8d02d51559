package dev.millrace.transform.landing.load;

import dev.millrace.transform.landing.load.LoadArrivals.Arrived;
import dev.millrace.transform.schema.RecordPosition;
import dev.millrace.transform.schema.Relation;

import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLState;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntFunction;

import javax.sql.DataSource;

/** Notes what has come of loads. For one thread. */
public final class Loads {

    private final DataSource database;
    private final Map<Relation, Stream> known = new HashMap<>();

    public Loads(DataSource database) {
        this.database = database;
    }

    /** A stream, with the columns that are known to be landing's. */
    private record Stream(long id, Set<String> columns) {}

    /** A table as it is; no columns if there is none. */
    record Target(@Nullable Long oid, Set<String> columns) {

        /** What a row can be written to: no generated columns. */
        static Target read(Connection connection, Relation relation) throws SQLException {
            try (PreparedStatement select =
                    connection.prepareStatement(
                            """
                            SELECT a.attrelid::bigint, a.attname FROM pg_attribute a
                            WHERE a.attrelid = to_regclass(?) AND a.attnum > 0
                              AND NOT a.attisdropped AND a.attgenerated = ''
                            """)) {
                select.setString(1, relation.quoted());
                Long oid = null;
                Set<String> columns = new HashSet<>();
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        oid = rows.getLong(1);
                        columns.add(rows.getString(2));
                    }
                }
                return new Target(oid, columns);
            }
        }

        boolean isThere() {
            return oid != null;
        }
    }

    /** The number by which a stream's rows wait. */
    public long id(Relation relation) {
        return stream(relation).id();
    }

    private Stream stream(Relation relation) {
        return Objects.requireNonNull(
                known.get(relation), () -> relation + " was not made ready for loads");
    }

    /** Makes the streams known of which there are loads, and which need not have a table. */
    public void prepare(LoadArrivals arrivals) throws SQLException {
        for (Load load : arrivals.byLoad().keySet()) {
            Relation relation = load.relation();
            if (!known.containsKey(relation)) {
                try (Connection connection = database.getConnection()) {
                    known.put(relation, new Stream(find(connection, relation), new HashSet<>()));
                }
            }
        }
    }

    /**
     * Looks whether a table is as it is taken to be, as rows that wait do not find out.
     *
     * @param columns what will be written
     * @throws SQLException as when a row is written, if there is no such table or column
     */
    public void check(Relation relation, List<String> columns) throws SQLException {
        Stream stream = stream(relation);
        try (Connection connection = database.getConnection()) {
            Target target = Target.read(connection, relation);
            if (!target.isThere()) {
                throw new SQLException(
                        relation + " is no longer there", PSQLState.UNDEFINED_TABLE.getState());
            }
            for (String column : columns) {
                if (!target.columns().contains(column)) {
                    throw new SQLException(
                            "%s has no column %s any more".formatted(relation, column),
                            PSQLState.UNDEFINED_COLUMN.getState());
                }
            }
            noteTable(connection, stream.id(), relation, Objects.requireNonNull(target.oid()));
            if (!stream.columns().containsAll(columns)) {
                noteColumns(connection, stream.id(), columns);
                stream.columns().addAll(columns);
            }
        }
    }

    private static long find(Connection connection, Relation relation) throws SQLException {
        try (PreparedStatement insert =
                        connection.prepareStatement(
                                """
                                INSERT INTO transform.load_stream (schema_name, table_name)
                                VALUES (?, ?) ON CONFLICT DO NOTHING
                                """);
                PreparedStatement select =
                        connection.prepareStatement(
                                """
                                SELECT id FROM transform.load_stream
                                WHERE schema_name = ? AND table_name = ?
                                """)) {
            for (PreparedStatement statement : List.of(insert, select)) {
                statement.setString(1, relation.schema());
                statement.setString(2, relation.name());
            }
            insert.executeUpdate();
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** A table that was made anew has the rows of no load, and one that was restored has them. */
    private static void noteTable(Connection connection, long stream, Relation relation, long oid)
            throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(
                        """
                        UPDATE transform.load_stream SET table_oid = ?::oid,
                          current_load = CASE WHEN table_oid IS NULL OR EXISTS (
                            SELECT FROM %s WHERE _mr_load = current_load) THEN current_load END
                        WHERE id = ? AND table_oid IS DISTINCT FROM ?::oid
                        """
                                .formatted(relation.quoted()))) {
            update.setLong(1, oid);
            update.setLong(2, stream);
            update.setLong(3, oid);
            update.executeUpdate();
        }
    }

    private static void noteColumns(Connection connection, long stream, List<String> columns)
            throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement(
                        """
                        INSERT INTO transform.load_column (stream_id, column_name)
                        SELECT ?, c FROM unnest(?::text[]) AS c ORDER BY c ON CONFLICT DO NOTHING
                        """)) {
            insert.setLong(1, stream);
            insert.setArray(2, connection.createArrayOf("text", columns.toArray()));
            insert.executeUpdate();
        }
    }

    /**
     * The load whose rows a table has; null for none. Rows of older ones have no place any more.
     * Nobody resets it until the transaction ends.
     */
    public @Nullable String current(Connection connection, Relation relation) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        "SELECT current_load FROM transform.load_stream WHERE id = ? FOR KEY"
                                + " SHARE")) {
            select.setLong(1, id(relation));
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }

    /**
     * Notes what has come, in the transaction that lands it.
     *
     * @param staged the records whose rows wait now, by their place in the batch
     * @param positions where the records of the batch stand
     */
    public void note(
            Connection connection,
            LoadArrivals arrivals,
            BitSet staged,
            IntFunction<RecordPosition> positions,
            Instant at)
            throws SQLException {
        // In the order of loads, as all who lock several of them do.
        for (Map.Entry<Load, Arrived> entry : arrivals.byLoad().entrySet()) {
            Load load = entry.getKey();
            @Nullable String current = current(connection, load.relation());
            if (current != null && load.name().compareTo(current) < 0) {
                continue;
            }
            BitSet records = entry.getValue().records();
            BitSet leftOut = (BitSet) records.clone();
            leftOut.andNot(staged);
            long id = id(load.relation());
            count(
                    connection,
                    id,
                    load.name(),
                    entry.getValue().expected(),
                    records.cardinality() - leftOut.cardinality(),
                    at);
            noteLeftOut(connection, id, load.name(), records, leftOut, positions);
        }
    }

    private static void count(
            Connection connection,
            long stream,
            String load,
            @Nullable Long expected,
            long staged,
            Instant at)
            throws SQLException {
        try (PreparedStatement upsert =
                connection.prepareStatement(
                        """
                        INSERT INTO transform.load AS l
                          (stream_id, load, expected, staged, first_at, last_at, has_news)
                        VALUES (?, ?, ?, ?, ?::timestamptz, ?::timestamptz, true)
                        ON CONFLICT (stream_id, load) DO UPDATE SET
                          expected = coalesce(EXCLUDED.expected, l.expected),
                          staged = l.staged + EXCLUDED.staged,
                          last_at = EXCLUDED.last_at, has_news = true
                        """)) {
            upsert.setLong(1, stream);
            upsert.setString(2, load);
            upsert.setObject(3, expected);
            upsert.setLong(4, staged);
            upsert.setString(5, at.toString());
            upsert.setString(6, at.toString());
            upsert.executeUpdate();
        }
    }

    /** A record is left out once, however often it comes, and no longer when it has a row. */
    private static void noteLeftOut(
            Connection connection,
            long stream,
            String load,
            BitSet records,
            BitSet leftOut,
            IntFunction<RecordPosition> positions)
            throws SQLException {
        try (PreparedStatement delete =
                        connection.prepareStatement(
                                """
                                DELETE FROM transform.load_left_out o
                                USING unnest(?::text[], ?::integer[], ?::bigint[]) AS r (t, p, n)
                                WHERE o.stream_id = ? AND o.topic = r.t AND o.partition = r.p
                                  AND o.record_offset = r.n AND o.load = ?
                                """);
                PreparedStatement insert =
                        connection.prepareStatement(
                                """
                                INSERT INTO transform.load_left_out
                                  (topic, partition, record_offset, stream_id, load)
                                SELECT r.t, r.p, r.n, ?, ?
                                FROM unnest(?::text[], ?::integer[], ?::bigint[]) AS r (t, p, n)
                                ON CONFLICT DO NOTHING
                                """)) {
            BitSet landed = (BitSet) records.clone();
            landed.andNot(leftOut);
            if (!landed.isEmpty() && hasLeftOut(connection, stream)) {
                setPositions(delete, 1, landed, positions);
                delete.setLong(4, stream);
                delete.setString(5, load);
                delete.executeUpdate();
            }
            if (!leftOut.isEmpty()) {
                insert.setLong(1, stream);
                insert.setString(2, load);
                setPositions(insert, 3, leftOut, positions);
                insert.executeUpdate();
            }
        }
    }

    private static boolean hasLeftOut(Connection connection, long stream) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        "SELECT EXISTS (SELECT FROM transform.load_left_out WHERE stream_id ="
                                + " ?)")) {
            select.setLong(1, stream);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private static void setPositions(
            PreparedStatement statement,
            int first,
            BitSet records,
            IntFunction<RecordPosition> positions)
            throws SQLException {
        List<RecordPosition> at = new ArrayList<>();
        records.stream().forEach(record -> at.add(positions.apply(record)));
        Connection connection = statement.getConnection();
        statement.setArray(
                first,
                connection.createArrayOf("text", at.stream().map(RecordPosition::topic).toArray()));
        statement.setArray(
                first + 1,
                connection.createArrayOf(
                        "integer", at.stream().map(RecordPosition::partition).toArray()));
        statement.setArray(
                first + 2,
                connection.createArrayOf(
                        "bigint", at.stream().map(RecordPosition::offset).toArray()));
    }
}
