package dev.millrace.serving.query;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;

import java.sql.SQLException;

/** What transform tells in the warehouse of the versions of relations. */
final class WatchedRelations {

    private WatchedRelations() {}

    /** Makes what transform's own migrations make. */
    static void make(TestWarehouse warehouse) throws SQLException {
        warehouse.execute(
                Role.TRANSFORM,
                """
                CREATE TABLE transform.relation_version (relation text PRIMARY KEY, version bigint NOT NULL,
                  changed_at timestamptz, watermark timestamptz, failed_checks text[] NOT NULL DEFAULT '{}');
                CREATE VIEW transform.freshness AS
                  SELECT relation, version, changed_at, watermark, failed_checks FROM transform.relation_version;
                GRANT USAGE ON SCHEMA transform TO millrace_reader;
                GRANT SELECT ON transform.freshness TO millrace_reader;
                """);
    }

    /** A change as transform makes it: with its version, in one transaction. */
    static void change(TestWarehouse warehouse, String relation, String sql) throws SQLException {
        warehouse.execute(
                Role.TRANSFORM,
                """
                BEGIN; %s; INSERT INTO transform.relation_version AS v VALUES ('%s', 1, now())
                ON CONFLICT (relation) DO UPDATE SET version = v.version + 1; COMMIT
                """
                        .formatted(sql, relation));
    }
}
