package dev.millrace.transform.materialization;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A connection that builds models, and can be stopped from another thread. */
public final class Session implements AutoCloseable {

    /** PostgreSQL's code for a statement that was cancelled. */
    public static final String CANCELLED = "57014";

    /**
     * What a connection begins with: the driver gives it the time zone of the machine, which is no
     * business of SQL.
     */
    public static final String TIME_ZONE = "SET TimeZone = 'UTC'";

    private static final Logger log = LoggerFactory.getLogger(Session.class);

    /** Rows of a hook that are in memory at a time. */
    private static final int PORTION = 100;

    /** Rows that a hook may give where PostgreSQL sends all of them at once. */
    private static final int MAX_ROWS = 10_000;

    private static final String TOO_MUCH = "54000";

    /** Somewhere in a hook, also in a block of PL/pgSQL. */
    private static final Pattern FORGETS = Pattern.compile("(?i)\\b(deallocate|discard)\\b");

    private final Connection connection;
    private final Closing closing;
    private @Nullable Statement running;
    private boolean cancelled;

    /** What becomes of the connection when the session is over. */
    @FunctionalInterface
    public interface Closing {
        void close(Connection connection) throws SQLException;
    }

    public Session(Connection connection, Closing closing) {
        this.connection = connection;
        this.closing = closing;
    }

    /** A row of a query, read by position. */
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Work that is done whole or not at all. */
    interface Work<T> {
        T run() throws SQLException, ModelSqlException, BuildFailedException;
    }

    /** Runs a statement; the number of rows that it wrote. */
    long execute(String sql) throws SQLException {
        try (Statement statement = begin(unprepared())) {
            statement.execute(sql);
            return Math.max(0, statement.getLargeUpdateCount());
        } finally {
            end();
        }
    }

    /**
     * What a statement gave.
     *
     * @param tag the words of the statement that tell what it did, for example {@code SELECT}
     * @param count rows that it wrote or gave; -1 if that makes no sense
     * @param columns names of the columns, empty if it gave no rows
     * @param types types of the columns, as PostgreSQL calls them
     */
    public record Outcome(
            String tag,
            long count,
            List<String> columns,
            List<String> types,
            List<List<@Nullable Object>> rows) {}

    /** Reads what a query gave, before the connection is used for anything else. */
    @FunctionalInterface
    public interface Reading<T> {
        T read(ResultSet rows) throws SQLException;
    }

    /**
     * The last of some statements.
     *
     * @param tag the words of the statement that tell what it did, for example {@code SELECT}
     * @param count rows that it wrote; -1 if that makes no sense
     * @param read what was read of its rows; null if it gave none
     */
    public record Last<T>(String tag, long count, @Nullable T read) {}

    /**
     * Runs statements to their end; what the last of them gave.
     *
     * @param limit rows that are kept at most
     */
    public Outcome run(String sql, int limit) throws SQLException {
        Last<Outcome> last = run(sql, limit, Session::outcome);
        return last.read() == null
                ? new Outcome(last.tag(), last.count(), List.of(), List.of(), List.of())
                : last.read();
    }

    /** The same with a reader of one's own. */
    public <T> Last<T> run(String sql, int limit, Reading<T> reading) throws SQLException {
        try (Statement statement = begin(unprepared())) {
            statement.setMaxRows(limit);
            Last<T> last = last(sql, statement, statement.execute(sql), reading);
            while (statement.getMoreResults() || statement.getUpdateCount() != -1) {
                last = last(sql, statement, statement.getResultSet() != null, reading);
            }
            return last;
        } finally {
            end();
        }
    }

    private static <T> Last<T> last(
            String sql, Statement statement, boolean rows, Reading<T> reading) throws SQLException {
        if (!rows) {
            return new Last<>(CommandTag.of(sql), statement.getLargeUpdateCount(), null);
        }
        try (ResultSet result = statement.getResultSet()) {
            return new Last<>("SELECT", -1, reading.read(result));
        }
    }

    private static Outcome outcome(ResultSet result) throws SQLException {
        ResultSetMetaData described = result.getMetaData();
        List<String> columns = new ArrayList<>();
        List<String> types = new ArrayList<>();
        for (int i = 1; i <= described.getColumnCount(); i++) {
            columns.add(described.getColumnLabel(i));
            types.add(described.getColumnTypeName(i));
        }
        List<List<@Nullable Object>> found = new ArrayList<>();
        while (result.next()) {
            List<@Nullable Object> row = new ArrayList<>(columns.size());
            for (int i = 1; i <= columns.size(); i++) {
                row.add(result.getObject(i));
            }
            found.add(row);
        }
        return new Outcome("SELECT", found.size(), columns, types, found);
    }

    /** Rows of a query with bound parameters. */
    public List<List<@Nullable Object>> rows(String sql, Object... parameters) throws SQLException {
        return query(
                sql,
                row -> {
                    int count = row.getMetaData().getColumnCount();
                    List<@Nullable Object> values = new ArrayList<>(count);
                    for (int i = 1; i <= count; i++) {
                        values.add(row.getObject(i));
                    }
                    return values;
                },
                parameters);
    }

    /** Runs a user's statement to its end, and keeps none of the rows that it may give. */
    void hook(String sql) throws SQLException {
        try (Statement statement = begin(unprepared())) {
            if (connection.getAutoCommit()) {
                // Portions need a transaction.
                statement.setMaxRows(MAX_ROWS + 1);
            } else {
                statement.setFetchSize(PORTION);
            }
            boolean rows = statement.execute(sql);
            while (rows || statement.getLargeUpdateCount() != -1) {
                if (rows) {
                    pass(statement);
                }
                rows = statement.getMoreResults();
            }
            if (FORGETS.matcher(sql).find()) {
                // The driver notices no more than that a statement of this name alone was sent.
                statement.execute("DEALLOCATE ALL");
            }
        } finally {
            end();
        }
    }

    private void pass(Statement statement) throws SQLException {
        boolean whole = connection.getAutoCommit();
        try (ResultSet result = statement.getResultSet()) {
            for (long row = 1; result.next(); row++) {
                if (whole && row > MAX_ROWS) {
                    throw new SQLException(
                            "it gives more than "
                                    + MAX_ROWS
                                    + " rows, and may have stopped there; let it run in the"
                                    + " transaction, or give fewer",
                            TOO_MUCH);
                }
                // Between portions no statement runs that could be cancelled.
                if (row % PORTION == 0) {
                    rejectCancelled();
                }
            }
        }
    }

    /** Takes rows in by {@code COPY … FROM STDIN}; how many there were. */
    long copy(String sql, String rows) throws SQLException {
        try {
            return connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn(sql, new StringReader(rows));
        } catch (IOException e) {
            throw new SQLException("the rows could not be sent", e);
        }
    }

    /**
     * Rows of a query. Of several statements, which go to the server in one message, the last is
     * the query.
     */
    <T> List<T> query(String sql, RowReader<T> reader, @Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = begin(connection.prepareStatement(sql))) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            List<T> rows = new ArrayList<>();
            statement.execute();
            try (ResultSet result = lastResult(statement)) {
                while (result.next()) {
                    rows.add(reader.read(result));
                }
            }
            return rows;
        } finally {
            end();
        }
    }

    private static ResultSet lastResult(Statement statement) throws SQLException {
        ResultSet last = statement.getResultSet();
        while (statement.getMoreResults(Statement.KEEP_CURRENT_RESULT)
                || statement.getUpdateCount() != -1) {
            ResultSet next = statement.getResultSet();
            if (next != null) {
                last = next;
            }
        }
        return last;
    }

    /** Runs several statements, which go to the server in one message. */
    void executeAll(List<String> statements) throws SQLException {
        if (!statements.isEmpty()) {
            execute(String.join(";\n", statements));
        }
    }

    /** Whether what runs now is committed together with what else runs. */
    public boolean inTransaction() throws SQLException {
        return !connection.getAutoCommit();
    }

    /**
     * Commits what the work did, or rolls it back if it fails. Within another transaction it is
     * committed with that, and rolled back by itself.
     */
    <T> T transaction(Work<T> work) throws SQLException, ModelSqlException, BuildFailedException {
        if (inTransaction()) {
            return within(work);
        }
        connection.setAutoCommit(false);
        boolean done = false;
        try {
            T result = work.run();
            connection.commit();
            done = true;
            return result;
        } finally {
            if (!done) {
                connection.rollback();
            }
            connection.setAutoCommit(true);
        }
    }

    private <T> T within(Work<T> work)
            throws SQLException, ModelSqlException, BuildFailedException {
        Savepoint start = connection.setSavepoint();
        boolean done = false;
        try {
            T result = work.run();
            connection.releaseSavepoint(start);
            done = true;
            return result;
        } finally {
            if (!done) {
                connection.rollback(start);
            }
        }
    }

    /** Stops the statement that runs, and every later one. */
    public void cancel() {
        Statement statement;
        synchronized (this) {
            cancelled = true;
            statement = running;
        }
        if (statement != null) {
            try {
                statement.cancel();
            } catch (SQLException e) {
                // It has ended in the meantime.
            }
        }
    }

    /** The connection is handed back, or thrown away with its locks if it is in doubt. */
    @Override
    public void close() throws SQLException {
        closing.close(connection);
    }

    /** What PostgreSQL says, with its detail and hint. */
    public static String problem(SQLException e) {
        ServerErrorMessage server =
                e instanceof PSQLException postgres ? postgres.getServerErrorMessage() : null;
        if (server == null || server.getMessage() == null) {
            return String.valueOf(e.getMessage());
        }
        StringBuilder text = new StringBuilder(server.getMessage());
        if (server.getDetail() != null) {
            text.append(". ").append(server.getDetail());
        }
        if (server.getHint() != null) {
            text.append(" ").append(server.getHint());
        }
        return text.toString();
    }

    /** Where in the statement PostgreSQL found the mistake, from 0; -1 if it did not say. */
    public static int position(SQLException e) {
        ServerErrorMessage server =
                e instanceof PSQLException postgres ? postgres.getServerErrorMessage() : null;
        return server == null ? -1 : server.getPosition() - 1;
    }

    /**
     * Whether an error is about what the statement says, and not about the session or its locks.
     */
    public static boolean isAboutStatement(SQLException e) {
        String state = e.getSQLState();
        // Classes 08 connection, 40 rollback, 53 resources, 55 object state, 57 operator, 58 system
        return state != null
                && !state.startsWith("08")
                && !state.startsWith("40")
                && !state.startsWith("53")
                && !state.startsWith("55")
                && !state.startsWith("57")
                && !state.startsWith("58");
    }

    /** Whether an error is that somebody else had what the statement needed. */
    static boolean isAboutLocks(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("55") || state.startsWith("40");
    }

    /** Clears up after a failure, also one by cancellation; what it cannot the next build does. */
    void dropQuietly(String statement) {
        try (Statement drop = unprepared()) {
            drop.execute(statement);
        } catch (SQLException e) {
            log.debug("Left for the next build to clear up: {}", statement, e);
        }
    }

    /**
     * Gives up an advisory lock. What was built stays built if that fails: the lock then goes with
     * the session.
     */
    void unlockQuietly(int lockClass, String name) {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT pg_advisory_unlock(?, hashtext(?))")) {
            statement.setInt(1, lockClass);
            statement.setString(2, name);
            statement.execute();
        } catch (SQLException e) {
            log.debug("The lock of {} goes with its session", name, e);
        }
    }

    /** Waits a while, unless it was cancelled. */
    public void await(Duration duration) throws SQLException {
        pause(duration);
        rejectCancelled();
    }

    void pause(Duration duration) throws SQLException {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("the run was interrupted", CANCELLED, e);
        }
    }

    /** A statement that PostgreSQL need not remember, as there is hardly another like it. */
    private Statement unprepared() throws SQLException {
        Statement statement = connection.createStatement();
        statement.unwrap(PGStatement.class).setPrepareThreshold(0);
        statement.setEscapeProcessing(false);
        return statement;
    }

    private synchronized <S extends Statement> S begin(S statement) throws SQLException {
        if (cancelled) {
            statement.close();
        }
        rejectCancelled();
        running = statement;
        return statement;
    }

    private synchronized void rejectCancelled() throws SQLException {
        if (cancelled) {
            throw new SQLException("the run was cancelled", CANCELLED);
        }
    }

    private synchronized void end() {
        running = null;
    }
}
