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
import java.util.ArrayList;
import java.util.Collections;
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

    /** A row for each input that is still what it was when the rollup was made of it. */
    private static final String STATES =
            "SELECT "
                    + ReadSet.COLUMNS
                    + """
                    , s.name, s.table_oid::bigint, s.version, s.moved_at, s.inputs,
                      extract(epoch FROM clock_timestamp() -
                        CASE WHEN coalesce(f.version, 0) = s.version THEN NULL
                          WHEN f.version = s.version + 1 THEN f.changed_at ELSE s.moved_at END),
                      k.reltuples,
                      coalesce((SELECT array_agg(a.attname::text) FROM pg_attribute a
                        WHERE a.attrelid = s.table_oid AND a.attnum > 0 AND a.atttypid = 'int8'::regtype), '{}')
                    FROM (
                      SELECT t.*, t.input_oid AS oid, count(*) OVER (PARTITION BY t.name) AS inputs
                      FROM millrace_rollups.state t WHERE t.name = ANY (?::text[])) s
                      JOIN pg_class k ON k.oid = s.table_oid
                    """
                    + ReadSet.FROM
                    + """
                    WHERE c.name = s.relation
                      AND has_table_privilege(s.table_oid, 'SELECT') AND has_table_privilege(c.oid, 'SELECT')
                    """;

    private final ToldView state = new ToldView("millrace_rollups", "state");

    /**
     * A rollup that answers a query.
     *
     * @param select what to ask of it
     * @param tableOid the table that has its rows in this snapshot
     * @param inputs the tables that it was made of, each as of the version up to which it has it
     */
    record Standing(
            RollupTable rollup,
            CompiledQuery.Select select,
            long tableOid,
            Instant updatedAt,
            List<ReadRelation> inputs) {

        Standing {
            inputs = List.copyOf(inputs);
        }
    }

    /**
     * One input of a rollup, and what is told of the rollup with each.
     *
     * @param behind for how long the rollup has not had all of the input; null if it has
     * @param inputs how many it has, those that are gone included
     */
    private record State(
            ReadRelation input,
            long tableOid,
            @Nullable Duration behind,
            Instant updatedAt,
            int inputs,
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
        Map<String, List<State>> states = states(connection, query.rollups());
        List<State> best = List.of();
        CompiledQuery.@Nullable OverRollup over = null;
        for (CompiledQuery.OverRollup candidate : query.rollups()) {
            List<State> told = states.getOrDefault(candidate.rollup().relation().name(), List.of());
            if (!told.isEmpty()
                    && told.size() == told.getFirst().inputs()
                    && told.stream().allMatch(one -> isFresh(one, candidate.rollup(), exact))
                    && (best.isEmpty() || told.getFirst().rows() < best.getFirst().rows())) {
                best = told;
                over = candidate;
            }
        }
        if (over == null) {
            return Optional.empty();
        }
        State any = best.getFirst();
        return Optional.of(
                new Standing(
                        over.rollup(),
                        over.select(any.integers()),
                        any.tableOid(),
                        Collections.max(best.stream().map(State::updatedAt).toList()),
                        best.stream().map(State::input).toList()));
    }

    private static boolean isFresh(State state, RollupTable rollup, boolean exact) {
        Duration behind = state.behind();
        Duration allowed = rollup.staleness();
        return behind == null || (!exact && allowed != null && behind.compareTo(allowed) <= 0);
    }

    private static Map<String, List<State>> states(
            Connection connection, List<CompiledQuery.OverRollup> rollups) throws SQLException {
        Array names =
                connection.createArrayOf(
                        "text",
                        rollups.stream().map(over -> over.rollup().relation().name()).toArray());
        Map<String, List<State>> states = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(STATES)) {
            select.setArray(1, names);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    states.computeIfAbsent(row.getString(ReadSet.COUNT + 1), _ -> new ArrayList<>())
                            .add(state(row));
                }
            }
        }
        return states;
    }

    private static State state(ResultSet row) throws SQLException {
        int at = ReadSet.COUNT;
        double seconds = row.getDouble(at + 6);
        Duration behind = row.wasNull() ? null : Duration.ofMillis((long) (seconds * 1_000));
        return new State(
                ReadSet.relation(row).at(row.getLong(at + 3)),
                row.getLong(at + 2),
                behind,
                row.getTimestamp(at + 4).toInstant(),
                row.getInt(at + 5),
                row.getDouble(at + 7),
                Set.of((String[]) row.getArray(at + 8).getArray()));
    }
}
