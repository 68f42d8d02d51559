package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.materialization.Catalog.Existing;
import dev.millrace.transform.materialization.Catalog.Looked;
import dev.millrace.transform.materialization.Dependents.View;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Puts a new relation in the place of an old one, in one transaction that waits for no reader. */
final class Swap {

    private static final String INVALID_TABLE_DEFINITION = "42P16";
    private static final String UNDEFINED_TABLE = "42P01";
    private static final String INTERNAL_ERROR = "XX000";

    private final Session session;
    private final Catalog catalog;
    private final ShortLocks locks;

    Swap(Session session, Duration patience) {
        this.session = session;
        this.catalog = new Catalog(session);
        // Definitions of views are written out with every name in full.
        this.locks = new ShortLocks(session, patience, "pg_catalog");
    }

    /**
     * Gives the fresh relation the target's name, privileges and views.
     *
     * @param keyword what the fresh relation is, such as {@code TABLE}
     */
    void replace(Build build, RelationName fresh, String keyword)
            throws SQLException, ModelSqlException, BuildFailedException {
        locks.transaction(
                () -> place(build, fresh, keyword), Hooks.placingStep(session, build.after()));
    }

    private void place(Build build, RelationName fresh, String keyword)
            throws SQLException, BuildFailedException {
        Optional<Looked> old = catalog.look(build.target());
        if (old.isEmpty()) {
            rename(keyword, fresh, build.target());
        } else if (old.get().read()) {
            takeOver(build, old.get().existing(), fresh, keyword);
        } else {
            takeOverUnread(build, old.get(), fresh, keyword);
        }
    }

    /** The same as for a relation that views read, in fewer messages. */
    private void takeOverUnread(Build build, Looked old, RelationName fresh, String keyword)
            throws SQLException, BuildFailedException {
        RelationName target = build.target();
        Existing existing = old.existing();
        hold(existing.keyword(), target);
        // It may have been another until now; this is the same query, planned already.
        Optional<Looked> held = catalog.look(target);
        boolean same =
                held.filter(now -> now.existing().equals(existing) && !now.read()).isPresent();
        if (!same) {
            throw changed(target);
        }
        List<String> statements = new ArrayList<>();
        if (held.get().granted() && build.options().grants().isEmpty()) {
            statements.addAll(catalog.privilegesOf(existing.oid(), fresh));
            withhold(build, fresh, statements);
        }
        statements.add("DROP " + existing.keyword() + " " + target.quoted());
        statements.add(renaming(keyword, fresh, target));
        session.executeAll(statements);
    }

    /** What readers had of the old relation they do not get of one that has others' rows. */
    private static void withhold(Build build, RelationName fresh, List<String> grants) {
        Build.Tenancy tenancy = build.options().tenancy();
        if (tenancy.rule() == Build.Tenancy.Rule.WITHHELD) {
            grants.add(TenantTables.statement(fresh, tenancy));
        }
    }

    private static SQLException changed(RelationName target) {
        return new SQLException(
                "what reads " + target + " has changed", ShortLocks.CHANGED_MEANWHILE);
    }

    private void takeOver(Build build, Existing old, RelationName fresh, String keyword)
            throws SQLException, BuildFailedException {
        RelationName target = build.target();
        Dependents dependents = hold(old, target);
        if (build.options().grants().isEmpty()) {
            List<String> grants = catalog.privilegesOf(old.oid(), fresh);
            withhold(build, fresh, grants);
            for (String grant : grants) {
                session.execute(grant);
            }
        }
        RelationName stale = Materializer.stale(target);
        rename(old.keyword(), target, stale);
        rename(keyword, fresh, target);
        rebind(dependents, old.oid(), build);
        TenantTables.guardViews(session, target, build.options().tenancy());
        session.execute("DROP " + old.keyword() + " " + stale.quoted());
    }

    /**
     * Keeps everybody else from a relation and from the views that read it, and tells how these are
     * defined. Readers lock a view before what it reads; in any other order the two would wait for
     * one another.
     */
    private Dependents hold(Existing old, RelationName target)
            throws SQLException, BuildFailedException {
        Dependents seen = dependents(old);
        for (View view : seen.outermostFirst()) {
            hold(view.keyword(), view.name());
        }
        hold(old.keyword(), target);
        // Until now a view could be defined anew, and its new definition must not be undone.
        Dependents held = dependents(old);
        boolean same =
                seen.sameAs(held)
                        && catalog.find(target).filter(now -> now.oid() == old.oid()).isPresent();
        if (!same) {
            throw changed(target);
        }
        return held;
    }

    private Dependents dependents(Existing old) throws SQLException, BuildFailedException {
        try {
            return Dependents.of(session, old.oid());
        } catch (SQLException e) {
            // How PostgreSQL puts it that a view was dropped while its definition was read.
            if (INTERNAL_ERROR.equals(e.getSQLState())) {
                throw new SQLException("a view is gone", ShortLocks.CHANGED_MEANWHILE, e);
            }
            throw e;
        }
    }

    /** This changes nothing, but nobody else gets in until the transaction ends. */
    private void hold(String keyword, RelationName name) throws SQLException {
        try {
            session.execute("ALTER " + keyword + " " + name.quoted() + " OWNER TO CURRENT_USER");
        } catch (SQLException e) {
            throw UNDEFINED_TABLE.equals(e.getSQLState())
                    ? new SQLException(name + " is gone", ShortLocks.CHANGED_MEANWHILE, e)
                    : e;
        }
    }

    private void rename(String keyword, RelationName from, RelationName to) throws SQLException {
        session.execute(renaming(keyword, from, to));
    }

    private static String renaming(String keyword, RelationName from, RelationName to) {
        return "ALTER "
                + keyword
                + " "
                + from.quoted()
                + " RENAME TO "
                + RelationName.quote(to.name());
    }

    /** Has the views of an old relation read the new one that has its name. */
    private void rebind(Dependents dependents, long oldOid, Build build)
            throws SQLException, BuildFailedException {
        for (View view : dependents.direct(oldOid)) {
            boolean redefined =
                    !view.isMaterialized()
                            && tryRedefine("CREATE OR REPLACE VIEW ", view).isEmpty();
            if (!redefined) {
                replaceView(dependents, view, build);
            }
        }
    }

    /**
     * A view whose columns change must be made anew, as must one that keeps its rows, and what
     * reads it with it. Readers wait while such rows are found, and never miss them.
     */
    private void replaceView(Dependents dependents, View view, Build build)
            throws SQLException, BuildFailedException {
        RelationName stale = Materializer.stale(view.name());
        List<String> indexes = catalog.indexStatements(view.oid());
        rename(view.keyword(), view.name(), stale);
        String problem = tryRedefine("CREATE " + view.keyword() + " ", view);
        if (!problem.isEmpty()) {
            dropWithReaders(dependents, view, stale, build, problem);
            return;
        }
        for (String grant : catalog.privilegesOf(view.oid(), view.name())) {
            session.execute(grant);
        }
        rebind(dependents, view.oid(), build);
        session.execute("DROP " + view.keyword() + " " + stale.quoted());
        for (String index : indexes) {
            session.execute(index);
        }
    }

    private void dropWithReaders(
            Dependents dependents, View view, RelationName name, Build build, String problem)
            throws SQLException, BuildFailedException {
        if (!build.rebuiltLater().contains(view.name())) {
            throw new BuildFailedException(
                    "the "
                            + view.keyword().toLowerCase(Locale.ROOT)
                            + " "
                            + view.name()
                            + " reads it and would break: "
                            + problem
                            + ". Build both in one run, or drop the view");
        }
        for (View reader : dependents.direct(view.oid())) {
            if (catalog.find(reader.name()).isPresent()) {
                dropWithReaders(dependents, reader, reader.name(), build, problem);
            }
        }
        session.execute("DROP " + view.keyword() + " " + name.quoted());
    }

    /** Empty if it worked, or else what PostgreSQL has against it. */
    private String tryRedefine(String create, View view) throws SQLException {
        String options = view.options().isEmpty() ? "" : " WITH (" + view.options() + ")";
        session.execute("SAVEPOINT redefine");
        try {
            session.execute(create + view.name().quoted() + options + " AS " + view.definition());
            session.execute("RELEASE SAVEPOINT redefine");
            return "";
        } catch (SQLException e) {
            if (!Session.isAboutStatement(e)) {
                throw e;
            }
            session.execute("ROLLBACK TO SAVEPOINT redefine");
            return e.getSQLState().equals(INVALID_TABLE_DEFINITION)
                    ? "its columns would change"
                    : Session.problem(e);
        }
    }
}
