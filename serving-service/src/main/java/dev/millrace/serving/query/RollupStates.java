package dev.millrace.serving.query;

import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.RollupTable;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which rollups tell, in a transaction's snapshot, what the rows that they were made of tell. Who
 * keeps them writes down, with the same commit, up to which version of its rows each is.
 */
@Component
class RollupStates {

    private static final String STATES =
            """
            SELECT s.name, s.table_oid::bigint, bool_and(s.is_same AND coalesce(f.version, 0) = s.version),
              extract(epoch FROM clock_timestamp() - min(
                CASE WHEN s.is_same AND coalesce(f.version, 0) = s.version THEN NULL
                  WHEN f.version = s.version + 1 THEN f.changed_at ELSE s.moved_at END)),
              max(s.moved_at), array_agg(s.input_oid), array_agg(s.version), max(c.reltuples),
              coalesce((SELECT array_agg(a.attname::text) FROM pg_attribute a
                WHERE a.attrelid = s.table_oid AND a.attnum > 0 AND a.atttypid = 'int8'::regtype), '{}')
            FROM (
              SELECT t.*, i.oid IS NOT NULL AS is_same
              FROM millrace_rollups.state t
                LEFT JOIN (pg_class i JOIN pg_namespace n ON n.oid = i.relnamespace)
                  ON i.oid = t.input_oid AND n.nspname || '.' || i.relname = t.relation
              WHERE t.name = ANY (?::text[])) s
              JOIN pg_class c ON c.oid = s.table_oid
              LEFT JOIN transform.freshness f ON f.relation = s.relation
            WHERE has_table_privilege(s.table_oid, 'SELECT')
            GROUP BY s.name, s.table_oid
            HAVING bool_and(NOT s.is_same OR has_table_privilege(s.input_oid, 'SELECT'))
            """;

    private final ToldView state = new ToldView("millrace_rollups", "state");

    /**
     * A rollup that answers a query.
     *
     * @param select what to ask of it
     * @param tableOid the table that has its rows in this snapshot
     * @param inputs the tables that it was made of, each with the version up to which it has it
     */
    record Standing(
            RollupTable rollup,
            CompiledQuery.Select select,
            long tableOid,
            Instant updatedAt,
            Map<Long, Long> inputs) {

        Standing {
            inputs = Map.copyOf(inputs);
        }
    }

    private record State(
            long tableOid,
            boolean current,
            @Nullable Duration behind,
            Instant updatedAt,
            Map<Long, Long> inputs,
            double rows,
            Set<String> integers) {}

    /**
     * The smallest rollup that can answer a query now.
     *
     * @param exact whether it has to have all that its inputs have; otherwise the model decides how
     *     old it may be
     */
    Optional<Standing> choose(Connection connection, CompiledQuery query, boolean exact)
            throws SQLException {
        if (query.rollups().isEmpty() || !state.isThere(connection)) {
            return Optional.empty();
        }
        Map<String, State> states = states(connection, query.rollups());
        @Nullable State best = null;
        CompiledQuery.@Nullable OverRollup over = null;
        for (CompiledQuery.OverRollup candidate : query.rollups()) {
            State state = states.get(candidate.rollup().relation().name());
            if (state != null
                    && isFresh(state, candidate.rollup(), exact)
                    && (best == null || state.rows() < best.rows())) {
                best = state;
                over = candidate;
            }
        }
        return best == null || over == null
                ? Optional.empty()
                : Optional.of(
                        new Standing(
                                over.rollup(),
                                over.select(best.integers()),
                                best.tableOid(),
                                best.updatedAt(),
                                best.inputs()));
    }

    private static boolean isFresh(State state, RollupTable rollup, boolean exact) {
        if (state.current()) {
            return true;
        }
        Duration allowed = rollup.staleness();
        Duration behind = state.behind();
        return !exact && allowed != null && behind != null && behind.compareTo(allowed) <= 0;
    }

    private static Map<String, State> states(
            Connection connection, List<CompiledQuery.OverRollup> rollups) throws SQLException {
        Array names =
                connection.createArrayOf(
                        "text",
                        rollups.stream().map(over -> over.rollup().relation().name()).toArray());
        Map<String, State> states = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(STATES)) {
            select.setArray(1, names);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    double behind = row.getDouble(4);
                    boolean known = !row.wasNull();
                    Object[] inputs = (Object[]) row.getArray(6).getArray();
                    Object[] versions = (Object[]) row.getArray(7).getArray();
                    Map<Long, Long> taken = new HashMap<>();
                    for (int i = 0; i < inputs.length; i++) {
                        taken.put(
                                ((Number) inputs[i]).longValue(),
                                ((Number) versions[i]).longValue());
                    }
                    states.put(
                            row.getString(1),
                            new State(
                                    row.getLong(2),
                                    row.getBoolean(3),
                                    known ? Duration.ofMillis((long) (behind * 1_000)) : null,
                                    row.getTimestamp(5).toInstant(),
                                    taken,
                                    row.getDouble(8),
                                    Set.of((String[]) row.getArray(9).getArray())));
                }
            }
        }
        return states;
    }
}
