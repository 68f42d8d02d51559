package dev.millrace.serving.query;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import java.time.Duration;

/**
 * The warehouse, as the role that only reads.
 *
 * @param url its JDBC URL
 * @param searchPath schemas that tables without one are looked for in
 * @param poolSize queries that may run at once
 * @param statementTimeout how long one statement may take
 * @param connectionTimeout how long opening a connection may take
 * @param maxResultBytes how large the results of one request may be, as they are sent
 * @param resultMemory how much the results of all requests may hold at once; a quarter of the heap
 *     if not set: what the driver reads ahead and the queries themselves need the rest
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
        @DefaultValue("64MB") DataSize maxResultBytes,
        @Nullable DataSize resultMemory) {

    private static final int PART_OF_HEAP = 4;

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
        if (poolSize < 1) {
            throw new IllegalArgumentException(
                    "millrace.warehouse.pool-size must be 1 or more; it is " + poolSize);
        }
        if (statementTimeout.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "millrace.warehouse.statement-timeout must be 1ms or more: without an end, a"
                            + " query could keep its connection for good");
        }
        if (maxResultBytes.toBytes() < 1 || (resultMemory != null && resultMemory.toBytes() < 1)) {
            throw new IllegalArgumentException(
                    "millrace.warehouse.max-result-bytes and .result-memory must be more than"
                            + " nothing");
        }
    }

    /** The bytes that the results of all requests may hold at once. */
    long resultBytes() {
        return resultMemory == null
                ? Runtime.getRuntime().maxMemory() / PART_OF_HEAP
                : resultMemory.toBytes();
    }

    @Override
    public String toString() {
        return "WarehouseSettings[url=" + url + ", username=" + username + "]";
    }
}
