package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.transform.materialization.live.Generation.Cursor;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tables that there are of a model. */
final class Generations {

    private static final int LOCK_CLASS = 0x6d726c; // "mrl"
    private static final String SERIALIZATION_FAILURE = "40001";

    private final Sql sql;
    private final LiveModel model;

    Generations(Connection connection, LiveModel model) {
        this.sql = new Sql(connection);
        this.model = model;
    }

    /** Makes the schema that all live models share. */
    static void prepare(Connection connection) throws SQLException {
        Sql sql = new Sql(connection);
        connection.setAutoCommit(false);
        try {
            // Two processes may begin at once.
            sql.number("SELECT 1 FROM pg_advisory_xact_lock(" + LOCK_CLASS + ")");
            sql.execute(
                    """
                    CREATE SCHEMA IF NOT EXISTS %1$s;
                    REVOKE ALL ON SCHEMA %1$s FROM %2$s;
                    CREATE SEQUENCE IF NOT EXISTS %1$s.generation;
                    CREATE TABLE IF NOT EXISTS %1$s.model (
                      generation bigint PRIMARY KEY,
                      model text NOT NULL,
                      definition text NOT NULL,
                      result_oid oid NOT NULL,
                      built_at timestamptz NOT NULL DEFAULT now());
                    CREATE TABLE IF NOT EXISTS %1$s.cursor (
                      generation bigint NOT NULL,
                      relation text NOT NULL,
                      version bigint NOT NULL,
                      table_oid oid NOT NULL,
                      block bigint NOT NULL,
                      moved_at timestamptz NOT NULL DEFAULT now(),
                      PRIMARY KEY (generation, relation)) WITH (fillfactor = 50);
                    DO $$ BEGIN
                      IF NOT EXISTS (SELECT FROM pg_attribute
                          WHERE attrelid = '%1$s.cursor'::regclass AND attname = 'moved_at') THEN
                        ALTER TABLE %1$s.cursor ADD COLUMN moved_at timestamptz NOT NULL DEFAULT now();
                      END IF;
                    END $$
                    """
                            .formatted(Generation.SCHEMA, Role.READER.roleName()));
            connection.commit();
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** Keeps the model to this session, if no other one has it. */
    boolean lock() throws SQLException {
        return sql.query(
                        "SELECT pg_try_advisory_lock(?, hashtext(?))",
                        row -> row.getBoolean(1),
                        LOCK_CLASS,
                        model.id())
                .getFirst();
    }

    void unlock() throws SQLException {
        sql.query(
                "SELECT pg_advisory_unlock(?, hashtext(?))",
                row -> row.getBoolean(1),
                LOCK_CLASS,
                model.id());
    }

    /** The newest one, if its table is still there. */
    Optional<Generation> newest() throws SQLException {
        List<Generation> found =
                sql.query(
                        """
                        SELECT m.generation, m.definition, m.result_oid::bigint
                        FROM millrace_live.model m JOIN pg_class c ON c.oid = m.result_oid
                        WHERE m.model = ? ORDER BY m.generation DESC LIMIT 1
                        """,
                        row ->
                                new Generation(
                                        row.getLong(1), row.getString(2), row.getLong(3), Map.of()),
                        model.id());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Generation generation = found.getFirst();
        Map<String, Cursor> cursors = new HashMap<>();
        sql.query(
                """
                SELECT relation, version, table_oid::bigint, block
                FROM millrace_live.cursor WHERE generation = ?
                """,
                row ->
                        cursors.put(
                                row.getString(1),
                                new Cursor(row.getLong(2), row.getLong(3), row.getLong(4))),
                generation.number());
        return Optional.of(
                new Generation(
                        generation.number(),
                        generation.definition(),
                        generation.resultOid(),
                        cursors));
    }

    long nextNumber() throws SQLException {
        return sql.number("SELECT nextval('millrace_live.generation')");
    }

    /** Writes one down, in the transaction that built it. */
    Generation add(long number, LivePlan plan, RelationName fresh, Map<String, Cursor> cursors)
            throws SQLException {
        long oid = oid(fresh);
        sql.update(
                """
                INSERT INTO millrace_live.model (generation, model, definition, result_oid)
                VALUES (?, ?, ?, ?::oid)
                """,
                number,
                model.id(),
                plan.definition(),
                oid);
        for (Map.Entry<String, Cursor> cursor : cursors.entrySet()) {
            sql.update(
                    "INSERT INTO millrace_live.cursor VALUES (?, ?, ?, ?::oid, ?)",
                    number,
                    cursor.getKey(),
                    cursor.getValue().version(),
                    cursor.getValue().tableOid(),
                    cursor.getValue().block());
        }
        return new Generation(number, plan.definition(), oid, cursors);
    }

    /**
     * Moves a cursor on, in the transaction that applied what is between.
     *
     * @param isAll whether nothing is left that was there when the transaction began
     * @throws SQLException if it is not where it was taken to be
     */
    void move(Generation generation, String relation, Cursor to, boolean isAll)
            throws SQLException {
        Cursor from = generation.cursors().get(relation);
        int moved =
                sql.update(
                        """
                        UPDATE millrace_live.cursor SET version = ?, table_oid = ?::oid, block = ?,
                          moved_at = CASE WHEN ? THEN now() ELSE moved_at END
                        WHERE generation = ? AND relation = ? AND version = ?
                        """,
                        to.version(),
                        to.tableOid(),
                        to.block(),
                        isAll,
                        generation.number(),
                        relation,
                        from == null ? -1 : from.version());
        if (moved != 1) {
            throw new SQLException(
                    "somebody else brings %s up to date".formatted(model.relation()),
                    SERIALIZATION_FAILURE);
        }
    }

    long oid(RelationName relation) throws SQLException {
        return sql.query(
                        "SELECT coalesce(to_regclass(?)::oid::bigint, 0)",
                        row -> row.getLong(1),
                        relation.quoted())
                .getFirst();
    }

    /** The name that a table has now. */
    RelationName name(Generation generation) throws SQLException, NeedsBuildException {
        List<RelationName> found =
                sql.query(
                        """
                        SELECT n.nspname, c.relname
                        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                        WHERE c.oid = ?::oid
                        """,
                        row -> new RelationName(row.getString(1), row.getString(2)),
                        generation.resultOid());
        if (found.isEmpty()) {
            throw new NeedsBuildException("its table was dropped");
        }
        RelationName name = found.getFirst();
        // A restored warehouse has given the oids to other tables.
        if (!name.equals(model.relation()) && !name.equals(Generation.fresh(model.relation()))) {
            throw new NeedsBuildException("its table is another one, %s".formatted(name));
        }
        return name;
    }

    /** Removes all but one, or all of them: what belongs to tables, and not these. */
    void dropOthers(long number) throws SQLException {
        List<Long> others =
                sql.query(
                        "SELECT generation FROM millrace_live.model WHERE model = ? AND generation"
                                + " <> ?",
                        row -> row.getLong(1),
                        model.id(),
                        number);
        for (Long other : others) {
            List<RelationName> tables =
                    sql.query(
                            """
                            SELECT relname FROM pg_class
                            WHERE relnamespace = 'millrace_live'::regnamespace AND relkind = 'r'
                              AND (relname = ? OR starts_with(relname, ?))
                            """,
                            row -> new RelationName(Generation.SCHEMA, row.getString(1)),
                            "state_" + other,
                            "shadow_" + other + "_");
            for (RelationName table : tables) {
                sql.execute("DROP TABLE IF EXISTS " + table.quoted());
            }
            sql.update("DELETE FROM millrace_live.cursor WHERE generation = ?", other);
            sql.update("DELETE FROM millrace_live.model WHERE generation = ?", other);
        }
    }
}
