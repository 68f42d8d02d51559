package dev.millrace.serving.query;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import dev.millrace.serving.budget.Share;

import io.micrometer.core.instrument.MeterRegistry;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;

/** Connections to the warehouse that read and nothing else, in UTC, for a limited time. */
@Component
class Warehouse implements AutoCloseable {

    /** What the driver holds of a result that it reads at once: 10,000 rows of 6 short values. */
    private static final String MOST_AT_ONCE = "512K";

    /** How long connections stay that only exports and large results need. */
    private static final Duration IDLE = Duration.ofMinutes(1);

    private final HikariDataSource pool;
    private final HikariDataSource atOnce;
    private final HikariDataSource checks;
    private final Turns turns;

    /** The right to one connection; the next who wants one waits until it is given back. */
    final class Turn implements AutoCloseable {

        private final Share share;
        private @Nullable Connection connection;

        private Turn(Share share) {
            this.share = share;
        }

        /** A connection whose results may be of any size, if they are read in parts. */
        Connection connection() throws SQLException {
            Connection known = connection;
            if (known == null) {
                known = pool.getConnection();
                connection = known;
            }
            return known;
        }

        /**
         * A connection for results that are read at once, which PostgreSQL finds with parallel
         * workers: those that are read in parts it does not. One that is {@linkplain #isTooLarge
         * too large} ends it.
         */
        Connection atOnce() throws SQLException {
            Connection opened = atOnce.getConnection();
            connection = opened;
            return opened;
        }

        /** Gives the connection back, but keeps the turn for another one. */
        void done() throws SQLException {
            Connection known = connection;
            connection = null;
            if (known != null) {
                known.close();
            }
        }

        @Override
        public void close() throws SQLException {
            try {
                done();
            } finally {
                turns.give(share);
            }
        }
    }

    /** Whether a result was larger than may be read at once; a broken line has another state. */
    static boolean isTooLarge(SQLException e) {
        return "08S01".equals(e.getSQLState());
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
        config.setMinimumIdle(1);
        config.setIdleTimeout(IDLE.toMillis());
        this.pool = new HikariDataSource(config);
        // From here on with the properties of the driver in common: each pool has its own of them.
        HikariConfig answering = new HikariConfig();
        config.copyStateTo(answering);
        answering.setPoolName("warehouse-answers");
        answering.setMaximumPoolSize(settings.poolSize());
        answering.setMinimumIdle(settings.poolSize());
        answering.addDataSourceProperty("maxResultBuffer", MOST_AT_ONCE);
        this.atOnce = new HikariDataSource(answering);
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
        return new Turn(share);
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
        return new Turn(share);
    }

    /** A connection for questions that take no time, outside of any transaction. */
    Connection checking() throws SQLException {
        return checks.getConnection();
    }

    /** Whether queries can be answered now, or as soon as it is their turn. */
    boolean answers() {
        // While queries have all of the others, there is none to try.
        return isValid(pool)
                && (atOnce.getHikariPoolMXBean().getActiveConnections()
                                >= atOnce.getMaximumPoolSize()
                        || isValid(atOnce));
    }

    private static boolean isValid(HikariDataSource connections) {
        try (Connection connection = connections.getConnection()) {
            return connection.isValid(2);
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void close() {
        checks.close();
        atOnce.close();
        pool.close();
    }
}
