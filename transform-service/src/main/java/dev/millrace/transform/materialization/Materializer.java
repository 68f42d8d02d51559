package dev.millrace.transform.materialization;

import dev.millrace.contracts.record.Identifiers;
import dev.millrace.contracts.warehouse.RelationName;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Builds relations. A table is built beside the old one and takes its name in one short
 * transaction, in which the views that read it are defined anew: readers see the old rows or the
 * new, and never neither. Whatever fails leaves the old relation as it was.
 */
public final class Materializer {

    private static final int LOCK_CLASS = 0x6d72; // "mr", to stay clear of others' advisory locks
    private static final String DUPLICATE_SCHEMA = "42P06";
    private static final String UNIQUE_VIOLATION = "23505";

    private final Duration lockPatience;

    /**
     * @param lockPatience how long to try to get in between readers before the build fails
     */
    public Materializer(Duration lockPatience) {
        this.lockPatience = lockPatience;
    }

    /**
     * Builds one relation, while no other session builds it.
     *
     * @throws ModelSqlException if PostgreSQL refuses the query
     * @throws BuildFailedException if something stands in the way of the relation
     * @throws AfterHookFailedException if it is in place, but a hook after that failed
     * @throws SQLException if anything else fails, for example the connection
     */
    public Built build(Session session, Build build)
            throws SQLException, ModelSqlException, BuildFailedException, AfterHookFailedException {
        return alone(
                session,
                build,
                () ->
                        switch (build.kind()) {
                            case TABLE -> table(session, build);
                            case VIEW -> new PlainView(session, build, lockPatience).create();
                            case MATERIALIZED_VIEW ->
                                    new MaterializedView(session, build, lockPatience).create();
                        });
    }

    /**
     * Builds a table of given rows; the SQL of the build is of no account.
     *
     * @throws BuildFailedException if the rows do not fit, or something stands in the way
     * @throws AfterHookFailedException if it is in place, but a hook after that failed
     * @throws SQLException if anything else fails
     */
    public Built seed(Session session, Build build, SeedTable seed)
            throws SQLException, ModelSqlException, BuildFailedException, AfterHookFailedException {
        return alone(
                session,
                build,
                () ->
                        new Placement(session, build, lockPatience)
                                .place(
                                        fresh -> {
                                            session.execute(seed.create(fresh));
                                            long rows = session.copy(seed.copy(fresh), seed.rows());
                                            return new Built(rows, "INSERT " + rows);
                                        }));
    }

    /**
     * Has a table that somebody else has filled take the target's place, with what the build says
     * that it has beside its rows.
     *
     * @throws BuildFailedException if something stands in the way
     * @throws SQLException if anything else fails
     */
    public void place(Session session, Build build, RelationName filled)
            throws SQLException, ModelSqlException, BuildFailedException {
        Catalog.Standing standing = lock(session, build.target());
        try {
            prepare(session, build.target(), standing);
            Placement.finish(session, build, filled);
            new Swap(session, lockPatience).replace(build, filled, build.kind().keyword());
        } finally {
            unlock(session, build.target());
        }
    }

    /**
     * Adds new rows to a table that is there. Where it is not, or is something else, it is built.
     *
     * @throws ModelSqlException if PostgreSQL refuses the query
     * @throws BuildFailedException if the rows cannot be taken over
     * @throws AfterHookFailedException if they are in place, but a hook after that failed
     * @throws SQLException if anything else fails
     */
    public Built increment(Session session, Build build, Increment increment)
            throws SQLException, ModelSqlException, BuildFailedException, AfterHookFailedException {
        return alone(
                session,
                build,
                () -> {
                    boolean there =
                            new Catalog(session)
                                    .find(build.target())
                                    .filter(Catalog.Existing::isTable)
                                    .isPresent();
                    return there
                            ? new IncrementalTable(session, build, increment).add()
                            : table(session, build);
                });
    }

    /**
     * Takes the states that a query's rows are in now into a table that keeps the earlier ones.
     *
     * @throws ModelSqlException if PostgreSQL refuses the query
     * @throws BuildFailedException if the rows cannot be taken over
     * @throws AfterHookFailedException if they are in place, but a hook after that failed
     * @throws SQLException if anything else fails
     */
    public Built snapshot(Session session, Build build, Snapshot snapshot)
            throws SQLException, ModelSqlException, BuildFailedException, AfterHookFailedException {
        return alone(session, build, () -> new SnapshotTable(session, build, snapshot).take());
    }

    /**
     * Has a materialized view hold the rows that its query gives now. Where it is not, or is
     * something else, it is built.
     *
     * @param change what to do if its indexes are to be others
     * @throws ModelSqlException if PostgreSQL refuses the query
     * @throws BuildFailedException if something stands in the way of it
     * @throws AfterHookFailedException if it has its rows, but a hook after that failed
     * @throws SQLException if anything else fails
     */
    public Built refresh(Session session, Build build, ConfigurationChange change)
            throws SQLException, ModelSqlException, BuildFailedException, AfterHookFailedException {
        return alone(
                session,
                build,
                () -> new MaterializedView(session, build, lockPatience).refresh(change));
    }

    /**
     * Has a table follow its query by itself, and waits until it has all that there is.
     *
     * @param model names it, whatever its relation is called
     * @throws ModelSqlException if PostgreSQL refuses the query
     * @throws BuildFailedException if it cannot be live, or fails
     * @throws AfterHookFailedException if it follows, but a hook after that failed
     * @throws SQLException if anything else fails
     */
    public Built follow(
            Session session, String model, Build build, LiveTables tables, LiveTables.Anew anew)
            throws SQLException, ModelSqlException, BuildFailedException, AfterHookFailedException {
        createSchema(session, build.target().schema());
        // Its worker is another session, which would wait for the transaction of this one.
        Hooks.before(session, build.before(), () -> true);
        Built built = tables.follow(session, model, build, anew);
        // Its worker has put it in place, and it has been there for a long time if it is the same.
        session.transaction(
                () -> {
                    Trimmings.add(session, build.target(), build);
                    Hooks.placing(session, build.after());
                    return true;
                });
        Hooks.afterwards(session, build.after(), built);
        return built;
    }

    private static Built alone(Session session, Build build, Session.Work<Built> work)
            throws SQLException, ModelSqlException, BuildFailedException, AfterHookFailedException {
        Catalog.Standing standing = lock(session, build.target());
        try {
            prepare(session, build.target(), standing);
            Built built = Hooks.before(session, build.before(), work);
            Hooks.afterwards(session, build.after(), built);
            return built;
        } finally {
            unlock(session, build.target());
        }
    }

    /** From now on no other session builds the relation; what there is of it then. */
    private static Catalog.Standing lock(Session session, RelationName target) throws SQLException {
        return new Catalog(session).locked(LOCK_CLASS, target, fresh(target), stale(target));
    }

    private static void unlock(Session session, RelationName target) {
        session.unlockQuietly(LOCK_CLASS, target.toString());
    }

    /** Makes the schema, and room for the names that are needed. */
    private static void prepare(Session session, RelationName target, Catalog.Standing standing)
            throws SQLException, BuildFailedException {
        if (!standing.hasSchema()) {
            createSchema(session, target.schema());
        }
        dropLeftovers(session, target, standing);
    }

    private static void createSchema(Session session, String schema) throws SQLException {
        try {
            session.execute("CREATE SCHEMA IF NOT EXISTS " + RelationName.quote(schema));
        } catch (SQLException e) {
            // Two sessions may both find it missing; IF NOT EXISTS does not help the slower one.
            if (!DUPLICATE_SCHEMA.equals(e.getSQLState())
                    && !UNIQUE_VIOLATION.equals(e.getSQLState())) {
                throw e;
            }
        }
    }

    /** What a process left that died while it built: nobody else can be building it now. */
    private static void dropLeftovers(
            Session session, RelationName target, Catalog.Standing standing)
            throws SQLException, BuildFailedException {
        for (RelationName leftover : List.of(fresh(target), stale(target))) {
            Optional<Catalog.Existing> found = standing.of(leftover);
            if (found.isPresent()) {
                session.execute("DROP " + found.get().keyword() + " " + leftover.quoted());
            }
        }
    }

    /** The name of the new relation until it takes the old one's. */
    static RelationName fresh(RelationName target) {
        return target.sibling(Identifiers.shorten(target.name() + "__mr_new"));
    }

    static RelationName stale(RelationName target) {
        return target.sibling(Identifiers.shorten(target.name() + "__mr_old"));
    }

    private Built table(Session session, Build build)
            throws SQLException, ModelSqlException, BuildFailedException {
        GrowthGuard guard = GrowthGuard.of(session, build);
        return new Placement(session, build, lockPatience)
                .place(fresh -> Built.of(filled(session, build, guard, fresh)));
    }

    private static Session.Outcome filled(
            Session session, Build build, GrowthGuard guard, RelationName fresh)
            throws SQLException, ModelSqlException, BuildFailedException {
        String statement =
                build.creation().statement(fresh, build.kind(), guard.guarded(build.sql()));
        Session.Outcome outcome = modelOutcome(session, statement, build.sql());
        guard.check(outcome);
        return outcome;
    }

    /** Runs a statement that a model's query stands in. */
    static Session.Outcome modelOutcome(Session session, String statement, String sql)
            throws SQLException, ModelSqlException {
        try {
            return session.run(statement, 1);
        } catch (SQLException e) {
            if (Session.isAboutStatement(e)) {
                int position = Session.position(e) - Math.max(0, statement.indexOf(sql));
                throw new ModelSqlException(
                        e, position >= 0 && position <= sql.length() ? position : -1);
            }
            throw e;
        }
    }
}
