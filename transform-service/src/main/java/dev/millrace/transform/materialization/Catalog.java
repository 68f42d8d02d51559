package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What PostgreSQL knows of relations. */
final class Catalog {

    private static final String FIND =
            """
            SELECT c.oid::bigint, c.relkind::text
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ?
            """;
    private static final String PRIVILEGES =
            """
            SELECT a.privilege_type, coalesce(r.rolname, 'PUBLIC')
            FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
              LEFT JOIN pg_roles r ON r.oid = a.grantee
            WHERE c.oid = ? AND a.grantee <> c.relowner
            ORDER BY 1, 2
            """;

    private static final String VIEWS =
            """
            SELECT pg_get_viewdef(c.oid) || (
              SELECT string_agg(
                format('%s %s %s %s', attname, atttypid, atttypmod, attcollation), ', '
                ORDER BY attnum)
              FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0)
            FROM pg_class c WHERE c.oid IN (?::bigint::oid, ?::regclass)
            """;

    private static final String INDEXES =
            """
            SELECT ARRAY(
                SELECT a.attname::text
                FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
                  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                ORDER BY k.place),
              i.indisunique, am.amname
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am am ON am.oid = c.relam
            WHERE i.indrelid = ? AND i.indexprs IS NULL AND i.indpred IS NULL
            """;

    private static final String STANDING =
            """
            SELECT c.relname, c.oid::bigint, c.relkind::text
            FROM pg_namespace n
              LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname IN (?, ?, ?)
            WHERE n.nspname = ?
            """;

    private static final String LOOK =
            """
            SELECT c.oid::bigint, c.relkind::text, c.relacl IS NOT NULL, EXISTS (
                SELECT FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
                WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
                  AND d.refobjid = c.oid AND r.ev_class <> c.oid)
            FROM pg_class c WHERE c.oid = to_regclass(?)
            """;

    private final Session session;

    Catalog(Session session) {
        this.session = session;
    }

    /** A relation that is there. */
    record Existing(long oid, String kind) {

        boolean isTable() {
            return kind.equals("r") || kind.equals("p");
        }

        boolean isView() {
            return kind.equals("v");
        }

        boolean isMaterializedView() {
            return kind.equals("m");
        }

        /** The word for it in {@code ALTER} and {@code DROP}. */
        String keyword() throws BuildFailedException {
            return switch (kind) {
                case "r", "p" -> "TABLE";
                case "v" -> "VIEW";
                case "m" -> "MATERIALIZED VIEW";
                default ->
                        throw new BuildFailedException(
                                "there is something else of that name; drop or rename it");
            };
        }
    }

    /**
     * What stands under a name, and under those that it has while it is built.
     *
     * @param relations by name
     */
    record Standing(boolean hasSchema, Map<String, Existing> relations) {

        Optional<Existing> of(RelationName name) {
            return Optional.ofNullable(relations.get(name.name()));
        }
    }

    /** Waits for a lock of nobody's but ours, and then looks what stands under the names. */
    Standing locked(int lockClass, RelationName target, RelationName fresh, RelationName stale)
            throws SQLException {
        Map<String, Existing> relations = new HashMap<>();
        List<Boolean> rows =
                session.query(
                        "SELECT pg_advisory_lock(?, hashtext(?));\n" + STANDING,
                        row -> {
                            String name = row.getString(1);
                            if (name != null) {
                                relations.put(name, new Existing(row.getLong(2), row.getString(3)));
                            }
                            return true;
                        },
                        lockClass,
                        target.toString(),
                        target.name(),
                        fresh.name(),
                        stale.name(),
                        target.schema());
        return new Standing(!rows.isEmpty(), relations);
    }

    /**
     * A relation that another is to take the place of.
     *
     * @param granted whether anybody was given privileges on it
     * @param read whether views read it
     */
    record Looked(Existing existing, boolean granted, boolean read) {}

    /** Looks at a relation. */
    Optional<Looked> look(RelationName name) throws SQLException {
        return session
                .query(
                        LOOK,
                        row ->
                                new Looked(
                                        new Existing(row.getLong(1), row.getString(2)),
                                        row.getBoolean(3),
                                        row.getBoolean(4)),
                        name.quoted())
                .stream()
                .findFirst();
    }

    Optional<Existing> find(RelationName name) throws SQLException {
        return session
                .query(
                        FIND,
                        row -> new Existing(row.getLong(1), row.getString(2)),
                        name.schema(),
                        name.name())
                .stream()
                .findFirst();
    }

    /** The indexes of a relation that are on columns, and on all rows. */
    List<Build.Index> indexes(long oid) throws SQLException {
        return session.query(
                INDEXES,
                row ->
                        new Build.Index(
                                List.of((String[]) row.getArray(1).getArray()),
                                row.getBoolean(2),
                                row.getString(3)),
                oid);
    }

    /** The statements that make the indexes of a relation. */
    List<String> indexStatements(long oid) throws SQLException {
        return session.query(
                "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = ?",
                row -> row.getString(1),
                oid);
    }

    /** Whether a materialized view has rows that can be read. */
    boolean isFilled(long oid) throws SQLException {
        return session.query(
                        "SELECT relispopulated FROM pg_class WHERE oid = ?",
                        row -> row.getBoolean(1),
                        oid)
                .contains(true);
    }

    /**
     * Whether two views show the same, under the same names and types.
     *
     * @param other name of the other, quoted
     */
    boolean sameViews(long oid, String other) throws SQLException {
        List<String> views = session.query(VIEWS, row -> row.getString(1), oid, other);
        return views.size() == 2 && views.getFirst().equals(views.getLast());
    }

    /** The statements that give a relation the privileges that another has. */
    List<String> privilegesOf(long oid, RelationName receiver) throws SQLException {
        return session.query(
                PRIVILEGES,
                row ->
                        "GRANT "
                                + row.getString(1)
                                + " ON "
                                + receiver.quoted()
                                + " TO "
                                + (row.getString(2).equals("PUBLIC")
                                        ? "PUBLIC"
                                        : RelationName.quote(row.getString(2))),
                oid);
    }
}
