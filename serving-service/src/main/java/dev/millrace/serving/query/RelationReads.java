package dev.millrace.serving.query;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.serving.access.Caller;
import dev.millrace.serving.access.TenantTokens;
import dev.millrace.serving.access.Tenants;
import dev.millrace.serving.budget.Budgets;
import dev.millrace.serving.semantic.QueryException;

import org.springframework.stereotype.Component;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads single relations of the warehouse, as their rows are. */
@Component
public class RelationReads {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** No such table, no such schema, no right to read it. */
    private static final Set<String> UNKNOWN = Set.of("42P01", "3F000", "42501", "42809");

    private final Warehouse warehouse;
    private final TenantTokens tokens;
    private final Budgets budgets;
    private final ResultMemory memory;

    RelationReads(Warehouse warehouse, TenantTokens tokens, Budgets budgets, ResultMemory memory) {
        this.warehouse = warehouse;
        this.tokens = tokens;
        this.budgets = budgets;
        this.memory = memory;
    }

    /** Memory for the rows of one request, which is given back when they are sent. */
    public static final class Room implements AutoCloseable {

        private final ResultMemory.Share share;

        private Room(ResultMemory.Share share) {
            this.share = share;
        }

        /** Takes more of it; false if there is none now, or no more for one request. */
        public boolean take(long bytes) {
            try {
                share.take(bytes);
                return true;
            } catch (BusyException | QueryException e) {
                return false;
            }
        }

        @Override
        public void close() {
            share.close();
        }
    }

    /** Room for the rows of a request, which has none yet. */
    public Room room() {
        return new Room(memory.share());
    }

    /** What is read in one transaction. */
    @FunctionalInterface
    public interface Reading<T> {
        T read(Connection connection, Tenants tenants) throws SQLException;
    }

    /**
     * What is told of a relation beside its rows.
     *
     * @param version 0 if it was never changed
     * @param isFollowed whether its changes are written down
     */
    public record State(long version, boolean isFollowed) {}

    /**
     * Reads a relation that stays what it is meanwhile, as the caller's tenants see it, in one
     * snapshot; nothing if there is none that readers may read.
     *
     * @throws WarehouseException if the warehouse does not answer
     * @throws dev.millrace.serving.access.GateClosedException if as many queries of the caller or
     *     its tenants run as may
     */
    public <T> Optional<T> read(Caller caller, RelationName relation, Reading<T> reading)
            throws InterruptedException {
        Tenants tenants = tokens.of(caller);
        try (Warehouse.Turn turn = warehouse.turn(budgets.share(caller), PATIENCE)) {
            Connection connection = turn.connection();
            try {
                // Before the snapshot, which begins with the first statement after it: a table that
                // takes this one's place in between would look empty.
                if (!lock(connection, relation)) {
                    return Optional.empty();
                }
                TenantStatement.see(connection, tokens.sign(tenants));
                return Optional.of(reading.read(connection, tenants));
            } finally {
                connection.rollback();
            }
        } catch (SQLException e) {
            throw new WarehouseException(e);
        }
    }

    private static boolean lock(Connection connection, RelationName relation) throws SQLException {
        try (Statement lock = connection.createStatement()) {
            lock.execute("LOCK TABLE " + relation.quoted() + " IN ACCESS SHARE MODE");
            return true;
        } catch (SQLException e) {
            if (UNKNOWN.contains(String.valueOf(e.getSQLState()))) {
                return false;
            }
            throw e;
        }
    }

    /**
     * How relations are now.
     *
     * @throws WarehouseException if the warehouse does not answer
     */
    public Map<String, State> states(Collection<String> relations) {
        try (Connection connection = warehouse.checking();
                PreparedStatement select =
                        connection.prepareStatement(
                                """
                                SELECT r, coalesce(v.version, 0), f.relation IS NOT NULL
                                FROM unnest(?::text[]) AS r
                                  LEFT JOIN transform.freshness v ON v.relation = r
                                  LEFT JOIN transform.feeds f ON f.relation = r
                                """)) {
            select.setArray(1, connection.createArrayOf("text", relations.toArray()));
            Map<String, State> states = new HashMap<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    states.put(rows.getString(1), new State(rows.getLong(2), rows.getBoolean(3)));
                }
            }
            return states;
        } catch (SQLException e) {
            throw new WarehouseException(e);
        }
    }
}
