package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;

import java.sql.SQLException;
import java.time.Duration;

/** Makes a relation beside the old one, and puts it in its place when it is complete. */
final class Placement {

    private final Session session;
    private final Build build;
    private final Duration lockPatience;

    Placement(Session session, Build build, Duration lockPatience) {
        this.session = session;
        this.build = build;
        this.lockPatience = lockPatience;
    }

    /** Makes the relation under another name, with its rows. */
    interface Filling {
        Built fill(RelationName fresh) throws SQLException, ModelSqlException, BuildFailedException;
    }

    Built place(Filling filling) throws SQLException, ModelSqlException, BuildFailedException {
        RelationName fresh = Materializer.fresh(build.target());
        String keyword = build.kind().keyword();
        boolean placed = false;
        try {
            Built built = filled(filling, fresh);
            finish(session, build, fresh);
            build.audit().look(fresh);
            new Swap(session, lockPatience).replace(build, fresh, keyword);
            placed = true;
            return built;
        } finally {
            if (!placed) {
                session.dropQuietly("DROP " + keyword + " IF EXISTS " + fresh.quoted());
            }
        }
    }

    /** It has a name already, by which nobody must read rows that are not theirs. */
    private Built filled(Filling filling, RelationName fresh)
            throws SQLException, ModelSqlException, BuildFailedException {
        if (!build.options().tenancy().limits()) {
            return filling.fill(fresh);
        }
        return session.transaction(
                () -> {
                    Built built = filling.fill(fresh);
                    TenantTables.protect(session, fresh, build.options().tenancy());
                    return built;
                });
    }

    /** Gives a relation that has its rows what it has beside them. */
    static void finish(Session session, Build build, RelationName fresh)
            throws SQLException, BuildFailedException {
        // The statement of a materialized view makes its indexes, too.
        if (build.kind() == Build.Kind.TABLE) {
            for (Build.Index index : build.options().indexes()) {
                session.execute(Trimmings.index(fresh, index));
            }
        }
        Trimmings.add(session, fresh, build);
        session.execute("ANALYZE " + fresh.quoted());
    }
}
