package dev.millrace.serving.query;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import dev.millrace.serving.budget.Share;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;

/** Connections to the warehouse that read and nothing else, in UTC, for a limited time. */
@Component
class Warehouse implements AutoCloseable {

    private final HikariDataSource pool;
    private final HikariDataSource checks;
    private final Turns turns;

    /** A connection for one of the queries that run at once; the next waits until it is closed. */
    final class Turn implements AutoCloseable {

        private final Connection connection;
        private final Share share;

        private Turn(Connection connection, Share share) {
            this.connection = connection;
            this.share = share;
        }

        Connection connection() {
            return connection;
        }

        @Override
        public void close() throws SQLException {
            try {
                connection.close();
            } finally {
                turns.give(share);
            }
        }
    }

    Warehouse(
            WarehouseSettings settings,
            MeterRegistry meters,
            @Value("${spring.application.name:millrace-serving}") String application) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("warehouse");
        config.setMetricRegistry(meters);
        config.setJdbcUrl(settings.url());
        config.setUsername(settings.username());
        config.setPassword(settings.password());
        // One for probes, which queries never take: a busy service is not a broken one.
        config.setMaximumPoolSize(settings.poolSize() + 1);
        config.setConnectionTimeout(settings.connectionTimeout().toMillis());
        // The door opens without the warehouse, and says so by /readyz.
        config.setInitializationFailTimeout(-1);
        config.setReadOnly(true);
        config.setAutoCommit(false);
        // A result and its total are of one moment.
        config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
        // Values are passed on as PostgreSQL writes them.
        config.addDataSourceProperty("binaryTransfer", "false");
        config.addDataSourceProperty("ApplicationName", application);
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("connectTimeout", "5");
        long socketSeconds = settings.statementTimeout().toSeconds() + 30;
        config.addDataSourceProperty("socketTimeout", String.valueOf(socketSeconds));
        // What a SET does ends with the rollback of its transaction; these are the session's own.
        String options =
                option("standard_conforming_strings", "on")
                        + option("statement_timeout", settings.statementTimeout().toMillis() + "ms")
                        + option("search_path", settings.searchPath());
        config.addDataSourceProperty("options", options);
        // The driver sends the JVM's time zone, which the server takes over that of the options:
        // this comes after both, and is committed.
        config.setConnectionInitSql("SET TIME ZONE 'UTC'");
        config.setIsolateInternalQueries(true);
        this.pool = new HikariDataSource(config);
        HikariConfig checking = new HikariConfig();
        config.copyStateTo(checking);
        checking.setPoolName("warehouse-checks");
        checking.setMetricRegistry(null);
        checking.setMaximumPoolSize(1);
        checking.setAutoCommit(true);
        checking.setReadOnly(false);
        checking.setTransactionIsolation(null);
        checking.setIsolateInternalQueries(false);
        checking.addDataSourceProperty("binaryTransfer", "true");
        // Callers wait for the answer, however long it takes.
        checking.addDataSourceProperty("socketTimeout", "10");
        // The same few statements, thousands of times: planning one takes longer than running it.
        checking.addDataSourceProperty(
                "options", options + option("plan_cache_mode", "force_generic_plan"));
        this.checks = new HikariDataSource(checking);
        this.turns = new Turns(settings.poolSize());
    }

    private static String option(String name, String value) {
        return " -c " + name + "=" + value.replace("\\", "\\\\").replace(" ", "\\ ");
    }

    /** Waits, first come, first served, until fewer queries run than may. */
    Turn turn() throws SQLException, InterruptedException {
        return turn(Share.NONE);
    }

    /**
     * The same for somebody who may have only a share of the turns.
     *
     * @throws dev.millrace.serving.access.GateClosedException if the share is used up and stays so
     */
    Turn turn(Share share) throws SQLException, InterruptedException {
        turns.take(share);
        return connected(share);
    }

    /**
     * The same, for somebody who cannot wait for long.
     *
     * @throws SQLTransientConnectionException if it is not their turn by then
     */
    Turn turn(Duration patience) throws SQLException, InterruptedException {
        return turn(Share.NONE, patience);
    }

    /** The same, of somebody's share. */
    Turn turn(Share share, Duration patience) throws SQLException, InterruptedException {
        if (!turns.take(share, patience)) {
            throw new SQLTransientConnectionException("too many queries are under way");
        }
        return connected(share);
    }

    private Turn connected(Share share) throws SQLException {
        try {
            return new Turn(pool.getConnection(), share);
        } catch (SQLException | RuntimeException e) {
            turns.give(share);
            throw e;
        }
    }

    /** A connection for questions that take no time, outside of any transaction. */
    Connection checking() throws SQLException {
        return checks.getConnection();
    }

    boolean answers() {
        try (Connection connection = pool.getConnection()) {
            return connection.isValid(2);
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void close() {
        checks.close();
        pool.close();
    }
}
