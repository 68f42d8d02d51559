package dev.millrace.serving.query;

import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.SqlStatement;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * The part of one export in the warehouse: a connection that reads by cursor, for a limited time.
 * May be ended from outside, whatever its own thread does just then.
 */
final class ExportRun implements AutoCloseable {

    private final Turns turns;
    private final PlanGuard guard;
    private final Clock clock;
    private final Duration timeout;
    private @Nullable Thread waiting;
    private Warehouse.@Nullable Turn turn;
    private @Nullable PreparedStatement statement;
    private @Nullable Instant deadline;
    private boolean ended;
    private boolean closed;

    /** Where connections come from; waits until there is one. */
    @FunctionalInterface
    interface Turns {
        Warehouse.Turn next() throws SQLException, InterruptedException;
    }

    /**
     * What there is to read.
     *
     * @param total how many rows there were without limit and offset, if that was asked
     */
    record Rows(ResultSet result, @Nullable Long total) {}

    ExportRun(Turns turns, PlanGuard guard, Clock clock, Duration timeout) {
        this.turns = turns;
        this.guard = guard;
        this.clock = clock;
        this.timeout = timeout;
    }

    /** Runs the query up to its first rows. */
    Rows open(CompiledQuery compiled, String token) throws SQLException, InterruptedException {
        boolean opened = false;
        try {
            Connection connection = connection();
            TenantStatement.see(connection, token);
            guard.check(connection, compiled.statement());
            Long total = null;
            SqlStatement counting = compiled.total();
            if (counting != null) {
                try (PreparedStatement count = prepare(connection, counting);
                        ResultSet result = count.executeQuery()) {
                    result.next();
                    total = result.getLong(1);
                }
            }
            Rows rows = new Rows(prepare(connection, compiled.statement()).executeQuery(), total);
            opened = true;
            return rows;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    private Connection connection() throws SQLException, InterruptedException {
        synchronized (this) {
            checkGoesOn();
            waiting = Thread.currentThread();
        }
        Warehouse.Turn taken = null;
        try {
            taken = turns.next();
        } finally {
            synchronized (this) {
                waiting = null;
                turn = taken;
                deadline = clock.instant().plus(timeout);
            }
            // It may have come when the turn had: the connection is to know nothing of it.
            Thread.interrupted();
        }
        return taken.connection();
    }

    private PreparedStatement prepare(Connection connection, SqlStatement sql) throws SQLException {
        PreparedStatement prepared = connection.prepareStatement(ParameterText.toJdbc(sql.sql()));
        prepared.setFetchSize(RowWriter.FIRST_FETCH);
        for (int i = 0; i < sql.values().size(); i++) {
            // Of no type: PostgreSQL takes it from what the value is compared with.
            prepared.setObject(i + 1, sql.values().get(i), Types.OTHER);
        }
        synchronized (this) {
            checkGoesOn();
            statement = prepared;
        }
        return prepared;
    }

    private void checkGoesOn() throws SQLException {
        if (ended || closed) {
            throw new SQLException("the export was ended", "57014");
        }
    }

    /** Whether it has had all the time that it may have. */
    synchronized boolean isOverdue() {
        return deadline != null && !clock.instant().isBefore(deadline);
    }

    /**
     * Fails when there is no more time.
     *
     * @throws WarehouseException of the category of what takes too long
     */
    void checkTime() {
        if (isEnded() || isOverdue()) {
            throw tooLong();
        }
    }

    private synchronized boolean isEnded() {
        return ended;
    }

    /** What has become of it, when the warehouse fails. */
    WarehouseException failure(SQLException cause) {
        return isEnded() ? tooLong() : new WarehouseException(cause);
    }

    private static WarehouseException tooLong() {
        return new WarehouseException(
                new SQLException("the export took longer than one may", "57014"));
    }

    /** Ends it at once: the connection is closed, and others have the turn. */
    void end() {
        Warehouse.Turn taken;
        PreparedStatement running;
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            if (waiting != null) {
                waiting.interrupt();
            }
            taken = turn;
            turn = null;
            running = statement;
            statement = null;
        }
        if (taken == null) {
            return;
        }
        try (taken) {
            // Not the connection alone: the server would find out only when it has rows to send.
            if (running != null) {
                running.cancel();
            }
            taken.connection().abort(Runnable::run);
        } catch (SQLException e) {
            // What could not be ended ends by the timeout of the statement.
        }
    }

    /** Gives back the connection in good order. */
    @Override
    public void close() {
        Warehouse.Turn taken;
        synchronized (this) {
            closed = true;
            taken = turn;
            turn = null;
            statement = null;
        }
        if (taken == null) {
            return;
        }
        try (taken) {
            taken.connection().rollback();
        } catch (SQLException e) {
            // The pool finds out whether the connection is still good.
        }
    }
}
