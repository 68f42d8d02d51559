package dev.millrace.transform.command;

import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.profile.WarehouseAccess;
import dev.millrace.transform.run.graph.GraphRun;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;

/** Connections of one command: as many as nodes are built at a time, each used again and again. */
final class Connections implements GraphRun.Sessions, AutoCloseable {

    private final WarehouseAccess access;
    private final Deque<Connection> idle = new ArrayDeque<>();
    private boolean closed;

    Connections(WarehouseAccess access) {
        this.access = access;
    }

    @Override
    public Session open() throws SQLException {
        return new Session(connection(), this::giveBack);
    }

    /** A connection for a statement of ours; who asks for it closes it. */
    Connection connection() throws SQLException {
        synchronized (idle) {
            Connection connection = idle.pollFirst();
            if (connection != null) {
                return connection;
            }
        }
        Connection connection = connect();
        try (Statement statement = connection.createStatement()) {
            statement.execute(Session.TIME_ZONE);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    private Connection connect() throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                return access.connect();
            } catch (SQLException e) {
                boolean passing = e.getSQLState() != null && e.getSQLState().startsWith("08");
                if (!passing || attempt > access.retries()) {
                    throw e;
                }
            }
        }
    }

    /**
     * As in dbt, the next node has the session as its hooks left it; what is in doubt is thrown
     * away.
     */
    private void giveBack(Connection connection) throws SQLException {
        boolean kept = false;
        try {
            if (!connection.isClosed()) {
                if (!connection.getAutoCommit()) {
                    connection.rollback();
                    connection.setAutoCommit(true);
                }
                synchronized (idle) {
                    kept = !closed;
                    if (kept) {
                        idle.addFirst(connection);
                    }
                }
            }
        } finally {
            if (!kept) {
                connection.close();
            }
        }
    }

    @Override
    public void close() throws SQLException {
        synchronized (idle) {
            closed = true;
            while (!idle.isEmpty()) {
                idle.removeFirst().close();
            }
        }
    }
}
