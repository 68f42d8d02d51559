package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.contracts.warehouse.SqlText;
import dev.millrace.transform.materialization.Build;
import dev.millrace.transform.materialization.BuildFailedException;
import dev.millrace.transform.materialization.Materializer;
import dev.millrace.transform.materialization.ModelSqlException;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.materialization.live.Generation.Cursor;
import dev.millrace.transform.publish.ChangeFeed;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import javax.sql.DataSource;

/**
 * A session that has a model to itself, and brings its table up to date round by round. What it
 * reads of changes is read as one role, and what it does with them is done as another, in one
 * snapshot.
 */
final class LiveSession {

    private static final Logger log = LoggerFactory.getLogger(LiveSession.class);

    /** Landing's cores are not for the taking, and what is compiled for a round is used once. */
    private static final String MODEST =
            """
            SET TimeZone = 'UTC'; SET max_parallel_workers_per_gather = 0; SET jit = off;
            SET lock_timeout = '10s'; SET client_min_messages = warning\
            """;

    private final DataSource state;
    private final Connection connection;
    private final LiveModel model;
    private final LivePlan plan;
    private final Generations generations;
    private final LiveSettings settings;
    private final Sql sql;
    private @Nullable Generation generation;

    /** What it is once the round that is under way is committed. */
    private @Nullable Generation moved;

    LiveSession(
            DataSource state,
            Connection connection,
            LiveModel model,
            LivePlan plan,
            LiveSettings settings) {
        this.state = state;
        this.connection = connection;
        this.model = model;
        this.plan = plan;
        this.generations = new Generations(connection, model);
        this.settings = settings;
        this.sql = new Sql(connection);
    }

    static void modest(Connection connection) throws SQLException {
        new Sql(connection).execute(MODEST);
    }

    /** The connection goes back to a pool, and would keep what the session has. */
    static void giveBack(Connection connection) {
        try {
            if (!connection.isClosed()) {
                connection.setAutoCommit(true);
                new Sql(connection).execute("DISCARD ALL");
            }
        } catch (SQLException e) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException gone) {
                log.debug("The session was gone already", gone);
            }
        }
    }

    /** What a round did; {@code oldest} is when the oldest change was loaded that it took in. */
    record Round(Map<String, Long> versions, long rows, @Nullable String oldest, boolean isLast) {}

    /** Goes on with the table that there is. */
    void begin() throws SQLException, NeedsBuildException {
        Generation newest =
                generations.newest().orElseThrow(() -> new NeedsBuildException("it is new"));
        if (!newest.definition().equals(plan.definition())) {
            throw new NeedsBuildException("its query is another one now");
        }
        if (!newest.cursors().keySet().equals(plan.relations().keySet())) {
            throw new NeedsBuildException("it reads other tables now");
        }
        LiveRound.prepare(sql, plan, newest, generations.name(newest));
        generation = newest;
    }

    /** Builds a table beside the old one. */
    void build() throws SQLException, NeedsBuildException {
        generation = null;
        Generation built =
                inSnapshot(versions -> new LiveBuild(connection, model, plan).build(versions));
        LiveRound.prepare(sql, plan, built, generations.name(built));
        generation = built;
    }

    /** The built table takes its place, if it has not already. */
    boolean place()
            throws SQLException, ModelSqlException, BuildFailedException, NeedsBuildException {
        Generation built = Objects.requireNonNull(generation);
        RelationName name = generations.name(built);
        if (name.equals(model.relation())) {
            return false;
        }
        Build build =
                new Build(
                        model.relation(),
                        Build.Kind.TABLE,
                        "",
                        (relation, kind, query) -> "",
                        model.options(),
                        List.of(),
                        List.of(),
                        Set.of());
        new Materializer(settings.lockPatience())
                .place(new Session(connection, _ -> {}), build, name);
        generations.dropOthers(built.number());
        log.info("{} has its table: {}", model.relation(), plan.describe());
        return true;
    }

    private interface InSnapshot<T> {
        T with(Map<String, Long> versions) throws SQLException, NeedsBuildException;
    }

    /** Does something in a transaction, with versions as they are in its snapshot. */
    private <T> T inSnapshot(InSnapshot<T> work) throws SQLException, NeedsBuildException {
        return sql.transaction(
                () -> {
                    Map<String, Long> versions;
                    try (Connection reader = state.getConnection()) {
                        begin(reader);
                        try {
                            versions = ChangeFeed.versions(reader, plan.relations().keySet());
                            take(reader);
                        } finally {
                            end(reader);
                        }
                    }
                    return work.with(versions);
                });
    }

    private static void begin(Connection reader) throws SQLException {
        reader.setAutoCommit(false);
        new Sql(reader).execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    }

    private static void end(Connection reader) throws SQLException {
        reader.rollback();
        reader.setAutoCommit(true);
    }

    /** Has the session's transaction see what another sees. */
    private void take(Connection reader) throws SQLException {
        String snapshot =
                new Sql(reader)
                        .query("SELECT pg_export_snapshot()", row -> row.getString(1))
                        .getFirst();
        sql.execute(
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET TRANSACTION SNAPSHOT "
                        + SqlText.literal(snapshot));
    }

    /**
     * What there is to be taken in; nothing if the table is up to date.
     *
     * @param reader in a transaction of one snapshot
     */
    private Map<String, Changes> changes(Connection reader) throws SQLException {
        Generation now = Objects.requireNonNull(generation);
        Map<String, Long> versions = ChangeFeed.versions(reader, now.cursors().keySet());
        Map<String, Changes> changes = new TreeMap<>();
        for (Map.Entry<String, LiveInput> each : plan.relations().entrySet()) {
            String relation = each.getKey();
            Cursor cursor = Objects.requireNonNull(now.cursors().get(relation));
            long version = versions.getOrDefault(relation, 0L);
            if (version != cursor.version()) {
                changes.put(
                        relation,
                        Changes.of(
                                each.getValue(),
                                cursor,
                                version,
                                ChangeFeed.batches(reader, relation, cursor.version())));
            }
        }
        return limited(changes);
    }

    /**
     * Rows that are only added can be taken in bit by bit. Where something is computed anew, all
     * that its snapshot has must be taken in.
     */
    private Map<String, Changes> limited(Map<String, Changes> changes) {
        if (changes.size() == 1 && plan.form() instanceof LiveForm.Additive form) {
            Map.Entry<String, Changes> only = changes.entrySet().iterator().next();
            LiveInput fact = plan.query().inputs().get(form.fact());
            if (fact.relation().toString().equals(only.getKey())
                    && only.getValue().shared().isEmpty()) {
                return Map.of(only.getKey(), only.getValue().first(settings.batches()));
            }
        }
        return changes;
    }

    /** What waits to be taken in, as told by the reader of changes. */
    interface Pending {
        void found(@Nullable String oldest);
    }

    /**
     * Takes changes in.
     *
     * @param pending hears of what there is before it is taken in
     * @return null if there were none
     */
    @Nullable Round round(Pending pending) throws SQLException, NeedsBuildException {
        moved = null;
        Optional<Round> round = sql.transaction(() -> tryRound(pending));
        if (round.isPresent()) {
            generation = moved;
        }
        return round.orElse(null);
    }

    private Optional<Round> tryRound(Pending pending) throws SQLException, NeedsBuildException {
        Map<String, Changes> changes;
        try (Connection reader = state.getConnection()) {
            begin(reader);
            try {
                changes = changes(reader);
                if (changes.isEmpty()) {
                    return Optional.empty();
                }
                pending.found(oldest(changes));
                take(reader);
            } finally {
                end(reader);
            }
        }
        return Optional.of(apply(changes));
    }

    private static @Nullable String oldest(Map<String, Changes> changes) {
        return changes.values().stream()
                .flatMap(each -> each.batches().stream().limit(1))
                .map(ChangeFeed.Batch::loadedAt)
                .min(String::compareTo)
                .orElse(null);
    }

    private Round apply(Map<String, Changes> changes) throws SQLException, NeedsBuildException {
        Generation now = Objects.requireNonNull(generation);
        LiveRound round = new LiveRound(sql, plan, now, generations.name(now), changes);
        long rows = round.apply();
        Map<String, Cursor> cursors = round.cursors();
        Map<String, Long> versions = new TreeMap<>();
        Map<String, Cursor> all = new TreeMap<>(now.cursors());
        for (Map.Entry<String, Cursor> cursor : cursors.entrySet()) {
            Changes taken = Objects.requireNonNull(changes.get(cursor.getKey()));
            generations.move(now, cursor.getKey(), cursor.getValue(), !taken.isPart());
            versions.put(cursor.getKey(), cursor.getValue().version());
        }
        all.putAll(cursors);
        moved = new Generation(now.number(), now.definition(), now.resultOid(), all);
        boolean isLast =
                changes.values().stream().allMatch(c -> c.batches().size() < settings.batches());
        return new Round(versions, rows, oldest(changes), isLast);
    }
}
