package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;

import java.sql.SQLException;
import java.util.List;
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

    private static final String VIEW =
            """
            SELECT pg_get_viewdef(c.oid) || (
              SELECT string_agg(
                format('%s %s %s %s', attname, atttypid, atttypmod, attcollation), ', '
                ORDER BY attnum)
              FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0)
            FROM pg_class c WHERE c.oid = ?
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

    /** The temporary relation of a name. */
    long temporary(String name) throws SQLException {
        return session.query(
                        "SELECT oid::bigint FROM pg_class WHERE relname = ? AND relnamespace ="
                                + " pg_my_temp_schema()",
                        row -> row.getLong(1),
                        name)
                .getFirst();
    }

    /** Whether two views show the same, under the same names and types. */
    boolean sameViews(long oid, long other) throws SQLException {
        return session.query(VIEW, row -> row.getString(1), oid)
                .equals(session.query(VIEW, row -> row.getString(1), other));
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
