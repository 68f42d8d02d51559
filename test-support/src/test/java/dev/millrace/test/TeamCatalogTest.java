package dev.millrace.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.warehouse.Role;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What a BI tool asks of PostgreSQL when it connects, looks around and charts, as a team. */
class TeamCatalogTest {

    private static final String PASSWORD = "a password of teams";

    private static TestWarehouse warehouse;

    @BeforeAll
    static void landSomething() throws SQLException {
        warehouse = TestWarehouse.create();
        warehouse.execute(Role.TRANSFORM, "CREATE TABLE transform.kept (topic text)");
        warehouse.execute(
                Role.MODELS,
                """
                CREATE SCHEMA analytics;
                CREATE TABLE analytics.customers (customer_id text PRIMARY KEY, tenant_id text);
                CREATE TABLE analytics.orders (
                  order_id text PRIMARY KEY,
                  customer_id text REFERENCES analytics.customers,
                  tenant_id text,
                  ordered_at timestamptz,
                  total numeric(12, 2));
                INSERT INTO analytics.customers VALUES ('c1', 'a'), ('c2', 'b');
                INSERT INTO analytics.orders VALUES
                  ('o1', 'c1', 'a', '2026-03-01 10:20:00Z', 12.5),
                  ('o2', 'c1', 'a', '2026-03-01 10:40:00Z', 7.5),
                  ('o3', 'c1', 'a', '2026-03-01 12:00:00Z', 1),
                  ('o4', 'c2', 'b', '2026-03-01 10:30:00Z', 100);
                SELECT millrace.separate_tenants('analytics.orders', 'tenant_id');
                SELECT millrace.separate_tenants('analytics.customers', 'tenant_id');
                CREATE VIEW analytics.order_days WITH (security_invoker = true) AS
                  SELECT ordered_at::date AS day, count(*) AS orders FROM analytics.orders GROUP BY 1;
                COMMENT ON TABLE analytics.orders IS 'Completed orders';
                """);
        owner("SELECT millrace.make_team('catalog', '{a}')");
        owner("ALTER ROLE team_catalog PASSWORD '" + PASSWORD + "'");
    }

    @AfterAll
    static void dropTheTeam() throws SQLException {
        owner("SELECT millrace.drop_team('catalog')");
    }

    private static void owner(String sql) throws SQLException {
        try (Connection owner = warehouse.ownerConnection();
                Statement statement = owner.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Connection login() throws SQLException {
        return DriverManager.getConnection(warehouse.url(), "team_catalog", PASSWORD);
    }

    private static List<String> column(ResultSet rows, String label) throws SQLException {
        List<String> values = new ArrayList<>();
        try (rows) {
            while (rows.next()) {
                values.add(rows.getString(label));
            }
        }
        return values;
    }

    private static List<String> rows(Connection connection, String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    @Test
    void jdbcsMetadataDescribesWhatTheTeamReads() throws SQLException {
        try (Connection connection = login()) {
            DatabaseMetaData metadata = connection.getMetaData();
            assertThat(column(metadata.getSchemas(), "TABLE_SCHEM")).contains("analytics");
            assertThat(
                            column(
                                    metadata.getTables(
                                            null, "analytics", "%", new String[] {"TABLE", "VIEW"}),
                                    "TABLE_NAME"))
                    .containsExactly("customers", "orders", "order_days");
            assertThat(column(metadata.getColumns(null, "analytics", "orders", "%"), "TYPE_NAME"))
                    .containsExactly("text", "text", "text", "timestamptz", "numeric");
            assertThat(column(metadata.getPrimaryKeys(null, "analytics", "orders"), "COLUMN_NAME"))
                    .containsExactly("order_id");
            assertThat(
                            column(
                                    metadata.getImportedKeys(null, "analytics", "orders"),
                                    "PKTABLE_NAME"))
                    .containsExactly("customers");
            assertThat(
                            column(
                                    metadata.getIndexInfo(null, "analytics", "orders", false, true),
                                    "COLUMN_NAME"))
                    .containsExactly("order_id");
        }
    }

    @Test
    void theInformationSchemaHasOnlyWhatTheTeamReads() throws SQLException {
        try (Connection connection = login()) {
            assertThat(
                            rows(
                                    connection,
                                    """
                                    SELECT table_schema || '.' || table_name FROM information_schema.tables
                                    WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
                                    """))
                    .containsExactly(
                            "analytics.customers", "analytics.order_days", "analytics.orders");
            assertThat(
                            rows(
                                    connection,
                                    """
                                    SELECT column_name || ' ' || data_type FROM information_schema.columns
                                    WHERE table_schema = 'analytics' AND table_name = 'orders'
                                      AND data_type LIKE 'timestamp%'
                                    """))
                    .containsExactly("ordered_at timestamp with time zone");
        }
    }

    /** Names, not rows: PostgreSQL tells those of everything to everybody. */
    @Test
    void theCatalogueNamesInternalTablesSoThatToolsAreToldToHideThem() throws SQLException {
        String all =
                """
                SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                """;
        try (Connection connection = login()) {
            assertThat(rows(connection, all)).contains("transform.kept", "millrace.teams");
            assertThat(
                            rows(
                                    connection,
                                    all
                                            + """
                                            AND has_schema_privilege(n.oid, 'USAGE')
                                            AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1
                                            """))
                    .containsExactly(
                            "analytics.customers", "analytics.order_days", "analytics.orders");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1",
                "SELECT version()",
                "SELECT current_setting('server_version_num')::int / 100",
                "SELECT extversion FROM pg_extension WHERE extname = 'plpgsql'",
                "SHOW standard_conforming_strings",
                "SHOW transaction_isolation",
                "SELECT current_schema()",
                "SELECT datname FROM pg_database WHERE datname = current_database()",
                "SELECT t.typname FROM pg_type t WHERE t.typname = 'int4'",
                "SELECT obj_description('analytics.orders'::regclass)",
                "SELECT pg_get_viewdef('analytics.order_days'::regclass)",
                "SELECT a.attname FROM pg_attribute a WHERE a.attrelid ="
                        + " 'analytics.orders'::regclass AND a.attnum = 1",
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid ="
                        + " 'analytics.orders'::regclass AND contype = 'f'",
                "EXPLAIN SELECT * FROM analytics.orders",
            })
    void whatToolsAskWhenTheyConnectIsAnswered(String query) throws SQLException {
        try (Connection connection = login()) {
            assertThat(rows(connection, query)).isNotEmpty().doesNotContainNull();
        }
    }

    /** As Grafana's macros for a group of an hour and a span of time are expanded. */
    @Test
    void aTimeSeriesIsThatOfTheTeamsTenants() throws SQLException {
        try (Connection connection = login()) {
            assertThat(
                            rows(
                                    connection,
                                    """
                                    SELECT concat_ws(' ',
                                        to_timestamp(floor(extract(epoch from ordered_at) / 3600) * 3600) AT TIME ZONE 'UTC',
                                        count(*), sum(total))
                                    FROM analytics.orders
                                    WHERE ordered_at BETWEEN '2026-03-01T00:00:00Z' AND '2026-03-02T00:00:00Z'
                                    GROUP BY floor(extract(epoch from ordered_at) / 3600) ORDER BY 1
                                    """))
                    .containsExactly("2026-03-01 10:00:00 2 20.00", "2026-03-01 12:00:00 1 1.00");
            assertThat(rows(connection, "SELECT orders FROM analytics.order_days"))
                    .containsExactly("3");
        }
    }

    @Test
    void theSessionsTimeZoneAndNameMaySetAndCursorsRead() throws SQLException {
        try (Connection connection = login();
                Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION TIME ZONE 'Europe/Zurich'");
            statement.execute("SET application_name = 'a tool'");
            statement.execute("SET search_path = analytics");
            assertThat(rows(connection, "SELECT ordered_at::text FROM orders ORDER BY 1 LIMIT 1"))
                    .containsExactly("2026-03-01 11:20:00+01");
            statement.execute(
                    "BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT order_id FROM orders ORDER BY 1;"
                            + " COMMIT");
            assertThat(rows(connection, "FETCH 2 FROM c")).containsExactly("o1", "o2");
            assertThat(rows(connection, "FETCH ALL FROM c")).containsExactly("o3");
        }
    }

    @Test
    void temporaryTablesAreRefused() throws SQLException {
        try (Connection connection = login();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(
                            () -> statement.execute("CREATE LOCAL TEMPORARY TABLE probe (n int)"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(e.getSQLState()).isEqualTo("25006"));
            statement.execute("SET default_transaction_read_only = off");
            assertThatThrownBy(
                            () -> statement.execute("CREATE LOCAL TEMPORARY TABLE probe (n int)"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        }
    }
}
