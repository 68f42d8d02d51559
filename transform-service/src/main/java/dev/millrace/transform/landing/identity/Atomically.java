package dev.millrace.transform.landing.identity;

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
        boolean committed = false;
        try {
            T done = work.run();
            connection.commit();
            committed = true;
            return done;
        } finally {
            // Or else the next line commits.
            if (!committed) {
                connection.rollback();
            }
            connection.setAutoCommit(true);
        }
    }
}
