package dev.millrace.transform.model.profile;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The settings of an output for PostgreSQL.
 *
 * @param connectTimeout seconds
 * @param keepalivesIdle seconds; 0 to leave that to the system
 */
record PostgresSettings(
        String host,
        int port,
        String database,
        String user,
        String password,
        int connectTimeout,
        int keepalivesIdle,
        int retries) {

    /** What of an output is no secret, by dbt's keys. */
    static final List<String> SHOWN =
            List.of(
                    "host",
                    "user",
                    "role",
                    "search_path",
                    "sslmode",
                    "sslcert",
                    "sslkey",
                    "sslrootcert",
                    "application_name");

    private static final List<String> SSL = List.of("sslmode", "sslcert", "sslkey", "sslrootcert");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+(%\\w+)?");

    /** Tells what of the host cannot be reached over TCP. */
    void check(Consumer<String> problems) {
        if (host.startsWith("/")) {
            problems.accept(
                    "sockets in the file system are not offered; write the name of the host, such"
                            + " as localhost");
        } else if (!host.isEmpty() && !HOST.matcher(host).matches()) {
            problems.accept("this is neither the name of a host nor an address");
        }
    }

    /**
     * How the database is reached.
     *
     * @param other other keys of the output
     */
    WarehouseAccess access(Function<String, Optional<String>> other) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("user", user);
        if (!password.isEmpty()) {
            properties.put("password", password);
        }
        properties.put("connectTimeout", Integer.toString(connectTimeout));
        properties.put("loginTimeout", Integer.toString(connectTimeout));
        properties.put("ApplicationName", other.apply("application_name").orElse("millrace"));
        if (keepalivesIdle > 0) {
            properties.put("tcpKeepAlive", "true");
        }
        for (String key : SSL) {
            other.apply(key).ifPresent(value -> properties.put(key, value));
        }
        options(other).ifPresent(options -> properties.put("options", options));
        String address = host.contains(":") ? "[" + host + "]" : host;
        String url =
                "jdbc:postgresql://"
                        + address
                        + ":"
                        + port
                        + "/"
                        + URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20");
        return new WarehouseAccess(url, properties, retries);
    }

    /** What a session begins with. */
    private static Optional<String> options(Function<String, Optional<String>> other) {
        List<String> options = new ArrayList<>();
        other.apply("search_path")
                .filter(path -> !path.isBlank())
                .ifPresent(path -> options.add("-c search_path=" + escaped(path)));
        other.apply("role")
                .filter(role -> !role.isBlank())
                .ifPresent(role -> options.add("-c role=" + escaped(role)));
        return options.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", options));
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replaceAll("(\\s)", "\\\\$1");
    }

    @Override
    public String toString() {
        return "PostgresSettings[" + user + " at " + host + ":" + port + "/" + database + "]";
    }
}
