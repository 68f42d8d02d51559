package dev.millrace.transform.landing.load;

import dev.millrace.contracts.event.DatasetChanged;
import dev.millrace.contracts.warehouse.RowColumns;
import dev.millrace.operations.background.BackgroundWork;
import dev.millrace.transform.landing.load.Loads.Target;
import dev.millrace.transform.publish.Datasets;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.Table;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import javax.sql.DataSource;

/**
 * Has the newest load that is complete take the place of the one before, in one transaction:
 * readers see the one or the other, and do not wait. Landing only notes what has come, so that it
 * does not wait either. Any number of processes may do this at once.
 */
public final class LoadSwaps extends BackgroundWork {

    private static final Logger log = LoggerFactory.getLogger(LoadSwaps.class);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** What failed once rarely goes a moment later, and writing a load anew leaves dead rows. */
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMinutes(1);

    /** Far more than what writing a load anew takes; somebody may hold a lock for ever. */
    private static final Duration LONGEST = Duration.ofHours(1);

    /** Of how many loads of a stream it is remembered what became of them. */
    private static final int REMEMBERED = 100;

    private static final List<String> OWN_COLUMNS =
            List.of(
                    RowColumns.ID,
                    RowColumns.EVENT_AT,
                    RowColumns.INGESTED_AT,
                    RowColumns.LOADED_AT,
                    Table.EXTRA);

    private final DataSource database;
    private final Datasets datasets;
    private final Clock clock;
    private final Supplier<String> revision;
    private final Consumer<DatasetChanged> listener;
    private final Map<Long, Instant> notBefore = new HashMap<>();

    /**
     * @param listener hears of each change of a table, after its commit
     */
    public LoadSwaps(
            DataSource database,
            Datasets datasets,
            Clock clock,
            Supplier<String> revision,
            Consumer<DatasetChanged> listener) {
        super("load-swaps");
        this.database = database;
        this.datasets = datasets;
        this.clock = clock;
        this.revision = revision;
        this.listener = listener;
    }

    private record Stream(long id, Relation table, @Nullable String current) {

        boolean isOld(String load) {
            return current != null && load.compareTo(current) < 0;
        }
    }

    private record Progress(String load, @Nullable Long expected, long staged) {}

    /** Why a load does not take its place, though as many records have come as it has. */
    private static final class Unfit extends Exception {
        Unfit(String message) {
            super(message);
        }
    }

    @Override
    protected void round() throws InterruptedException {
        Thread.sleep(PAUSE);
        swap();
    }

    /** Looks at all streams of whose loads something has come, and swaps what is complete. */
    public void swap() {
        Instant now = clock.instant();
        for (long stream : withNews()) {
            if (notBefore.getOrDefault(stream, Instant.MIN).isAfter(now)) {
                continue;
            }
            notBefore.remove(stream);
            for (String load : loads(stream)) {
                if (isDone(stream, load)) {
                    break;
                }
            }
        }
    }

    /** Does what is to be done for a load, and tells whether that is all for now. */
    private boolean isDone(long stream, String load) {
        try {
            Optional<List<DatasetChanged>> told = tryLoad(stream, load);
            told.ifPresent(events -> events.forEach(listener));
            return told.isPresent();
        } catch (SQLException e) {
            log.error("The load {} of stream {} cannot take its place yet", load, stream, e);
            notBefore.put(stream, clock.instant().plus(PAUSE_AFTER_FAILURE));
            note(stream, load, String.valueOf(e.getMessage()));
            return true;
        }
    }

    private List<Long> withNews() {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT DISTINCT stream_id FROM transform.load WHERE has_news")) {
            List<Long> streams = new ArrayList<>();
            while (rows.next()) {
                streams.add(rows.getLong(1));
            }
            return streams;
        } catch (SQLException e) {
            throw new IllegalStateException("loads cannot be looked at", e);
        }
    }

    /**
     * Loads of which something has come and that may be complete or have no place, newest first.
     */
    private List<String> loads(long stream) {
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement(
                                """
                                SELECT l.load FROM transform.load l
                                JOIN transform.load_stream s ON s.id = l.stream_id
                                WHERE l.stream_id = ? AND l.has_news
                                  AND (l.load <= s.current_load OR l.expected <= l.staged + (
                                    SELECT count(*) FROM transform.load_left_out o
                                    WHERE o.stream_id = l.stream_id AND o.load = l.load))
                                ORDER BY l.load DESC
                                """)) {
            select.setLong(1, stream);
            List<String> loads = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    loads.add(rows.getString(1));
                }
            }
            return loads;
        } catch (SQLException e) {
            throw new IllegalStateException("loads cannot be looked at", e);
        }
    }

    /** Nothing if an older load may be looked at, too. */
    private Optional<List<DatasetChanged>> tryLoad(long id, String load) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            connection.setNetworkTimeout(
                    Runnable::run, Math.toIntExact(LONGEST.multipliedBy(2).toMillis()));
            try (Statement statement = connection.createStatement()) {
                // All work is within statements: who stands still between them lets go.
                statement.execute(
                        """
                        SET LOCAL statement_timeout = %d; SET LOCAL lock_timeout = '30s';
                        SET LOCAL idle_in_transaction_session_timeout = '30s'\
                        """
                                .formatted(LONGEST.toMillis()));
                Optional<List<DatasetChanged>> told = Optional.of(List.of());
                Stream stream = lock(connection, id);
                if (stream != null) {
                    told = tryLoad(connection, stream, take(connection, stream, load));
                }
                connection.commit();
                return told;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    private Optional<List<DatasetChanged>> tryLoad(
            Connection connection, Stream stream, Progress load) throws SQLException {
        if (stream.isOld(load.load())) {
            drop(connection, stream, load.load());
            return Optional.of(List.of());
        }
        try {
            return Optional.of(
                    load.load().equals(stream.current())
                            ? addLate(connection, stream, load)
                            : replace(connection, stream, load));
        } catch (Unfit e) {
            log.warn("Load {} of {}: {}", load.load(), stream.table(), e.getMessage());
            setProblem(connection, stream.id(), load.load(), e.getMessage());
            return Optional.empty();
        }
    }

    /** The stream; null if another process looks after it right now. */
    private static @Nullable Stream lock(Connection connection, long id) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT schema_name, table_name, current_load FROM transform.load_stream
                        WHERE id = ? FOR NO KEY UPDATE SKIP LOCKED
                        """)) {
            select.setLong(1, id);
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? new Stream(
                                id,
                                new Relation(row.getString(1), row.getString(2)),
                                row.getString(3))
                        : null;
            }
        }
    }

    /**
     * Takes the news of a load. Whoever lands some of it right now holds its row until all of that
     * can be seen; what comes later is news again. Older loads, of which nothing will matter any
     * more, are locked as well, in the order in which those who land lock them.
     */
    private static Progress take(Connection connection, Stream stream, String load)
            throws SQLException {
        try (PreparedStatement locks =
                        connection.prepareStatement(
                                """
                                SELECT 1 FROM transform.load
                                WHERE stream_id = ? AND load <= ? AND has_news
                                ORDER BY load FOR UPDATE
                                """);
                PreparedStatement update =
                        connection.prepareStatement(
                                """
                                UPDATE transform.load SET has_news = false
                                WHERE stream_id = ? AND load = ?
                                RETURNING load, expected, staged
                                """)) {
            for (PreparedStatement statement : List.of(locks, update)) {
                statement.setLong(1, stream.id());
                statement.setString(2, load);
            }
            locks.executeQuery().close();
            try (ResultSet row = update.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("load %s was reset".formatted(load));
                }
                return new Progress(row.getString(1), row.getObject(2, Long.class), row.getLong(3));
            }
        }
    }

    private static long count(Connection connection, String sql, Stream stream, Progress load)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, stream.id());
            select.setString(2, load.load());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private List<DatasetChanged> replace(Connection connection, Stream stream, Progress load)
            throws SQLException, Unfit {
        long distinct =
                count(
                        connection,
                        """
                        SELECT count(DISTINCT id) FROM transform.load_row
                        WHERE stream_id = ? AND load = ?
                        """,
                        stream,
                        load);
        long leftOut =
                count(
                        connection,
                        """
                        SELECT count(*) FROM transform.load_left_out
                        WHERE stream_id = ? AND load = ?
                        """,
                        stream,
                        load);
        if (load.expected() == null || distinct + leftOut < load.expected()) {
            throw new Unfit(
                    "%d records have come, of which %d are different, and %d without a row; it has %s"
                            .formatted(load.staged(), distinct, leftOut, load.expected()));
        }
        // Whoever says so (expects none) has the table emptied.
        if (distinct == 0 && load.expected() > 0) {
            throw new Unfit(
                    "none of its %d records became a row, and the table stays as it is: replay them from quarantine, or have the load taken for complete"
                            .formatted(leftOut));
        }
        Target target = Target.read(connection, stream.table());
        if (target.isThere() && !target.columns().contains(Table.LOAD)) {
            throw new SQLException(
                    "%s was made for another write_disposition; rename or drop it"
                            .formatted(stream.table()));
        }
        if (target.isThere()) {
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("DELETE FROM " + stream.table().quoted());
            }
        }
        long rows = distinct == 0 ? 0 : insert(connection, stream, target, load, distinct, "");
        drop(connection, stream, load.load());
        settle(connection, stream, load, rows);
        log.info("{} has the {} rows of load {} now", stream.table(), rows, load.load());
        return tell(connection, stream, target, rows);
    }

    /** What came when the load had taken its place already. */
    private List<DatasetChanged> addLate(Connection connection, Stream stream, Progress load)
            throws SQLException {
        Target target = Target.read(connection, stream.table());
        long rows =
                insert(
                        connection,
                        stream,
                        target,
                        load,
                        -1,
                        "WHERE NOT EXISTS (SELECT FROM %s t WHERE t._mr_id = w.id)"
                                .formatted(stream.table().quoted()));
        drop(connection, stream, load.load());
        try (PreparedStatement update =
                connection.prepareStatement(
                        """
                        UPDATE transform.load SET rows = rows + ?, problem = NULL
                        WHERE stream_id = ? AND load = ?
                        """)) {
            update.setLong(1, rows);
            update.setLong(2, stream.id());
            update.setString(3, load.load());
            update.executeUpdate();
        }
        return rows == 0 ? List.of() : tell(connection, stream, target, rows);
    }

    /**
     * @param distinct how many different rows wait; less than none if that is not known
     */
    private static long insert(
            Connection connection,
            Stream stream,
            Target target,
            Progress load,
            long distinct,
            String condition)
            throws SQLException {
        List<String> columns = columns(connection, stream, target);
        // Sorting a whole load is not free.
        boolean isTwice = distinct != load.staged();
        String sql =
                """
                INSERT INTO %1$s (%2$s, %3$s)
                SELECT w.id, w.event_at, w.ingested_at, w.loaded_at, w.extra, %4$s
                FROM (
                  SELECT %5$s * FROM transform.load_row WHERE stream_id = ? AND load = ? %6$s) w
                CROSS JOIN LATERAL jsonb_populate_record(NULL::%1$s, w.columns) r
                %7$s
                """
                        .formatted(
                                stream.table().quoted(),
                                names(OWN_COLUMNS, ""),
                                names(columns, ""),
                                names(columns, "r."),
                                isTwice ? "DISTINCT ON (id)" : "",
                                isTwice ? "ORDER BY id, event_at, loaded_at" : "",
                                condition);
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setLong(1, stream.id());
            insert.setString(2, load.load());
            return insert.executeUpdate();
        }
    }

    private static String names(List<String> columns, String alias) {
        return columns.stream()
                .map(column -> alias + Relation.quote(column))
                .collect(Collectors.joining(", "));
    }

    /** The columns that landing writes; those of others keep their defaults. */
    private static List<String> columns(Connection connection, Stream stream, Target target)
            throws SQLException {
        List<String> columns = new ArrayList<>();
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT column_name FROM transform.load_column
                        WHERE stream_id = ? ORDER BY column_name
                        """)) {
            select.setLong(1, stream.id());
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    columns.add(rows.getString(1));
                }
            }
        }
        columns.removeIf(column -> !target.columns().contains(column));
        if (!columns.contains(Table.LOAD)) {
            throw new SQLException(
                    "%s is no longer there; the next record of its stream makes it anew"
                            .formatted(stream.table()));
        }
        return columns;
    }

    /** Forgets what waits for a load, and for older ones. */
    private static void drop(Connection connection, Stream stream, String load)
            throws SQLException {
        for (String sql :
                List.of(
                        """
                        UPDATE transform.load SET has_news = false
                        WHERE stream_id = ? AND load <= ? AND has_news
                        """,
                        "DELETE FROM transform.load_left_out WHERE stream_id = ? AND load < ?",
                        "DELETE FROM transform.load_row WHERE stream_id = ? AND load <= ?")) {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setLong(1, stream.id());
                statement.setString(2, load);
                statement.executeUpdate();
            }
        }
    }

    private void settle(Connection connection, Stream stream, Progress load, long rows)
            throws SQLException {
        try (PreparedStatement current =
                        connection.prepareStatement(
                                "UPDATE transform.load_stream SET current_load = ? WHERE id = ?");
                PreparedStatement replaced =
                        connection.prepareStatement(
                                """
                                UPDATE transform.load
                                SET replaced_at = ?::timestamptz, rows = ?, problem = NULL
                                WHERE stream_id = ? AND load = ?
                                """);
                PreparedStatement old =
                        connection.prepareStatement(
                                """
                                DELETE FROM transform.load WHERE stream_id = ? AND load <= (
                                  SELECT load FROM transform.load
                                  WHERE stream_id = ? AND load <= ?
                                  ORDER BY load DESC OFFSET ? LIMIT 1)
                                """)) {
            current.setString(1, load.load());
            current.setLong(2, stream.id());
            current.executeUpdate();
            replaced.setString(1, clock.instant().toString());
            replaced.setLong(2, rows);
            replaced.setLong(3, stream.id());
            replaced.setString(4, load.load());
            replaced.executeUpdate();
            old.setLong(1, stream.id());
            old.setLong(2, stream.id());
            old.setString(3, load.load());
            old.setInt(4, REMEMBERED);
            old.executeUpdate();
        }
    }

    private List<DatasetChanged> tell(
            Connection connection, Stream stream, Target target, long rows) throws SQLException {
        OffsetDateTime watermark = null;
        if (target.isThere()) {
            try (Statement statement = connection.createStatement();
                    ResultSet row =
                            statement.executeQuery(
                                    "SELECT max(%s) FROM %s"
                                            .formatted(
                                                    RowColumns.EVENT_AT,
                                                    stream.table().quoted()))) {
                row.next();
                watermark = row.getObject(1, OffsetDateTime.class);
            }
        }
        return datasets.changed(
                connection,
                List.of(
                        Datasets.Change.landed(
                                stream.table().qualified(),
                                rows,
                                watermark == null ? null : watermark.toInstant())),
                revision.get(),
                clock.instant());
    }

    /** Tells operators why, who look at the loads. */
    private void note(long stream, String load, String problem) {
        try (Connection connection = database.getConnection()) {
            setProblem(connection, stream, load, problem);
        } catch (SQLException e) {
            log.debug("Not even that can be noted", e);
        }
    }

    private static void setProblem(
            Connection connection, long stream, String load, @Nullable String problem)
            throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(
                        "UPDATE transform.load SET problem = ? WHERE stream_id = ? AND load = ?")) {
            update.setString(1, problem);
            update.setLong(2, stream);
            update.setString(3, load);
            update.executeUpdate();
        }
    }
}
