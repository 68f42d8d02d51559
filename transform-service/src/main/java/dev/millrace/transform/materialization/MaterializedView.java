package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;

import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A view that keeps its rows. It is refreshed while others read it, where it has a key by which
 * PostgreSQL can tell what has changed; or else it is made beside the old one and takes its place.
 */
final class MaterializedView {

    private static final String TEMPORARY = "mr_definition";
    private static final Built CREATED = new Built(null, "CREATE MATERIALIZED VIEW");
    private static final Built REFRESHED = new Built(null, "REFRESH MATERIALIZED VIEW");

    private final Session session;
    private final Build build;
    private final Duration lockPatience;
    private final Catalog catalog;

    MaterializedView(Session session, Build build, Duration lockPatience) {
        this.session = session;
        this.build = build;
        this.lockPatience = lockPatience;
        this.catalog = new Catalog(session);
    }

    /** Makes it anew, whatever is there. */
    Built create() throws SQLException, ModelSqlException, BuildFailedException {
        return new Placement(session, build, lockPatience)
                .place(
                        fresh -> {
                            Materializer.modelOutcome(
                                    session,
                                    build.creation().statement(fresh, build.kind(), build.sql()),
                                    build.sql());
                            return CREATED;
                        });
    }

    /** Has it hold the rows that its query gives now. */
    Built refresh(ConfigurationChange change)
            throws SQLException, ModelSqlException, BuildFailedException {
        Optional<Catalog.Existing> existing = catalog.find(build.target());
        if (existing.isEmpty() || !existing.get().isMaterializedView()) {
            return create();
        }
        long oid = existing.get().oid();
        Set<Build.Index> there = new HashSet<>(catalog.indexes(oid));
        boolean changed = !there.equals(new HashSet<>(build.options().indexes()));
        if (changed && change == ConfigurationChange.FAIL) {
            throw new BuildFailedException(
                    "its indexes are to be others than they are, and 'on_configuration_change' is"
                            + " 'fail'; build it with a full refresh, or set 'apply'");
        }
        if (changed && change == ConfigurationChange.CONTINUE) {
            return new Built(null, "skip " + build.target());
        }
        boolean keyed = there.stream().anyMatch(Build.Index::unique);
        if (!changed && keyed && catalog.isFilled(oid) && hasDefinition(oid)) {
            refreshInPlace();
        } else {
            create();
        }
        return REFRESHED;
    }

    private void refreshInPlace() throws SQLException, ModelSqlException, BuildFailedException {
        session.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY " + build.target().quoted());
        session.transaction(
                () -> {
                    Trimmings.add(session, build.target(), build);
                    Hooks.placing(session, build.after());
                    return true;
                });
    }

    /** Whether its query is the one that it has already. */
    private boolean hasDefinition(long oid) throws SQLException, ModelSqlException {
        String view = RelationName.quote(TEMPORARY);
        Materializer.modelOutcome(
                session,
                "CREATE OR REPLACE TEMPORARY VIEW " + view + " AS (\n" + build.sql() + "\n)",
                build.sql());
        try {
            return catalog.sameViews(oid, "pg_temp." + view);
        } finally {
            session.dropQuietly("DROP VIEW IF EXISTS pg_temp." + view);
        }
    }
}
