package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.contracts.warehouse.SqlText;
import dev.millrace.transform.materialization.Build.Tenancy;

import java.sql.SQLException;
import java.util.List;

/**
 * Row-level security of what models make, by the functions that the warehouse's owner has put
 * there. All that is created is owned by the role that builds, whom it does not limit.
 */
public final class TenantTables {

    private static final String UNDEFINED_COLUMN = "42703";
    private static final String READ = RelationName.quote("mr_tenants_read");

    private static final String STATE =
            """
            SELECT to_regprocedure('millrace.separate_tenants(regclass, name)') IS NOT NULL,
              EXISTS (
                SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relrowsecurity AND n.nspname <> 'millrace')
            """;

    /** A view that mixes tenants on purpose says so, and is not looked into. */
    private static final String READS =
            """
            WITH RECURSIVE read (id) AS (
              SELECT ?::regclass::oid
              UNION
              SELECT d.refobjid
              FROM read
                JOIN pg_class v ON v.oid = read.id
                JOIN pg_rewrite r ON r.ev_class = v.oid
                JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
              WHERE v.relkind IN ('v', 'm') AND d.refclassid = 'pg_class'::regclass
                AND NOT coalesce('security_invoker=false' = ANY (v.reloptions), false)
            )
            SELECT coalesce((
                SELECT a.attname FROM pg_policy p
                  JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid
                  JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                WHERE p.polrelid = c.oid AND p.polname = 'millrace_tenant'
                  AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid LIMIT 1), '')
            FROM read JOIN pg_class c ON c.oid = read.id
            WHERE c.relrowsecurity AND c.oid IS DISTINCT FROM to_regclass(?)::oid
            """;

    private TenantTables() {}

    /**
     * What a warehouse knows of tenants.
     *
     * @param able whether its owner has put the functions there
     * @param any whether a table separates tenants already
     */
    public record State(boolean able, boolean any) {}

    /** Looks what the warehouse knows. */
    public static State state(Session session) throws SQLException {
        return session.query(STATE, row -> new State(row.getBoolean(1), row.getBoolean(2)))
                .getFirst();
    }

    /**
     * Whether a query reads rows of tenants, directly or through views. What cannot be told, as the
     * query is no view's, is taken to.
     *
     * @param own what the query fills, and may read again
     */
    public static boolean reads(Session session, RelationName own, String sql)
            throws SQLException, BuildFailedException {
        return !columns(session, own, sql).isEmpty();
    }

    /**
     * The columns that tell tenants apart in the tables that a query reads, one for each table; an
     * empty name where a table has no such column, and where that cannot be told.
     *
     * @param own what the query fills, and may read again
     */
    public static List<String> columns(Session session, RelationName own, String sql)
            throws SQLException, BuildFailedException {
        try {
            return session.transaction(
                    () -> {
                        session.execute("CREATE TEMPORARY VIEW " + READ + " AS (\n" + sql + "\n)");
                        List<String> columns =
                                session.query(
                                        READS,
                                        row -> row.getString(1),
                                        "pg_temp." + READ,
                                        own.quoted());
                        session.execute("DROP VIEW pg_temp." + READ);
                        return columns;
                    });
        } catch (SQLException e) {
            if (Session.isAboutStatement(e)) {
                return List.of("");
            }
            throw e;
        } catch (ModelSqlException e) {
            return List.of("");
        }
    }

    /** The statement that a relation is protected with; empty for one that needs none. */
    public static String statement(RelationName relation, Tenancy tenancy) {
        String literal = SqlText.literal(relation.quoted());
        return switch (tenancy.rule()) {
            case OPEN -> "";
            case SEPARATE ->
                    "SELECT millrace.separate_tenants(%s, %s)"
                            .formatted(literal, SqlText.literal(tenancy.column()));
            case WITHHELD -> "SELECT millrace.withhold(%s)".formatted(literal);
            case SHARED -> "SELECT millrace.share(%s)".formatted(literal);
        };
    }

    /** Makes a relation, by whatever statement. */
    @FunctionalInterface
    public interface Making {
        void make() throws SQLException;
    }

    /** Makes a relation and keeps it from readers if its query reads rows of tenants. */
    public static void withholding(
            Session session, RelationName relation, String sql, Making making)
            throws SQLException, BuildFailedException {
        State state = state(session);
        if (!state.able() || !state.any() || !reads(session, relation, sql)) {
            making.make();
            return;
        }
        try {
            session.transaction(
                    () -> {
                        making.make();
                        protect(session, relation, Tenancy.WITHHELD);
                        return true;
                    });
        } catch (ModelSqlException e) {
            throw new IllegalStateException("it is thrown for queries of models", e);
        }
    }

    /** Protects a relation, before others see it or its rows. */
    public static void protect(Session session, RelationName relation, Tenancy tenancy)
            throws SQLException, BuildFailedException {
        String statement = statement(relation, tenancy);
        if (statement.isEmpty()) {
            return;
        }
        try {
            session.execute(statement);
        } catch (SQLException e) {
            if (UNDEFINED_COLUMN.equals(e.getSQLState())) {
                throw new BuildFailedException(
                        "its tenant_column is '"
                                + tenancy.column()
                                + "', and it has no column of that name");
            }
            throw e;
        }
    }

    /** Has the views that read a relation ask for the rights of their readers. */
    static void guardViews(Session session, RelationName relation, Tenancy tenancy)
            throws SQLException {
        if (tenancy.limits()) {
            session.execute(
                    "SELECT millrace.guard_views(%s)"
                            .formatted(SqlText.literal(relation.quoted())));
        }
    }
}
