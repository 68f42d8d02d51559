package dev.millrace.serving.query;

import dev.millrace.serving.budget.Share;
import dev.millrace.serving.query.RollupStates.Standing;
import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.SqlStatement;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Runs the statements of one request, in one transaction; may be ended from outside. */
final class QueryRun {

    private final Warehouse warehouse;
    private final PlanGuard guard;
    private final ReadSet reads;
    private final RollupStates rollups;
    private final LargeResults large;
    private final ResultMemory.Share memory;
    private final JsonMapper json;
    private final Clock clock;
    private final Supplier<String> token;
    private final Share share;

    /** Whether the driver reads no more rows at once than memory is for. */
    private boolean inParts;

    private @Nullable Runnable interruption;
    private boolean ended;

    /**
     * @param token signs, when its turn has come, whose rows are seen
     * @param share whose turn it takes
     */
    QueryRun(
            Warehouse warehouse,
            PlanGuard guard,
            ReadSet reads,
            RollupStates rollups,
            LargeResults large,
            ResultMemory.Share memory,
            JsonMapper json,
            Clock clock,
            Supplier<String> token,
            Share share) {
        this.warehouse = warehouse;
        this.guard = guard;
        this.reads = reads;
        this.rollups = rollups;
        this.large = large;
        this.memory = memory;
        this.json = json;
        this.clock = clock;
        this.token = token;
        this.share = share;
    }

    /** The rows of each query, in order; they hold memory until {@link #end}. */
    Results run(QuerySet set, List<CompiledQuery> compiled, boolean exact)
            throws SQLException, InterruptedException {
        boolean done = false;
        try (Warehouse.Turn turn = turn()) {
            Results results;
            try {
                inParts = large.areKnown(compiled);
                results = run(turn, set, compiled, exact);
            } catch (SQLException e) {
                if (inParts || !Warehouse.isTooLarge(e)) {
                    throw e;
                }
                large.add(compiled);
                inParts = true;
                turn.done();
                memory.release();
                results = run(turn, set, compiled, exact);
            }
            done = true;
            return results;
        } finally {
            if (!done) {
                memory.close();
            }
        }
    }

    private Results run(
            Warehouse.Turn turn, QuerySet set, List<CompiledQuery> compiled, boolean exact)
            throws SQLException {
        Connection connection = inParts ? turn.connection() : turn.atOnce();
        Optional<Results> results = run(connection, set, compiled, exact, true);
        if (results.isEmpty()) {
            // A rollup's table was changed for another between the snapshot and the query.
            memory.release();
            results = run(connection, set, compiled, exact, false);
        }
        return results.orElseThrow();
    }

    /** In one transaction; nothing if what it chose to read was not what it then read. */
    private Optional<Results> run(
            Connection connection,
            QuerySet set,
            List<CompiledQuery> compiled,
            boolean exact,
            boolean overRollups)
            throws SQLException {
        Instant readAt = clock.instant();
        List<ResultRows> rows = new ArrayList<>();
        Map<Integer, Standing> chosen = new LinkedHashMap<>();
        try {
            List<CompiledQuery.Select> selects = new ArrayList<>();
            for (int i = 0; i < compiled.size(); i++) {
                Optional<Standing> rollup =
                        overRollups
                                ? rollups.choose(connection, compiled.get(i), exact)
                                : Optional.empty();
                if (rollup.isPresent()) {
                    chosen.put(i, rollup.get());
                }
                selects.add(rollup.map(Standing::select).orElse(compiled.get(i).select()));
            }
            for (CompiledQuery.Select select : selects) {
                guard.check(connection, select.statement());
            }
            for (int i = 0; i < compiled.size(); i++) {
                rows.add(
                        run(
                                connection,
                                set,
                                set.queries().get(i),
                                compiled.get(i),
                                selects.get(i)));
            }
            // In the same snapshot, and while the locks tell what it was taken of.
            Reads read =
                    reads.endOf(
                            connection,
                            selects.stream().map(select -> select.statement().sql()).toList(),
                            chosen.values().stream()
                                    .map(Standing::tableOid)
                                    .collect(Collectors.toSet()));
            if (!chosen.isEmpty()) {
                Optional<Reads> made = madeOf(read, chosen.values());
                if (made.isEmpty()) {
                    return Optional.empty();
                }
                read = made.get();
            }
            Map<Integer, UsedRollup> used = new LinkedHashMap<>();
            chosen.forEach((query, standing) -> used.put(query, UsedRollup.of(standing)));
            return Optional.of(new Results(rows, readAt, read, used));
        } finally {
            if (!connection.isClosed()) {
                connection.rollback();
            }
        }
    }

    /** What rollups were made of in their place; nothing if others were read than were chosen. */
    private static Optional<Reads> madeOf(Reads read, Collection<Standing> chosen) {
        Set<Long> oids = new HashSet<>();
        read.relations().forEach(relation -> oids.add(relation.oid()));
        Set<Long> rollupOids = new HashSet<>();
        Map<Long, ReadRelation> inputs = new LinkedHashMap<>();
        for (Standing standing : chosen) {
            if (!oids.contains(standing.tableOid())) {
                return Optional.empty();
            }
            rollupOids.add(standing.tableOid());
            // What is behind by one of them is true no more.
            for (ReadRelation input : standing.inputs()) {
                inputs.merge(input.oid(), input, ReadRelation::earlier);
            }
        }
        return Optional.of(read.from(rollupOids, List.copyOf(inputs.values())));
    }

    private Warehouse.Turn turn() throws SQLException, InterruptedException {
        begin(Thread.currentThread()::interrupt);
        try {
            return warehouse.turn(share);
        } finally {
            finish();
            // It may have come when the turn had: the connection is to know nothing of it.
            Thread.interrupted();
        }
    }

    private ResultRows run(
            Connection connection,
            QuerySet set,
            NormalizedQuery query,
            CompiledQuery compiled,
            CompiledQuery.Select select)
            throws SQLException {
        RowWriter writer = new RowWriter(json, set.type(), query, compiled.columns(), memory::take);
        ResultRows rows =
                read(
                        connection,
                        select.statement(),
                        result -> writer.write(result, compiled.columns()));
        SqlStatement counting = select.total();
        if (counting == null) {
            return rows;
        }
        long total =
                read(
                        connection,
                        counting,
                        result -> {
                            result.next();
                            return result.getLong(1);
                        });
        return new ResultRows(rows.json(), rows.rows(), total);
    }

    /** Makes something of a result. */
    @FunctionalInterface
    private interface Reading<T> {
        T of(ResultSet result) throws SQLException;
    }

    private <T> T read(Connection connection, SqlStatement sql, Reading<T> reading)
            throws SQLException {
        try (TenantStatement statement = new TenantStatement(connection, sql, token.get())) {
            statement.fetchSize(inParts ? RowWriter.FIRST_FETCH : 0);
            begin(() -> cancel(statement));
            try (ResultSet result = statement.execute()) {
                return reading.of(result);
            } finally {
                finish();
            }
        }
    }

    private static void cancel(TenantStatement statement) {
        try {
            statement.cancel();
        } catch (SQLException e) {
            // The statement's own timeout ends it.
        }
    }

    private synchronized void begin(Runnable how) throws SQLException {
        if (ended) {
            throw new SQLException("nobody waits for the answer any more", "57014");
        }
        interruption = how;
    }

    private synchronized void finish() {
        interruption = null;
    }

    /** Makes an end of it: nobody waits any more, or everybody has the answer. */
    synchronized void end() {
        ended = true;
        memory.close();
        if (interruption != null) {
            interruption.run();
        }
    }
}
