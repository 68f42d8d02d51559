package dev.millrace.transform.landing.identity;

import org.postgresql.util.PSQLState;

import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A transaction of its own: whatever goes wrong in it, an error of the machine too, undoes all of
 * it.
 */
final class Atomically {

    private Atomically() {}

    /** What a transaction does. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws SQLException;
    }

    /** Runs it on a connection that commits by itself otherwise. */
    static <T> T run(Connection connection, Work<T> work) throws SQLException {
        connection.setAutoCommit(false);
        try {
            T done = work.run();
            connection.commit();
            return done;
        } catch (UncheckedIOException e) {
            rollback(connection, e);
            // There was no room for a filter: no fault of what was to be written.
            throw new SQLException(e.getMessage(), PSQLState.IO_ERROR.getState(), e);
        } catch (Throwable e) {
            rollback(connection, e);
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** Or else the end of the transaction would commit. */
    private static void rollback(Connection connection, Throwable cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }
}
