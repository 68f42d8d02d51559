package dev.millrace.transform.landing.load;

import dev.millrace.transform.landing.load.LoadArrivals.Arrived;
import dev.millrace.transform.schema.Relation;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import javax.sql.DataSource;

/** Where the rows of loads wait, and how much of each load there is. */
public final class Loads {

    private static final Logger log = LoggerFactory.getLogger(Loads.class);

    private final DataSource database;
    private final Map<Relation, Waiting> known = new ConcurrentHashMap<>();

    public Loads(DataSource database) {
        this.database = database;
    }

    /** A stream's table, and the types of its columns when both tables were last alike. */
    private record Waiting(long id, Map<String, String> columns) {}

    /** The table in which rows of a stream wait. */
    static Relation rows(long stream) {
        return new Relation("transform", "load_rows_" + stream);
    }

    /** The table in which rows wait for a place in another, which was made ready. */
    public Relation rows(Relation relation) {
        return rows(waiting(relation).id());
    }

    private Waiting waiting(Relation relation) {
        return Objects.requireNonNull(
                known.get(relation), () -> relation + " was not made ready for loads");
    }

    /** Forgets what was seen of a stream's tables. */
    public void forget(Relation relation) {
        known.remove(relation);
    }

    /** Makes the streams known of which there are loads, and which need not have a table. */
    public void prepare(LoadArrivals arrivals) throws SQLException {
        for (Load load : arrivals.byLoad().keySet()) {
            prepare(load.relation());
        }
    }

    private void prepare(Relation relation) throws SQLException {
        if (!known.containsKey(relation)) {
            try (Connection connection = database.getConnection()) {
                known.putIfAbsent(relation, new Waiting(id(connection, relation), Map.of()));
            }
        }
    }

    /**
     * Makes the table ready in which rows wait: with the columns of the one that they wait for.
     *
     * @param columns what will be written
     */
    public void prepare(Relation relation, List<String> columns) throws SQLException {
        prepare(relation);
        if (waiting(relation).columns().keySet().containsAll(columns)) {
            return;
        }
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                known.put(relation, makeAlike(connection, relation, waiting(relation).id()));
                connection.commit();
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    private static long id(Connection connection, Relation relation) throws SQLException {
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

    private static Waiting makeAlike(Connection connection, Relation relation, long id)
            throws SQLException {
        lock(connection, id);
        Relation rows = rows(id);
        Map<String, String> wanted = columns(connection, relation);
        Map<String, String> there = columns(connection, rows);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = '20s'");
            if (there.entrySet().stream()
                    .anyMatch(has -> !has.getValue().equals(wanted.get(has.getKey())))) {
                log.warn(
                        "{} was made anew with other columns: loads that are not complete begin"
                                + " anew; rewind the source to have them whole",
                        relation);
                statement.execute("DROP TABLE " + rows.quoted());
                forgetWaiting(connection, id);
                there.clear();
            }
            if (there.isEmpty()) {
                statement.execute(
                        "CREATE TABLE %s (LIKE %s)".formatted(rows.quoted(), relation.quoted()));
            } else {
                List<String> added = new ArrayList<>();
                wanted.forEach(
                        (name, type) -> {
                            if (!there.containsKey(name)) {
                                added.add("ADD COLUMN %s %s".formatted(Relation.quote(name), type));
                            }
                        });
                if (!added.isEmpty()) {
                    statement.execute(
                            "ALTER TABLE %s %s".formatted(rows.quoted(), String.join(", ", added)));
                }
            }
        }
        return new Waiting(id, wanted);
    }

    /** One at a time changes the tables of a stream, or has one take the place of another. */
    private static void lock(Connection connection, long id) throws SQLException {
        try (PreparedStatement lock =
                connection.prepareStatement(
                        "SELECT 1 FROM transform.load_stream WHERE id = ? FOR NO KEY UPDATE")) {
            lock.setLong(1, id);
            lock.executeQuery().close();
        }
    }

    private static void forgetWaiting(Connection connection, long id) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement(
                        """
                        DELETE FROM transform.load l USING transform.load_stream s
                        WHERE s.id = ? AND l.stream_id = s.id
                          AND l.load > coalesce(s.current_load, '')
                        """)) {
            delete.setLong(1, id);
            delete.executeUpdate();
        }
    }

    /** The columns of a table with their types, in order; none if there is no such table. */
    static Map<String, String> columns(Connection connection, Relation relation)
            throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT a.attname, format_type(a.atttypid, a.atttypmod)
                        FROM pg_attribute a
                        WHERE a.attrelid = to_regclass(?) AND a.attnum > 0
                          AND NOT a.attisdropped AND a.attgenerated = ''
                        ORDER BY a.attnum
                        """)) {
            select.setString(1, relation.quoted());
            Map<String, String> columns = new LinkedHashMap<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    columns.put(rows.getString(1), rows.getString(2));
                }
            }
            return columns;
        }
    }

    /**
     * The load whose rows a table has; null for none. Rows of older ones have no place any more.
     */
    public @Nullable String current(Connection connection, Relation relation) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        "SELECT current_load FROM transform.load_stream WHERE id = ?")) {
            select.setLong(1, waiting(relation).id());
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }

    /**
     * Counts what has come of loads, in the transaction that lands it.
     *
     * @param staged of how many records the rows wait now
     * @param isFresh whether the records have come for the first time; those that have not were
     *     counted as left out when they came
     */
    public void count(
            Connection connection,
            LoadArrivals arrivals,
            Map<Load, Long> staged,
            boolean isFresh,
            Instant at)
            throws SQLException {
        if (arrivals.isEmpty()) {
            return;
        }
        try (PreparedStatement upsert =
                connection.prepareStatement(
                        """
                        INSERT INTO transform.load AS l
                          (stream_id, load, expected, staged, left_out, first_at, last_at, has_news)
                        VALUES (?, ?, ?, ?, greatest(0, ?), ?::timestamptz, ?::timestamptz, true)
                        ON CONFLICT (stream_id, load) DO UPDATE SET
                          expected = coalesce(EXCLUDED.expected, l.expected),
                          staged = l.staged + EXCLUDED.staged,
                          left_out = greatest(0, l.left_out + ?),
                          last_at = EXCLUDED.last_at, has_news = true
                        """)) {
            // In the order of loads, as all do.
            for (Map.Entry<Load, Arrived> entry : arrivals.byLoad().entrySet()) {
                Load load = entry.getKey();
                Arrived arrived = entry.getValue();
                long waiting = staged.getOrDefault(load, 0L);
                upsert.setLong(1, waiting(load.relation()).id());
                upsert.setString(2, load.name());
                upsert.setObject(3, arrived.expected());
                upsert.setLong(4, waiting);
                long leftOut = isFresh ? arrived.records() - waiting : -waiting;
                upsert.setLong(5, leftOut);
                upsert.setString(6, at.toString());
                upsert.setString(7, at.toString());
                upsert.setLong(8, leftOut);
                upsert.addBatch();
            }
            upsert.executeBatch();
        }
    }
}
