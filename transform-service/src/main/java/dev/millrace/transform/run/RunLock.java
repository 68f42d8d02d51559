package dev.millrace.transform.run;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Held by the process that carries out a run: PostgreSQL lets go of it when the process dies. */
final class RunLock implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RunLock.class);
    private static final int LOCK_CLASS = 0x6d7275; // "mru"

    private final Connection connection;
    private final int number;

    private RunLock(Connection connection, int number) {
        this.connection = connection;
        this.number = number;
    }

    /** The lock of a run; nothing if another holds it. */
    static Optional<RunLock> take(ModelsDatabase warehouse, int number) throws SQLException {
        Connection connection = warehouse.connection();
        boolean taken = false;
        try (PreparedStatement query =
                connection.prepareStatement("SELECT pg_try_advisory_lock(?, ?)")) {
            query.setInt(1, LOCK_CLASS);
            query.setInt(2, number);
            try (ResultSet row = query.executeQuery()) {
                taken = row.next() && row.getBoolean(1);
            }
            return taken ? Optional.of(new RunLock(connection, number)) : Optional.empty();
        } finally {
            if (!taken) {
                connection.close();
            }
        }
    }

    @Override
    public void close() {
        try (connection;
                PreparedStatement query =
                        connection.prepareStatement("SELECT pg_advisory_unlock(?, ?)")) {
            query.setInt(1, LOCK_CLASS);
            query.setInt(2, number);
            query.execute();
        } catch (SQLException e) {
            log.warn("The lock {} went with its connection: {}", this, e.getMessage());
        }
    }

    @Override
    public String toString() {
        return LOCK_CLASS + "/" + number;
    }
}
