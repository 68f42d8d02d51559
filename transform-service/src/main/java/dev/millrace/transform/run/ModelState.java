package dev.millrace.transform.run;

import dev.millrace.transform.run.node.NodeStatus;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

import javax.sql.DataSource;

/** What is known of each node from its last attempt, and of the versions of relations. */
class ModelState {

    private final JdbcClient jdbc;

    ModelState(DataSource database) {
        this.jdbc = JdbcClient.create(database);
    }

    /**
     * The last attempt at a node.
     *
     * @param inputs versions of what it read
     * @param builtAt when it was last built without a mistake
     */
    record Attempt(
            String revision,
            String inputs,
            NodeStatus status,
            String run,
            @Nullable Long rows,
            @Nullable String message,
            Instant attemptedAt,
            @Nullable Instant builtAt) {}

    /** Attempts by the ids of nodes. */
    Map<String, Attempt> attempts() {
        Map<String, Attempt> attempts = new HashMap<>();
        jdbc.sql("SELECT * FROM transform.model_state")
                .query(
                        (row, number) -> {
                            Timestamp built = row.getTimestamp("built_at");
                            long rows = row.getLong("rows");
                            Long written = row.wasNull() ? null : rows;
                            return Map.entry(
                                    row.getString("node_id"),
                                    new Attempt(
                                            row.getString("revision"),
                                            row.getString("inputs"),
                                            NodeStatus.of(row.getString("status")),
                                            row.getString("run_id"),
                                            written,
                                            row.getString("message"),
                                            row.getTimestamp("attempted_at").toInstant(),
                                            built == null ? null : built.toInstant()));
                        })
                .list()
                .forEach(entry -> attempts.put(entry.getKey(), entry.getValue()));
        return attempts;
    }

    /** How often each of these relations has changed, by schema and name. */
    Map<String, Long> versions(Collection<String> relations) {
        Map<String, Long> versions = new HashMap<>();
        if (relations.isEmpty()) {
            return versions;
        }
        jdbc.sql(
                        """
                        SELECT relation, version FROM transform.relation_version
                        WHERE relation = ANY (?::text[])
                        """)
                .param(1, relations.toArray(String[]::new))
                .query((row, number) -> Map.entry(row.getString(1), row.getLong(2)))
                .list()
                .forEach(entry -> versions.put(entry.getKey(), entry.getValue()));
        return versions;
    }
}
