package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** Builds a view, and leaves one alone that shows the same already: its readers need not wait. */
final class PlainView {

    private static final String INVALID_TABLE_DEFINITION = "42P16";
    private static final Built CREATED = new Built(null, "CREATE VIEW");

    private final Session session;
    private final Build build;
    private final Duration lockPatience;
    private final RelationName fresh;

    PlainView(Session session, Build build, Duration lockPatience) {
        this.session = session;
        this.build = build;
        this.lockPatience = lockPatience;
        this.fresh = Materializer.fresh(build.target());
    }

    /** Makes it, in the place of what is there. */
    Built create() throws SQLException, ModelSqlException, BuildFailedException {
        Optional<Catalog.Existing> existing = new Catalog(session).find(build.target());
        if (existing.isEmpty()) {
            session.transaction(
                    () -> {
                        make(build.target());
                        Trimmings.add(session, build.target(), build);
                        build.audit().look(build.target());
                        Hooks.placing(session, build.after());
                        return true;
                    });
            return CREATED;
        }
        boolean placed = false;
        try {
            makeFresh();
            build.audit().look(fresh);
            if (!existing.get().isView() || !replacedInPlace(existing.get())) {
                Trimmings.add(session, fresh, build);
                new Swap(session, lockPatience).replace(build, fresh, "VIEW");
                placed = true;
            }
            return CREATED;
        } finally {
            if (!placed) {
                session.dropQuietly("DROP VIEW IF EXISTS " + fresh.quoted());
            }
        }
    }

    /** Gives a view its new definition, where it has another; false if its columns forbid that. */
    private boolean replacedInPlace(Catalog.Existing existing)
            throws SQLException, ModelSqlException, BuildFailedException {
        boolean same = new Catalog(session).sameViews(existing.oid(), fresh.quoted());
        ShortLocks.Step after = Hooks.placingStep(session, build.after());
        if (same && after == ShortLocks.Step.NOTHING && !Trimmings.areAny(build)) {
            return true;
        }
        try {
            new ShortLocks(session, lockPatience)
                    .transaction(
                            () -> {
                                // Even to replace a view by itself keeps its readers waiting.
                                if (!same) {
                                    replace();
                                }
                                Trimmings.add(session, build.target(), build);
                            },
                            after);
            return true;
        } catch (ModelSqlException e) {
            if (e.getCause() instanceof SQLException cause
                    && INVALID_TABLE_DEFINITION.equals(cause.getSQLState())) {
                return false;
            }
            throw e;
        }
    }

    /** It has a name already, by which nobody must read rows that are not theirs. */
    private void makeFresh() throws SQLException, ModelSqlException, BuildFailedException {
        if (!build.options().tenancy().limits()) {
            make(fresh);
            return;
        }
        session.transaction(
                () -> {
                    make(fresh);
                    TenantTables.protect(session, fresh, build.options().tenancy());
                    return true;
                });
    }

    private void make(RelationName name) throws SQLException, ModelSqlException {
        String statement = build.creation().statement(name, build.kind(), build.sql());
        Materializer.modelOutcome(session, statement, build.sql());
    }

    private void replace() throws SQLException, ModelSqlException {
        String statement =
                "CREATE OR REPLACE VIEW "
                        + build.target().quoted()
                        + " AS (\n"
                        + build.sql()
                        + "\n)";
        Materializer.modelOutcome(session, statement, build.sql());
    }
}
