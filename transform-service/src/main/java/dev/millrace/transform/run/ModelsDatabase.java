package dev.millrace.transform.run;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import dev.millrace.transform.materialization.Session;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

import javax.sql.DataSource;

/** The warehouse as the role that runs users' SQL sees it, with connections of its own. */
final class ModelsDatabase implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ModelsDatabase.class);

    /**
     * The driver begins a session with the time zone of the machine, which is no business of SQL.
     */
    private static final String TIME_ZONE = "SET TimeZone = 'UTC'";

    private final HikariDataSource pool;
    private final HikariDataSource live;

    ModelsDatabase(ModelSettings settings, String url, int runs) {
        // Each run holds one connection for as long as it lives, each node one while it is built.
        this.pool = pool("models", 1, settings.threads() + runs + 2, settings, url);
        // Besides what each live model holds, some are for a moment, such as to plan one.
        this.live = pool("live-models", 0, settings.liveLimit() + 6, settings, url);
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
        config.setConnectionInitSql(TIME_ZONE);
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
                statement.execute(TIME_ZONE);
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
        Set<String> found = new TreeSet<>();
        if (quoted.isEmpty()) {
            return found;
        }
        try (Connection connection = pool.getConnection();
                PreparedStatement query =
                        connection.prepareStatement(
                                """
                                SELECT r FROM unnest(?::text[]) AS r
                                WHERE to_regclass(r) IS NOT NULL
                                """)) {
            query.setArray(1, connection.createArrayOf("text", quoted.toArray()));
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
        }
        return found;
    }

    @Override
    public void close() {
        live.close();
        pool.close();
    }
}
