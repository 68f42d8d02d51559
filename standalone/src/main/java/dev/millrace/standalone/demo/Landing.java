package dev.millrace.standalone.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Watches the rows of a history arrive in the warehouse. */
final class Landing {

    private static final Duration POLLED = Duration.ofMillis(200);

    private final Addresses addresses;
    private final ProgressLine progress;
    private final Duration patience;

    Landing(Addresses addresses, ProgressLine progress, Duration patience) {
        this.addresses = addresses;
        this.progress = progress;
        this.patience = patience;
    }

    /**
     * Waits until every table has its rows.
     *
     * @param prefix begins the identity of every row
     * @param expected number of rows by table
     */
    void await(String prefix, Map<String, Integer> expected)
            throws DemoFailedException, InterruptedException {
        int total = expected.values().stream().mapToInt(Integer::intValue).sum();
        progress.begin("landing", "rows", total);
        long deadline = System.nanoTime() + patience.toNanos();
        Map<String, Integer> landed = new TreeMap<>();
        while (true) {
            landed = count(prefix, expected, landed);
            if (landed.equals(expected)) {
                landed = count(prefix, expected, Map.of());
            }
            progress.reached(landed.values().stream().mapToInt(Integer::intValue).sum());
            if (landed.equals(expected)) {
                progress.end();
                return;
            }
            if (System.nanoTime() > deadline) {
                progress.end();
                throw new DemoFailedException(
                        "not all rows are in the warehouse after %d s: %s"
                                .formatted(patience.toSeconds(), difference(expected, landed)));
            }
            Thread.sleep(POLLED);
        }
    }

    /** Tables that were complete before are not counted again. */
    private Map<String, Integer> count(
            String prefix, Map<String, Integer> expected, Map<String, Integer> before)
            throws DemoFailedException {
        Map<String, Integer> now = new TreeMap<>();
        try (Connection warehouse =
                DriverManager.getConnection(
                        addresses.warehouse(),
                        addresses.reader().username(),
                        addresses.reader().password())) {
            for (Map.Entry<String, Integer> table : expected.entrySet()) {
                Integer known = before.get(table.getKey());
                boolean isComplete = Objects.equals(known, table.getValue());
                now.put(
                        table.getKey(),
                        known != null && isComplete
                                ? known
                                : count(warehouse, table.getKey(), prefix));
            }
            return now;
        } catch (SQLException e) {
            throw new DemoFailedException(
                    "cannot count the rows in the warehouse: " + e.getMessage(), e);
        }
    }

    private static int count(Connection warehouse, String table, String prefix)
            throws SQLException {
        if (!exists(warehouse, table)) {
            return 0;
        }
        try (PreparedStatement count =
                warehouse.prepareStatement(
                        "select count(*) from %s where starts_with(_mr_id, ?)"
                                .formatted(quoted(table)))) {
            count.setString(1, prefix + "-");
            return firstInt(count);
        }
    }

    private static boolean exists(Connection warehouse, String table) throws SQLException {
        try (PreparedStatement question =
                warehouse.prepareStatement(
                        "select count(*) from pg_catalog.pg_class"
                                + " where oid = to_regclass(?) and"
                                + " has_table_privilege(oid, 'select')")) {
            question.setString(1, quoted(table));
            return firstInt(question) == 1;
        }
    }

    private static int firstInt(PreparedStatement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery()) {
            result.next();
            return result.getInt(1);
        }
    }

    private static String quoted(String table) {
        return "\"" + table.replace(".", "\".\"") + "\"";
    }

    private static String difference(Map<String, Integer> expected, Map<String, Integer> landed) {
        StringBuilder text = new StringBuilder();
        expected.forEach(
                (table, count) -> {
                    int there = landed.getOrDefault(table, 0);
                    if (there != count) {
                        text.append(text.isEmpty() ? "" : ", ")
                                .append("%s has %,d of %,d".formatted(table, there, count));
                    }
                });
        return text.toString();
    }
}
