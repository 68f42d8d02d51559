package dev.millrace.transform.model.profile;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** How a database is reached, with its password, which is in no text that this gives. */
public final class WarehouseAccess {

    private final String url;
    private final Map<String, String> properties;
    private final int retries;

    WarehouseAccess(String url, Map<String, String> properties, int retries) {
        this.url = url;
        Map<String, String> all = new HashMap<>(properties);
        // What we ask of the catalogue is asked for each node anew, and no node's DDL changes what
        // it gives.
        all.put("prepareThreshold", "1");
        all.put("flushCacheOnDdl", "false");
        this.properties = Map.copyOf(all);
        this.retries = retries;
    }

    /**
     * The access of a URL.
     *
     * @param url JDBC URL without a password
     */
    public static WarehouseAccess of(String url, String user, String password) {
        Map<String, String> properties = new HashMap<>();
        properties.put("user", user);
        if (!password.isEmpty()) {
            properties.put("password", password);
        }
        properties.put("ApplicationName", "millrace");
        properties.put("connectTimeout", "10");
        return new WarehouseAccess(url, properties, 1);
    }

    /** The JDBC URL, which names host, port and database and nothing else. */
    public String url() {
        return url;
    }

    /** User, password and settings for the driver; not for anybody's eyes. */
    public Properties properties() {
        Properties copy = new Properties();
        copy.putAll(properties);
        return copy;
    }

    /** How often somebody who cannot connect should try once more. */
    public int retries() {
        return retries;
    }

    /** A new connection, after a single attempt. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url, properties());
    }

    @Override
    public String toString() {
        Map<String, String> shown = new TreeMap<>(properties);
        shown.keySet().retainAll(java.util.Set.of("user", "sslmode", "ApplicationName"));
        return "WarehouseAccess[" + url + ", " + shown + "]";
    }
}
