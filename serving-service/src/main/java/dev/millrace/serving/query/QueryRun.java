package dev.millrace.serving.query;

import dev.millrace.serving.budget.Share;
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
import java.util.List;
import java.util.function.Supplier;

/** Runs the statements of one request, in one transaction; may be ended from outside. */
final class QueryRun {

    private final Warehouse warehouse;
    private final PlanGuard guard;
    private final ReadSet reads;
    private final ResultMemory.Share memory;
    private final JsonMapper json;
    private final Clock clock;
    private final Supplier<String> token;
    private final Share share;
    private @Nullable Runnable interruption;
    private boolean ended;

    QueryRun(
            Warehouse warehouse,
            PlanGuard guard,
            ReadSet reads,
            ResultMemory.Share memory,
            JsonMapper json,
            Clock clock,
            Supplier<String> token) {
        this(warehouse, guard, reads, memory, json, clock, token, Share.NONE);
    }

    /**
     * @param token signs, when its turn has come, whose rows are seen
     * @param share whose turn it takes
     */
    QueryRun(
            Warehouse warehouse,
            PlanGuard guard,
            ReadSet reads,
            ResultMemory.Share memory,
            JsonMapper json,
            Clock clock,
            Supplier<String> token,
            Share share) {
        this.warehouse = warehouse;
        this.guard = guard;
        this.reads = reads;
        this.memory = memory;
        this.json = json;
        this.clock = clock;
        this.token = token;
        this.share = share;
    }

    /** The rows of each query, in order; they hold memory until {@link #end}. */
    Results run(QuerySet set, List<CompiledQuery> compiled)
            throws SQLException, InterruptedException {
        boolean done = false;
        try (Warehouse.Turn turn = turn()) {
            Connection connection = turn.connection();
            Instant readAt = clock.instant();
            List<ResultRows> rows = new ArrayList<>();
            Reads read;
            try {
                for (CompiledQuery query : compiled) {
                    guard.check(connection, query.statement());
                }
                for (int i = 0; i < compiled.size(); i++) {
                    rows.add(run(connection, set, set.queries().get(i), compiled.get(i)));
                }
                // In the same snapshot, and while the locks tell what it was taken of.
                read =
                        reads.of(
                                connection,
                                compiled.stream().map(query -> query.statement().sql()).toList());
            } finally {
                connection.rollback();
            }
            done = true;
            return new Results(rows, readAt, read);
        } finally {
            if (!done) {
                memory.close();
            }
        }
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
            Connection connection, QuerySet set, NormalizedQuery query, CompiledQuery compiled)
            throws SQLException {
        RowWriter writer = new RowWriter(json, set.type(), query, compiled.columns(), memory::take);
        ResultRows rows =
                read(
                        connection,
                        compiled.statement(),
                        result -> writer.write(result, compiled.columns()));
        SqlStatement counting = compiled.total();
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
            statement.fetchSize(RowWriter.FIRST_FETCH);
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
