package dev.millrace.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.contracts.warehouse.WarehouseRoles;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

class WarehouseRolesTest {

    private static final String DENIED = "42501";
    private static final String READ_ONLY = "25006";

    private static TestWarehouse warehouse;

    @BeforeAll
    static void landSomething() throws SQLException {
        warehouse = TestWarehouse.create();
        warehouse.execute(
                Role.TRANSFORM,
                """
                CREATE TABLE transform.ledger (topic text);
                CREATE SCHEMA web;
                GRANT USAGE ON SCHEMA web TO millrace_models, millrace_reader;
                CREATE TABLE web.pages (_mr_id text);
                GRANT SELECT ON web.pages TO millrace_models, millrace_reader;
                INSERT INTO web.pages VALUES ('p1')\
                """);
        warehouse.execute(
                Role.MODELS,
                "CREATE SCHEMA analytics; CREATE TABLE analytics.visits AS SELECT * FROM"
                        + " web.pages");
    }

    @Test
    void theScriptMayRunAgain() throws SQLException {
        try (Connection owner = warehouse.ownerConnection();
                Statement statement = owner.createStatement()) {
            statement.execute(WarehouseRoles.script());
        }
        assertThat(text(Role.READER, "SELECT _mr_id FROM analytics.visits")).isEqualTo("p1");
    }

    @ParameterizedTest
    @CsvSource({"INGESTION,ingestion", "TRANSFORM,transform", "SERVING,serving"})
    void aServiceKeepsItsStateInItsOwnSchema(Role role, String schema) throws SQLException {
        warehouse.execute(
                role,
                "CREATE TABLE %1$s.kept (n int); INSERT INTO %1$s.kept VALUES (1); DROP TABLE"
                                .formatted(schema)
                        + " "
                        + schema
                        + ".kept");
    }

    @ParameterizedTest
    @CsvSource({
        "INGESTION,transform", "INGESTION,serving", "TRANSFORM,ingestion", "TRANSFORM,serving",
        "SERVING,ingestion", "SERVING,transform", "MODELS,ingestion", "MODELS,transform",
        "MODELS,serving"
    })
    void nobodyElseMayWriteThere(Role role, String schema) {
        assertDenied(role, "CREATE TABLE " + schema + ".intruder (n int)");
    }

    @ParameterizedTest
    @EnumSource(value = Role.class, names = "TRANSFORM", mode = EnumSource.Mode.EXCLUDE)
    void onlyLandingReadsItsLedger(Role role) {
        assertDenied(role, "SELECT * FROM transform.ledger");
    }

    @Test
    void modelsReadSourcesButDoNotChangeThem() throws SQLException {
        assertThat(text(Role.MODELS, "SELECT _mr_id FROM web.pages")).isEqualTo("p1");
        assertDenied(Role.MODELS, "INSERT INTO web.pages VALUES ('p2')");
        assertDenied(Role.MODELS, "DROP TABLE web.pages");
    }

    @Test
    void modelsCannotBecomeAnotherRole() {
        assertDenied(Role.MODELS, "SET ROLE millrace_transform");
    }

    @Test
    void theReaderSeesSourcesAndModels() throws SQLException {
        assertThat(text(Role.READER, "SELECT _mr_id FROM web.pages")).isEqualTo("p1");
        assertThat(text(Role.READER, "SELECT _mr_id FROM analytics.visits")).isEqualTo("p1");
    }

    @Test
    void theReaderWritesNothing() {
        assertFails(Role.READER, "INSERT INTO analytics.visits VALUES ('x')", READ_ONLY);
        assertFails(Role.READER, "CREATE TEMP TABLE t (n int)", READ_ONLY);
    }

    @Test
    void theReaderWritesNothingEvenInATransactionThatItDeclaresWritable() {
        String writable = "BEGIN READ WRITE; ";
        assertDenied(Role.READER, writable + "INSERT INTO analytics.visits VALUES ('x')");
        assertDenied(Role.READER, writable + "CREATE SCHEMA mine");
        assertDenied(Role.READER, writable + "CREATE TABLE ingestion.mine (n int)");
        assertDenied(Role.READER, writable + "CREATE TABLE transform.mine (n int)");
        assertDenied(Role.READER, writable + "CREATE TABLE serving.mine (n int)");
        assertDenied(Role.READER, writable + "CREATE TABLE public.mine (n int)");
    }

    @Test
    void nobodyIsASuperuserOrMayMakeRoles() throws SQLException {
        assertThat(
                        text(
                                Role.READER,
                                """
                                SELECT count(*) FROM pg_roles
                                WHERE rolname LIKE 'millrace\\_%' AND rolname <> 'millrace_owner'
                                  AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls
                                       OR rolreplication)\
                                """))
                .isEqualTo("0");
    }

    @Test
    void twoWarehousesShareNothing() throws SQLException {
        TestWarehouse other = TestWarehouse.create();
        assertThat(other.url()).isNotEqualTo(warehouse.url());
        assertThatThrownBy(() -> other.execute(Role.READER, "SELECT * FROM web.pages"))
                .hasMessageContaining("does not exist");
    }

    private static void assertDenied(Role role, String sql) {
        assertFails(role, sql, DENIED);
    }

    private static void assertFails(Role role, String sql, String state) {
        assertThatThrownBy(() -> warehouse.execute(role, sql))
                .as("%s: %s", role, sql)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
    }

    private static String text(Role role, String query) throws SQLException {
        try (Connection connection = warehouse.connection(role);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
