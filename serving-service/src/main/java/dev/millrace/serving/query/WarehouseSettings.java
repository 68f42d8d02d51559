package dev.millrace.serving.query;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.time.Duration;

/**
 * The warehouse, as the role that only reads.
 *
 * @param url its JDBC URL
 * @param searchPath schemas that tables without one are looked for in
 * @param poolSize queries that may run at once
 * @param statementTimeout how long one statement may take
 * @param connectionTimeout how long a query waits for its turn
 * @param maxResultBytes how large a result may be, as it is sent
 */
@ConfigurationProperties("millrace.warehouse")
record WarehouseSettings(
        @Nullable String url,
        @Nullable String username,
        @Nullable String password,
        @DefaultValue("analytics, public") String searchPath,
        @DefaultValue("10") int poolSize,
        @DefaultValue("60s") Duration statementTimeout,
        @DefaultValue("10s") Duration connectionTimeout,
        @DefaultValue("67108864") int maxResultBytes) {

    WarehouseSettings {
        if (url == null || url.isBlank()) {
            throw new IllegalArgumentException(
                    "millrace.warehouse.url is not set: the JDBC URL of the warehouse"
                            + " [MILLRACE_WAREHOUSE_URL]");
        }
        if (username == null || username.isBlank() || password == null || password.isBlank()) {
            throw new IllegalArgumentException(
                    "millrace.warehouse.username and .password are not set: the role that only"
                            + " reads [MILLRACE_WAREHOUSE_USERNAME, MILLRACE_WAREHOUSE_PASSWORD]");
        }
        if (!searchPath.matches("[A-Za-z0-9_$\", -]*")) {
            throw new IllegalArgumentException(
                    "millrace.warehouse.search-path holds names of schemas, separated by commas");
        }
    }

    @Override
    public String toString() {
        return "WarehouseSettings[url=" + url + ", username=" + username + "]";
    }
}
