package dev.millrace.transform.landing.load;

import dev.millrace.contracts.event.DatasetChanged;
import dev.millrace.contracts.warehouse.RowColumns;
import dev.millrace.operations.background.BackgroundWork;
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
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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

    /** Far more than what writing a load anew takes; somebody may hold a lock for ever. */
    private static final Duration LONGEST = Duration.ofHours(1);

    /** Of how many loads of a stream it is remembered what became of them. */
    private static final int REMEMBERED = 100;

    private final DataSource database;
    private final Datasets datasets;
    private final Clock clock;
    private final Supplier<String> revision;
    private final Consumer<DatasetChanged> listener;

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

    private record Progress(String load, @Nullable Long expected, long staged, long leftOut) {

        /** Perhaps not, if some records came twice. */
        boolean mayBeComplete() {
            return expected != null && staged + leftOut >= expected;
        }
    }

    @Override
    protected void round() throws InterruptedException {
        Thread.sleep(PAUSE);
        swap();
    }

    /**
     * Looks at all streams of whose loads something has come, and swaps what is complete.
     *
     * @throws IllegalStateException if some cannot be swapped; the others are
     */
    public void swap() {
        IllegalStateException failure = null;
        for (long stream : withNews()) {
            try {
                swap(stream).forEach(listener);
            } catch (SQLException e) {
                note(stream, e);
                if (failure == null) {
                    failure = new IllegalStateException("a load cannot take its place", e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
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

    private List<DatasetChanged> swap(long id) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            connection.setNetworkTimeout(
                    Runnable::run, Math.toIntExact(LONGEST.multipliedBy(2).toMillis()));
            try (Statement statement = connection.createStatement()) {
                statement.execute(
                        "SET LOCAL statement_timeout = %d; SET LOCAL lock_timeout = '30s'"
                                .formatted(LONGEST.toMillis()));
                Stream stream = lock(connection, id);
                List<DatasetChanged> told = stream == null ? List.of() : swap(connection, stream);
                connection.commit();
                return told;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
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

    /** Loads of which something has come, the newest first. */
    private static List<Progress> news(Connection connection, Stream stream) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT load, expected, staged, left_out FROM transform.load
                        WHERE stream_id = ? AND has_news ORDER BY load DESC
                        """)) {
            select.setLong(1, stream.id());
            return progress(select);
        }
    }

    private static List<Progress> progress(PreparedStatement query) throws SQLException {
        List<Progress> progress = new ArrayList<>();
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                progress.add(
                        new Progress(
                                rows.getString(1),
                                rows.getObject(2, Long.class),
                                rows.getLong(3),
                                rows.getLong(4)));
            }
        }
        return progress;
    }

    /**
     * Takes the news of a load. Whoever lands some of it right now holds the row until all of that
     * can be seen; what comes later is news again.
     */
    private static Progress take(Connection connection, Stream stream, Progress load)
            throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(
                        """
                        UPDATE transform.load SET has_news = false
                        WHERE stream_id = ? AND load = ?
                        RETURNING load, expected, staged, left_out
                        """)) {
            update.setLong(1, stream.id());
            update.setString(2, load.load());
            return progress(update).getFirst();
        }
    }

    /** Does the one thing that is to be done now. */
    private List<DatasetChanged> swap(Connection connection, Stream stream) throws SQLException {
        for (Progress load : news(connection, stream)) {
            if (stream.isOld(load.load())) {
                drop(connection, stream, load.load());
                return List.of();
            }
            if (load.load().equals(stream.current())) {
                return addLate(connection, stream, take(connection, stream, load));
            }
            if (load.mayBeComplete()) {
                Progress taken = take(connection, stream, load);
                if (isComplete(connection, stream, taken)) {
                    String problem = problem(connection, stream, taken);
                    note(connection, stream, taken, problem);
                    return problem == null ? replace(connection, stream, taken) : List.of();
                }
            }
        }
        return List.of();
    }

    /** Why a load must not take its place, though it is complete; null if it may. */
    private static @Nullable String problem(Connection connection, Stream stream, Progress load)
            throws SQLException {
        Set<String> columns = Loads.columns(connection, stream.table()).keySet();
        if (!columns.isEmpty() && !columns.contains(Table.LOAD)) {
            return "%s was made for another write_disposition; rename or drop it"
                    .formatted(stream.table());
        }
        if (columns.isEmpty() && load.staged() > 0) {
            return "%s is no longer there; the next record of its stream makes it anew"
                    .formatted(stream.table());
        }
        if (load.staged() == 0 && load.leftOut() > 0) {
            return "none of its %d records became a row, and the table stays as it is: replay them from quarantine, or have the load taken for complete"
                    .formatted(load.leftOut());
        }
        return null;
    }

    private static void note(
            Connection connection, Stream stream, Progress load, @Nullable String problem)
            throws SQLException {
        if (problem != null) {
            log.warn(
                    "The load {} of {} cannot take its place: {}",
                    load.load(),
                    stream.table(),
                    problem);
        }
        try (PreparedStatement update =
                connection.prepareStatement(
                        "UPDATE transform.load SET problem = ? WHERE stream_id = ? AND load = ?")) {
            update.setString(1, problem);
            update.setLong(2, stream.id());
            update.setString(3, load.load());
            update.executeUpdate();
        }
    }

    private static boolean isComplete(Connection connection, Stream stream, Progress load)
            throws SQLException {
        return load.expected() != null
                && count(connection, stream, load, "DISTINCT _mr_id") + load.leftOut()
                        >= load.expected();
    }

    private static long count(Connection connection, Stream stream, Progress load, String what)
            throws SQLException {
        if (load.staged() == 0) {
            return 0;
        }
        try (PreparedStatement select =
                connection.prepareStatement(
                        "SELECT count(%s) FROM %s WHERE _mr_load = ?"
                                .formatted(what, Loads.rows(stream.id()).quoted()))) {
            select.setString(1, load.load());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private List<DatasetChanged> replace(Connection connection, Stream stream, Progress load)
            throws SQLException {
        if (!Loads.columns(connection, stream.table()).isEmpty()) {
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("DELETE FROM " + stream.table().quoted());
            }
        }
        long rows = insert(connection, stream, load, "");
        drop(connection, stream, load.load());
        settle(connection, stream, load, rows);
        log.info("{} has the {} rows of load {} now", stream.table(), rows, load.load());
        return tell(connection, stream, rows);
    }

    /** What came when the load had taken its place already. */
    private List<DatasetChanged> addLate(Connection connection, Stream stream, Progress load)
            throws SQLException {
        long rows =
                insert(
                        connection,
                        stream,
                        load,
                        "AND NOT EXISTS (SELECT FROM %s t WHERE t._mr_id = r._mr_id)"
                                .formatted(stream.table().quoted()));
        drop(connection, stream, load.load());
        try (PreparedStatement update =
                connection.prepareStatement(
                        """
                        UPDATE transform.load SET rows = rows + ?
                        WHERE stream_id = ? AND load = ?
                        """)) {
            update.setLong(1, rows);
            update.setLong(2, stream.id());
            update.setString(3, load.load());
            update.executeUpdate();
        }
        return rows == 0 ? List.of() : tell(connection, stream, rows);
    }

    private static long insert(
            Connection connection, Stream stream, Progress load, String condition)
            throws SQLException {
        if (load.staged() == 0) {
            return 0;
        }
        Set<String> columns = Loads.columns(connection, stream.table()).keySet();
        Relation waiting = Loads.rows(stream.id());
        String names =
                Loads.columns(connection, waiting).keySet().stream()
                        .filter(columns::contains)
                        .map(Relation::quote)
                        .collect(Collectors.joining(", "));
        boolean isTwice =
                count(connection, stream, load, "*")
                        > count(connection, stream, load, "DISTINCT _mr_id");
        // Sorting a whole load is not free.
        String sql =
                """
                INSERT INTO %s (%s)
                SELECT %s %s FROM %s r WHERE _mr_load = ? %s %s
                """
                        .formatted(
                                stream.table().quoted(),
                                names,
                                isTwice ? "DISTINCT ON (_mr_id)" : "",
                                names,
                                waiting.quoted(),
                                condition,
                                isTwice ? "ORDER BY _mr_id, _mr_event_at, _mr_loaded_at" : "");
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, load.load());
            return insert.executeUpdate();
        }
    }

    /** Deletes the rows that wait for a load, and those for older ones. */
    private static void drop(Connection connection, Stream stream, String load)
            throws SQLException {
        Relation waiting = Loads.rows(stream.id());
        // Others may be writing to it, and a TRUNCATE would wait for them.
        String delete =
                Loads.columns(connection, waiting).isEmpty()
                        ? "SELECT ?"
                        : "DELETE FROM %s WHERE _mr_load <= ?".formatted(waiting.quoted());
        try (PreparedStatement settle =
                        connection.prepareStatement(
                                """
                                UPDATE transform.load SET has_news = false
                                WHERE stream_id = ? AND load <= ? AND has_news
                                """);
                PreparedStatement deleting = connection.prepareStatement(delete)) {
            settle.setLong(1, stream.id());
            settle.setString(2, load);
            settle.executeUpdate();
            deleting.setString(1, load);
            deleting.execute();
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
                                SET replaced_at = ?::timestamptz, rows = ?
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

    private List<DatasetChanged> tell(Connection connection, Stream stream, long rows)
            throws SQLException {
        OffsetDateTime watermark = null;
        if (rows > 0) {
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
    private void note(long stream, SQLException why) {
        try (Connection connection = database.getConnection();
                PreparedStatement update =
                        connection.prepareStatement(
                                """
                                UPDATE transform.load SET problem = ?
                                WHERE stream_id = ? AND has_news
                                """)) {
            update.setString(1, why.getMessage());
            update.setLong(2, stream);
            update.executeUpdate();
        } catch (SQLException e) {
            log.debug("Not even that can be noted", e);
        }
    }
}
