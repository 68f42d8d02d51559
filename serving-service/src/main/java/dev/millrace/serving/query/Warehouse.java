package dev.millrace.serving.query;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

import java.sql.Connection;
import java.sql.SQLException;

/** Connections to the warehouse that read and nothing else, in UTC, for a limited time. */
@Component
class Warehouse implements AutoCloseable {

    private final HikariDataSource pool;

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
        config.setMaximumPoolSize(settings.poolSize());
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
        config.setConnectionInitSql(
                "SET TIME ZONE 'UTC'; SET standard_conforming_strings = on; SET DateStyle = ISO;"
                        + " SET statement_timeout = %d; SET search_path = %s"
                                .formatted(
                                        settings.statementTimeout().toMillis(),
                                        settings.searchPath()));
        this.pool = new HikariDataSource(config);
    }

    Connection connection() throws SQLException {
        return pool.getConnection();
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
        pool.close();
    }
}
