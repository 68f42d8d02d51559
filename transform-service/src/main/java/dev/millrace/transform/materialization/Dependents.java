package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The views, materialized or not, that read a relation, and those that read these. PostgreSQL binds
 * a view to the table itself, not to its name, so that a table that takes another's name must have
 * the other's views defined anew.
 */
final class Dependents {

    private static final String DIRECT =
            """
            SELECT DISTINCT c.oid::bigint, n.nspname, c.relname, c.relkind::text,
                   pg_get_viewdef(c.oid), coalesce(array_to_string(c.reloptions, ', '), ''),
                   pg_get_userbyid(c.relowner) = current_user, pg_get_userbyid(c.relowner)
            FROM pg_depend d
              JOIN pg_rewrite r ON r.oid = d.objid
              JOIN pg_class c ON c.oid = r.ev_class
              JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
              AND d.refobjid = ? AND c.oid <> d.refobjid
            ORDER BY n.nspname, c.relname
            """;

    private final Map<Long, List<View>> byOid = new LinkedHashMap<>();
    private final List<View> outermostFirst = new ArrayList<>();

    private Dependents() {}

    /**
     * A view as it is defined now.
     *
     * @param options settings such as {@code security_invoker=true}, or empty
     */
    record View(
            long oid,
            RelationName name,
            String definition,
            String options,
            boolean isMaterialized) {

        /** The word for it in statements. */
        String keyword() {
            return isMaterialized ? "MATERIALIZED VIEW" : "VIEW";
        }
    }

    /** Everything that reads the relation of an oid, directly or not. */
    static Dependents of(Session session, long oid) throws SQLException, BuildFailedException {
        Dependents dependents = new Dependents();
        dependents.collect(session, oid);
        dependents.order(oid, new HashSet<>(), dependents.outermostFirst);
        return dependents;
    }

    List<View> direct(long oid) {
        return byOid.getOrDefault(oid, List.of());
    }

    /** All of them; what reads stands before what it reads, as readers lock them. */
    List<View> outermostFirst() {
        return outermostFirst;
    }

    /** Whether the same views read the relation, by the same definitions. */
    boolean sameAs(Dependents other) {
        return byOid.equals(other.byOid);
    }

    private void collect(Session session, long oid) throws SQLException, BuildFailedException {
        if (byOid.containsKey(oid)) {
            return;
        }
        List<Found> found = session.query(DIRECT, Dependents::found, oid);
        List<View> views = new ArrayList<>();
        byOid.put(oid, views);
        for (Found each : found) {
            if (!each.own()) {
                throw new BuildFailedException(
                        "the "
                                + each.view().keyword().toLowerCase(Locale.ROOT)
                                + " "
                                + each.view().name()
                                + " reads it and belongs to the role "
                                + each.owner()
                                + "; make it a model, or give it to the role that builds models");
            }
            views.add(each.view());
        }
        for (View view : views) {
            collect(session, view.oid());
        }
    }

    private void order(long oid, Set<Long> seen, List<View> outermostFirst) {
        for (View view : direct(oid)) {
            if (seen.add(view.oid())) {
                order(view.oid(), seen, outermostFirst);
                outermostFirst.add(view);
            }
        }
    }

    private record Found(View view, boolean own, String owner) {}

    private static Found found(java.sql.ResultSet row) throws SQLException {
        return new Found(
                new View(
                        row.getLong(1),
                        new RelationName(row.getString(2), row.getString(3)),
                        row.getString(5),
                        row.getString(6),
                        row.getString(4).equals("m")),
                row.getBoolean(7),
                row.getString(8));
    }
}
