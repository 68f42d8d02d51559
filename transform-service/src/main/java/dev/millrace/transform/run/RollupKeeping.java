package dev.millrace.transform.run;

import dev.millrace.contracts.event.RollupWanted;
import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.contracts.warehouse.SqlText;
import dev.millrace.operations.background.BackgroundWork;
import dev.millrace.transform.materialization.Build;
import dev.millrace.transform.materialization.BuildFailedException;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.materialization.TenantTables;
import dev.millrace.transform.materialization.live.LiveKeeping;
import dev.millrace.transform.materialization.live.LiveState;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Has the rollups kept that serving wants: their tables follow what they are made of as live models
 * do. What cannot be followed is refused, with the reason; serving answers from rows then.
 */
final class RollupKeeping extends BackgroundWork {

    private static final Logger log = LoggerFactory.getLogger(RollupKeeping.class);

    private static final Duration LOOK = Duration.ofSeconds(1);

    /** What was refused may be possible once a table is there that it reads. */
    private static final Duration AGAIN = Duration.ofSeconds(20);

    private static final Duration CLEANING = Duration.ofSeconds(30);

    /** Nobody else's tables are there, so that those that are left over can go. */
    private static final String SCHEMA = "millrace_rollups";

    /**
     * Where readers see, in the snapshot of their query, up to which versions of its inputs each
     * table is.
     */
    private static final String STATE =
            """
            CREATE SCHEMA IF NOT EXISTS %1$s;
            GRANT USAGE ON SCHEMA %1$s TO %2$s;
            CREATE OR REPLACE VIEW %1$s.state AS
              SELECT t.relname::text AS name, m.result_oid AS table_oid, c.relation, c.version,
                c.table_oid AS input_oid, c.moved_at
              FROM millrace_live.model m
                JOIN pg_class t ON t.oid = m.result_oid
                JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = '%1$s'
                JOIN millrace_live.cursor c ON c.generation = m.generation;
            GRANT SELECT ON %1$s.state TO %2$s
            """
                    .formatted(SCHEMA, Role.READER.roleName());

    /** Changes whenever tables begin or cease to tell tenants apart. */
    private static final String TENANCY =
            """
            SELECT coalesce(md5(string_agg(p.oid::text, ',' ORDER BY p.oid)), '') FROM pg_policy p
            """;

    private final Supplier<Optional<Map<String, RollupWanted>>> wanted;
    private final LiveKeeping live;
    private final ModelsDatabase warehouse;
    private final int most;
    private final Clock clock;
    private final Map<String, Verdict> verdicts = new ConcurrentHashMap<>();
    private @Nullable Instant cleanedAt;
    private boolean prepared;
    private boolean complained;

    /**
     * What became of a wish.
     *
     * @param tenancy of all tables when it was judged
     * @param refusal why it is not kept; null if it is
     */
    private record Verdict(
            RollupWanted wish, String tenancy, @Nullable String refusal, Instant at) {

        boolean isFinal(RollupWanted wanted, String now, Instant time) {
            return wish.relation().equals(wanted.relation())
                    && wish.sql().equals(wanted.sql())
                    && tenancy.equals(now)
                    && (refusal == null || time.isBefore(at.plus(AGAIN)));
        }
    }

    /** A rollup and how it is. */
    record Kept(
            RollupWanted wish,
            String state,
            String form,
            @Nullable String message,
            Instant since) {}

    RollupKeeping(
            Supplier<Optional<Map<String, RollupWanted>>> wanted,
            LiveKeeping live,
            ModelsDatabase warehouse,
            int most,
            Clock clock) {
        super("rollup-keeping");
        this.wanted = wanted;
        this.live = live;
        this.warehouse = warehouse;
        this.most = most;
        this.clock = clock;
    }

    /** The ids of all that is to be followed; nothing as long as some of it is not known. */
    static Optional<Set<String>> followed(
            Optional<Set<String>> models, Optional<Map<String, RollupWanted>> rollups) {
        if (models.isEmpty() || rollups.isEmpty()) {
            return Optional.empty();
        }
        Set<String> ids = new TreeSet<>(models.get());
        rollups.get().keySet().forEach(id -> ids.add(LiveKeeping.ROLLUP + id));
        return Optional.of(ids);
    }

    /** All that serving wants, and how each is. */
    List<Kept> all() throws SQLException {
        Map<String, LiveState> states = live.states();
        List<Kept> all = new ArrayList<>();
        new TreeMap<>(wanted.get().orElse(Map.of()))
                .forEach(
                        (id, wish) -> {
                            Verdict verdict = verdicts.get(id);
                            LiveState state = states.get(LiveKeeping.ROLLUP + id);
                            if (verdict != null && verdict.refusal() != null) {
                                all.add(
                                        new Kept(
                                                wish,
                                                "refused",
                                                "",
                                                verdict.refusal(),
                                                verdict.at()));
                            } else if (state == null) {
                                all.add(new Kept(wish, "waiting", "", null, wish.announcedAt()));
                            } else {
                                all.add(
                                        new Kept(
                                                wish,
                                                state.state(),
                                                state.form(),
                                                state.message(),
                                                state.since()));
                            }
                        });
        return all;
    }

    @Override
    protected void round() throws InterruptedException {
        try {
            look();
            complained = false;
        } catch (SQLException e) {
            if (!complained) {
                log.warn("Rollups cannot be looked after now; trying on", e);
            }
            complained = true;
        }
        Thread.sleep(LOOK);
    }

    private void look() throws SQLException {
        Optional<Map<String, RollupWanted>> known = wanted.get();
        if (known.isEmpty()) {
            return;
        }
        Map<String, RollupWanted> wishes = new TreeMap<>(known.get());
        verdicts.keySet().retainAll(wishes.keySet());
        if (!wishes.isEmpty()) {
            prepare();
            String tenancy = text(TENANCY);
            for (Map.Entry<String, RollupWanted> wish : wishes.entrySet()) {
                Verdict verdict = verdicts.get(wish.getKey());
                if (verdict == null
                        || !verdict.isFinal(wish.getValue(), tenancy, clock.instant())) {
                    judge(wish.getKey(), wish.getValue(), tenancy);
                }
            }
        }
        clean(wishes);
    }

    /** One of which something fails keeps none of the others waiting. */
    private void judge(String id, RollupWanted wish, String tenancy) {
        String refusal;
        try {
            refusal = isTooMuch(id) ? tooMany() : refusal(id, wish);
            if (refusal != null) {
                live.retire(LiveKeeping.ROLLUP + id);
            }
        } catch (SQLException e) {
            refusal = "it cannot be looked after now: " + e.getMessage();
        }
        Verdict before = verdicts.put(id, new Verdict(wish, tenancy, refusal, clock.instant()));
        if (refusal != null && (before == null || !refusal.equals(before.refusal()))) {
            log.warn("The rollup {} is not kept: {}", id, refusal);
        }
    }

    private boolean isTooMuch(String id) {
        return verdicts.entrySet().stream()
                        .filter(other -> !other.getKey().equals(id))
                        .filter(other -> other.getValue().refusal() == null)
                        .count()
                >= most;
    }

    private String tooMany() {
        return "there are %d rollups already, each of which holds a connection; raise millrace.models.rollup-limit"
                .formatted(most);
    }

    /** Has it followed, unless there is a reason not to. */
    private @Nullable String refusal(String id, RollupWanted wish) throws SQLException {
        RelationName relation = table(wish);
        if (!relation.schema().equals(SCHEMA)) {
            return "its table would be outside of the schema " + SCHEMA;
        }
        Optional<String> refused = live.refusal(wish.sql());
        if (refused.isPresent()) {
            return refused.get();
        }
        Build.Tenancy tenancy = Build.Tenancy.OPEN;
        try (Session session = warehouse.session()) {
            List<String> columns = TenantTables.columns(session, relation, wish.sql());
            if (!columns.isEmpty()) {
                Optional<String> column =
                        columns.size() > 1
                                ? Optional.empty()
                                : wish.tenantColumns().entrySet().stream()
                                        .filter(c -> c.getValue().equals(columns.getFirst()))
                                        .map(Map.Entry::getKey)
                                        .findFirst();
                if (column.isEmpty()) {
                    protect(session, relation, Build.Tenancy.WITHHELD);
                    return "it would mix the rows of tenants: it has to have the tenant as a"
                            + " dimension of its own, which is a column of the only table that"
                            + " it reads";
                }
                tenancy = Build.Tenancy.separate(column.get());
                protect(session, relation, tenancy);
            }
        } catch (BuildFailedException e) {
            return e.getMessage();
        }
        live.ask(
                LiveKeeping.ROLLUP + id,
                relation,
                wish.sql(),
                new Build.Options(
                        false,
                        wish.indexes().stream()
                                .map(columns -> new Build.Index(columns, false, "btree"))
                                .toList(),
                        wish.description(),
                        Map.of(),
                        Map.of(),
                        tenancy));
        return null;
    }

    /** A table that was made before what it reads had tenants does not wait to be made anew. */
    private static void protect(Session session, RelationName relation, Build.Tenancy tenancy)
            throws SQLException {
        Session.Outcome found =
                session.run(
                        "SELECT 1 WHERE to_regclass(%s) IS NOT NULL"
                                .formatted(SqlText.literal(relation.quoted())),
                        1);
        if (!found.rows().isEmpty()) {
            // Whoever reads it for long must not have all others wait behind this.
            session.run("SET lock_timeout = '2s'", 1);
            session.run(TenantTables.statement(relation, tenancy), 1);
        }
    }

    static RelationName table(RollupWanted wish) {
        return new RelationName(wish.relation().schema(), wish.relation().name());
    }

    private void prepare() throws SQLException {
        if (prepared) {
            return;
        }
        try (Connection connection = warehouse.live().getConnection();
                Statement statement = connection.createStatement()) {
            LiveKeeping.prepare(connection);
            statement.execute(STATE);
            prepared = true;
        }
    }

    private String text(String query) throws SQLException {
        try (Connection connection = warehouse.live().getConnection();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(query)) {
            found.next();
            return found.getString(1);
        }
    }

    /** Drops tables that nobody follows any more, once no query reads them. */
    private void clean(Map<String, RollupWanted> wishes) throws SQLException {
        Instant now = clock.instant();
        if (cleanedAt != null && now.isBefore(cleanedAt.plus(CLEANING))) {
            return;
        }
        cleanedAt = now;
        Set<RelationName> used = new TreeSet<>(live.tables());
        wishes.forEach(
                (id, wish) -> {
                    Verdict verdict = verdicts.get(id);
                    if (verdict == null || verdict.refusal() == null) {
                        used.add(table(wish));
                    }
                });
        try (Connection connection = warehouse.live().getConnection();
                Statement statement = connection.createStatement()) {
            List<RelationName> left = new ArrayList<>();
            try (ResultSet tables =
                    statement.executeQuery(
                            """
                            SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                            WHERE n.nspname = '%s' AND c.relkind = 'r' AND c.relname NOT LIKE '%%\\_\\_mr\\_live'
                            """
                                    .formatted(SCHEMA))) {
                while (tables.next()) {
                    RelationName table = new RelationName(SCHEMA, tables.getString(1));
                    if (!used.contains(table)) {
                        left.add(table);
                    }
                }
            }
            for (RelationName table : left) {
                try {
                    statement.execute("SET lock_timeout = '1s'");
                    statement.execute("DROP TABLE IF EXISTS " + table.quoted());
                    log.info("The table {} is dropped, as its rollup is gone", table);
                } catch (SQLException e) {
                    log.debug("{} is in use, and goes later", table, e);
                } finally {
                    statement.execute("RESET lock_timeout");
                }
            }
        }
    }
}
