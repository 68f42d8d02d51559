package dev.millrace.transform.run;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import dev.millrace.transform.materialization.ExistingRelations;
import dev.millrace.transform.materialization.Session;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Set;

import javax.sql.DataSource;

/** The warehouse as the role that runs users' SQL sees it, with connections of its own. */
final class ModelsDatabase implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ModelsDatabase.class);

    private final HikariDataSource pool;
    private final HikariDataSource live;

    ModelsDatabase(ModelSettings settings, String url, int runs) {
        // Each run holds one connection for as long as it lives, each node one while it is built.
        this.pool = pool("models", 1, settings.threads() + runs + 2, settings, url);
        // Besides what each live model holds, some are for a moment, such as to plan one.
        int held = settings.liveLimit() + settings.rollupLimit();
        this.live = pool("live-models", 0, held + 6, settings, url);
    }

    private static HikariDataSource pool(
            String name, int idle, int most, ModelSettings settings, String url) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(url);
        config.setUsername(settings.username());
        config.setPassword(settings.password());
        config.setMaximumPoolSize(most);
        config.setMinimumIdle(idle);
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(10_000);
        config.setConnectionInitSql(Session.TIME_ZONE);
        config.addDataSourceProperty("ApplicationName", "millrace-" + name);
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("connectTimeout", "5");
        // What a session begins with is also what DISCARD ALL takes it back to. The interval
        // notices that this process died, also in the middle of a long query.
        config.addDataSourceProperty(
                "options",
                "-c statement_timeout="
                        + settings.statementTimeout().toMillis()
                        + " -c client_connection_check_interval=5000"
                        + " -c idle_in_transaction_session_timeout=600000");
        return new HikariDataSource(config);
    }

    /** For users' SQL, of which nothing reaches the session of whoever is next. */
    Session session() throws SQLException {
        return new Session(pool.getConnection(), this::giveBack);
    }

    private void giveBack(Connection connection) throws SQLException {
        try (connection) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("DISCARD ALL");
                statement.execute(Session.TIME_ZONE);
            } catch (SQLException e) {
                log.debug("A connection in doubt is thrown away", e);
                pool.evictConnection(connection);
            }
        }
    }

    /** Connections of the same role for live models, which hold them for long. */
    DataSource live() {
        return live;
    }

    Connection connection() throws SQLException {
        return pool.getConnection();
    }

    /** Which of these relations, written {@code "schema"."name"}, are there. */
    Set<String> existing(Collection<String> quoted) throws SQLException {
        if (quoted.isEmpty()) {
            return Set.of();
        }
        try (Connection connection = pool.getConnection()) {
            return ExistingRelations.among(quoted, connection);
        }
    }

    @Override
    public void close() {
        live.close();
        pool.close();
    }
}
