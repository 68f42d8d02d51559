package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.materialization.Catalog.Existing;
import dev.millrace.transform.materialization.Dependents.View;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** Puts a new relation in the place of an old one, in one transaction that waits for no reader. */
final class Swap {

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String DEADLOCK = "40P01";
    private static final String INVALID_TABLE_DEFINITION = "42P16";
    private static final Duration LOCK_TIMEOUT = Duration.ofMillis(400);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Session session;
    private final Catalog catalog;
    private final Duration patience;

    Swap(Session session, Duration patience) {
        this.session = session;
        this.catalog = new Catalog(session);
        this.patience = patience;
    }

    /**
     * Gives the fresh relation the target's name, privileges and views.
     *
     * @param keyword what the fresh relation is: {@code TABLE} or {@code VIEW}
     */
    void replace(Build build, RelationName fresh, String keyword)
            throws SQLException, BuildFailedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                session.transaction(
                        () -> {
                            attempt(build, fresh, keyword);
                            return true;
                        });
                return;
            } catch (SQLException e) {
                boolean busy =
                        LOCK_NOT_AVAILABLE.equals(e.getSQLState())
                                || DEADLOCK.equals(e.getSQLState());
                if (!busy) {
                    throw e;
                }
                if (System.nanoTime() > deadline) {
                    throw new BuildFailedException(
                            "it was read without a pause for "
                                    + patience.toSeconds()
                                    + " s, so the new one could not take its place; is there a"
                                    + " transaction that somebody forgot?");
                }
                // Whoever waits behind us would make new readers wait, too: step back for a while.
                session.pause(PAUSE);
            }
        }
    }

    private void attempt(Build build, RelationName fresh, String keyword)
            throws SQLException, BuildFailedException {
        session.execute("SET LOCAL lock_timeout = " + LOCK_TIMEOUT.toMillis());
        // Definitions of views are written out with every name in full.
        session.execute("SET LOCAL search_path = pg_catalog");
        RelationName target = build.target();
        Optional<Existing> old = catalog.find(target);
        if (old.isPresent()) {
            takeOver(build, old.get(), fresh, keyword);
        } else {
            rename(keyword, fresh, target);
        }
        session.execute("SET LOCAL search_path TO DEFAULT");
        for (String statement : build.after()) {
            session.execute(statement);
        }
    }

    private void takeOver(Build build, Existing old, RelationName fresh, String keyword)
            throws SQLException, BuildFailedException {
        RelationName target = build.target();
        Dependents dependents = Dependents.of(session, old.oid());
        // Readers lock a view before what it reads; in any other order the two would wait for one
        // another. This statement changes nothing but holds the view alone.
        for (View view : dependents.outermostFirst()) {
            session.execute("ALTER VIEW " + view.name().quoted() + " OWNER TO CURRENT_USER");
        }
        for (String grant : catalog.privilegesOf(old.oid(), fresh)) {
            session.execute(grant);
        }
        RelationName stale = Materializer.stale(target);
        rename(old.keyword(), target, stale);
        rename(keyword, fresh, target);
        rebind(dependents, old.oid(), build);
        session.execute("DROP " + old.keyword() + " " + stale.quoted());
    }

    private void rename(String keyword, RelationName from, RelationName to) throws SQLException {
        session.execute(
                "ALTER "
                        + keyword
                        + " "
                        + from.quoted()
                        + " RENAME TO "
                        + RelationName.quote(to.name()));
    }

    /** Has the views of an old relation read the new one that has its name. */
    private void rebind(Dependents dependents, long oldOid, Build build)
            throws SQLException, BuildFailedException {
        for (View view : dependents.direct(oldOid)) {
            String problem = tryRedefine("CREATE OR REPLACE VIEW ", view);
            if (problem.isEmpty()) {
                continue;
            }
            replaceView(dependents, view, build);
        }
    }

    /** A view whose columns change must be made anew, and what reads it with it. */
    private void replaceView(Dependents dependents, View view, Build build)
            throws SQLException, BuildFailedException {
        RelationName stale = Materializer.stale(view.name());
        rename("VIEW", view.name(), stale);
        String problem = tryRedefine("CREATE VIEW ", view);
        if (!problem.isEmpty()) {
            dropWithReaders(dependents, view, stale, build, problem);
            return;
        }
        for (String grant : catalog.privilegesOf(view.oid(), view.name())) {
            session.execute(grant);
        }
        rebind(dependents, view.oid(), build);
        session.execute("DROP VIEW " + stale.quoted());
    }

    private void dropWithReaders(
            Dependents dependents, View view, RelationName name, Build build, String problem)
            throws SQLException, BuildFailedException {
        if (!build.rebuiltLater().contains(view.name())) {
            throw new BuildFailedException(
                    "the view "
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
        session.execute("DROP VIEW " + name.quoted());
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
