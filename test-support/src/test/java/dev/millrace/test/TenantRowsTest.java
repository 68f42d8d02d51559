package dev.millrace.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.contracts.warehouse.WarehouseRoles;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What the warehouse shows of a tenant's table, by the token of a transaction. */
class TenantRowsTest {

    private static final String ALL = "SELECT id FROM web.pages ORDER BY id";
    private static final String SECRET = TestWarehouse.TENANT_SECRET;
    private static final String DENIED = "42501";
    private static final Duration SOON = Duration.ofMinutes(5);

    private TestWarehouse warehouse;

    @BeforeEach
    void landSomething() throws SQLException {
        warehouse = TestWarehouse.create();
        warehouse.execute(
                Role.TRANSFORM,
                """
                CREATE SCHEMA web;
                GRANT USAGE ON SCHEMA web TO millrace_models, millrace_reader;
                CREATE TABLE web.pages (id text, tenant_id text);
                INSERT INTO web.pages VALUES ('a1', 'a'), ('b1', 'b'), ('c1', 'c'), ('nobody', NULL), ('star', '*'), ('ü', 'ü"\\,');
                SELECT millrace.separate_tenants('web.pages', 'tenant_id');
                GRANT SELECT ON web.pages TO millrace_models, millrace_reader;
                """);
    }

    private static String token(String secret, String payload, Duration validity) {
        return signed(secret, Instant.now().plus(validity).getEpochSecond() + "." + payload);
    }

    private static String signed(String secret, String message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(
                    new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), mac.getAlgorithm()));
            byte[] signature = mac.doFinal(message.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(signature) + "." + message;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String token(String payload) {
        return token(SECRET, payload, SOON);
    }

    private List<String> seen(@Nullable String token) throws SQLException {
        return seen(token, ALL);
    }

    private List<String> seen(@Nullable String token, String query) throws SQLException {
        try (Connection connection = warehouse.connection(Role.READER)) {
            connection.setAutoCommit(false);
            return seen(connection, token, query);
        }
    }

    private static List<String> seen(Connection connection, @Nullable String token, String query)
            throws SQLException {
        if (token != null) {
            try (PreparedStatement set =
                    connection.prepareStatement(
                            "SELECT set_config('millrace.tenant_token', ?, true)")) {
                set.setString(1, token);
                set.execute();
            }
        }
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        }
        return rows;
    }

    @Test
    void aTenantSeesItsOwnRows() throws SQLException {
        assertThat(seen(token("[\"a\"]"))).containsExactly("a1");
        assertThat(seen(token("[\"b\"]"))).containsExactly("b1");
        assertThat(seen(token("[\"nowhere\"]"))).isEmpty();
    }

    @Test
    void aNameOfAnyLettersIsComparedAsItIs() throws SQLException {
        assertThat(seen(token("[\"ü\\\"\\\\,\"]"))).containsExactly("ü");
    }

    @Test
    void severalTenantsAreSeenTogether() throws SQLException {
        assertThat(seen(token("[\"a\", \"c\"]"))).containsExactly("a1", "c1");
        assertThat(seen(token("[]"))).isEmpty();
    }

    @Test
    void whoSeesAllSeesTheRowsOfNobodyToo() throws SQLException {
        assertThat(seen(token("*"))).containsExactly("a1", "b1", "c1", "nobody", "star", "ü");
    }

    @Test
    void aTenantOfTheNameOfAllIsOneTenant() throws SQLException {
        assertThat(seen(token("[\"*\"]"))).containsExactly("star");
    }

    @Test
    void withoutATokenNoRowIsSeen() throws SQLException {
        assertThat(seen(null)).isEmpty();
        assertThat(seen("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "*",
                "[\"a\"]",
                "0000000000000000000000000000000000000000000000000000000000000000.9999999999.*",
                "0000000000000000000000000000000000000000000000000000000000000000.99999999999999999999999.*",
                "0000000000000000000000000000000000000000000000000000000000000000.-1.*",
                "zz00000000000000000000000000000000000000000000000000000000000000.9999999999.*",
                "0000000000000000000000000000000000000000000000000000000000000000",
                "..",
                "\\x",
            })
    void whatIsNoTokenShowsNothingAndFailsNothing(String text) throws SQLException {
        assertThat(seen(text)).isEmpty();
    }

    @Test
    void aTokenOfAnotherSecretIsNoGood() throws SQLException {
        assertThat(seen(token("another secret of more than 32 bytes", "*", SOON))).isEmpty();
    }

    @Test
    void aTokenThatHasExpiredIsNoGood() throws SQLException {
        assertThat(seen(token(SECRET, "[\"a\"]", Duration.ofSeconds(-2)))).isEmpty();
        assertThat(seen(token(SECRET, "*", Duration.ofSeconds(-2)))).isEmpty();
        assertThat(seen(signed(SECRET, "0.*"))).isEmpty();
    }

    @Test
    void aTokenThatWasChangedIsNoGood() throws SQLException {
        String token = token("[\"a\"]");
        assertThat(seen(token)).containsExactly("a1");
        assertThat(seen(token.replace("[\"a\"]", "[\"b\"]"))).isEmpty();
        assertThat(seen(token.replace("[\"a\"]", "*"))).isEmpty();
        assertThat(seen(token.substring(0, 65) + "9" + token.substring(65))).isEmpty();
        assertThat(seen(token + " ")).isEmpty();
        assertThat(seen((token.charAt(0) == '0' ? "1" : "0") + token.substring(1))).isEmpty();
    }

    @Test
    void aQueryKeepsItsRowsWhenTheTokenExpiresMeanwhile() throws SQLException {
        String token = token(SECRET, "[\"a\"]", Duration.ofSeconds(2));
        assertThat(
                        seen(
                                token,
                                "WITH waited AS MATERIALIZED (SELECT pg_sleep(3)) SELECT id FROM"
                                        + " waited CROSS JOIN LATERAL (SELECT id FROM web.pages"
                                        + " OFFSET 0) p"))
                .containsExactly("a1");
        assertThat(seen(token)).isEmpty();
    }

    @Test
    void aTokenIsForgottenWithItsTransaction() throws SQLException {
        try (Connection connection = warehouse.connection(Role.READER)) {
            connection.setAutoCommit(false);
            assertThat(seen(connection, token("[\"a\"]"), ALL)).containsExactly("a1");
            connection.rollback();
            assertThat(seen(connection, null, ALL)).isEmpty();
            connection.rollback();
            assertThat(seen(connection, token("[\"b\"]"), ALL)).containsExactly("b1");
            connection.commit();
            assertThat(seen(connection, null, ALL)).isEmpty();
        }
    }

    @Test
    void aSecretThatIsReplacedIsGoodUntilTheNextIs() throws SQLException {
        String second = "a second secret of more than 32 bytes";
        String third = "\u00fc".repeat(40) + " is longer than a block of the hash";
        setSecret(second);
        setSecret(second);
        assertThat(seen(token("[\"a\"]"))).containsExactly("a1");
        assertThat(seen(token(second, "[\"a\"]", SOON))).containsExactly("a1");

        setSecret(third);
        assertThat(seen(token("[\"a\"]"))).isEmpty();
        assertThat(seen(token(second, "[\"a\"]", SOON))).containsExactly("a1");
        assertThat(seen(token(third, "[\"a\"]", SOON))).containsExactly("a1");
    }

    @Test
    void aSecretThatWasReplacedIsGoodForADay() throws SQLException {
        setSecret("a second secret of more than 32 bytes");
        try (Connection owner = warehouse.ownerConnection();
                Statement statement = owner.createStatement()) {
            assertThat(
                            statement.executeUpdate(
                                    "UPDATE millrace.tenant_keys SET good_until = good_until -"
                                            + " interval '1 day' WHERE slot = 'previous'"))
                    .isEqualTo(1);
        }
        assertThat(seen(token("[\"a\"]"))).isEmpty();
        assertThat(seen(token("a second secret of more than 32 bytes", "[\"a\"]", SOON)))
                .containsExactly("a1");
    }

    @Test
    void theScriptRunAgainKeepsTheSecretAndThePolicies() throws SQLException {
        try (Connection owner = warehouse.ownerConnection();
                Statement statement = owner.createStatement()) {
            statement.execute(WarehouseRoles.script());
        }
        assertThat(seen(token("[\"a\"]"))).containsExactly("a1");
    }

    @Test
    void aShortSecretIsRefused() {
        assertThatThrownBy(() -> setSecret("x".repeat(31)))
                .hasMessageContaining("shorter than 32 bytes");
    }

    private void setSecret(String secret) throws SQLException {
        try (Connection owner = warehouse.ownerConnection();
                PreparedStatement set = owner.prepareStatement(WarehouseRoles.SET_TENANT_SECRET)) {
            set.setString(1, secret);
            set.execute();
        }
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void onlyTheOwnerHasToDoWithTheSecret(Role role) {
        for (String sql :
                List.of(
                        "SELECT * FROM millrace.tenant_keys",
                        "SELECT millrace.set_tenant_secret(repeat('x', 32))",
                        "SELECT millrace.tenant_payload()",
                        "CREATE TABLE millrace.mine (n int)")) {
            assertThatThrownBy(() -> warehouse.execute(role, "BEGIN READ WRITE; " + sql))
                    .as("%s: %s", role, sql)
                    .isInstanceOf(SQLException.class)
                    .satisfies(e -> assertThat(((SQLException) e).getSQLState()).isEqualTo(DENIED));
        }
    }

    @Test
    void aCarelessGrantShowsNoKey() throws SQLException {
        try (Connection owner = warehouse.ownerConnection();
                Statement statement = owner.createStatement()) {
            statement.execute("GRANT SELECT ON ALL TABLES IN SCHEMA millrace TO millrace_reader");
        }
        assertThat(seen(token("*"), "SELECT slot FROM millrace.tenant_keys")).isEmpty();
    }

    @Test
    void theReaderCannotPutAPolicyAside() {
        for (String sql :
                List.of(
                        "ALTER TABLE web.pages DISABLE ROW LEVEL SECURITY",
                        "DROP POLICY millrace_tenant ON web.pages",
                        "SELECT millrace.separate_tenants('web.pages', 'id')",
                        "SET row_security = off; SELECT * FROM web.pages",
                        "SET ROLE millrace_transform")) {
            assertThatThrownBy(() -> warehouse.execute(Role.READER, "BEGIN READ WRITE; " + sql))
                    .as(sql)
                    .isInstanceOf(SQLException.class)
                    .satisfies(e -> assertThat(((SQLException) e).getSQLState()).isEqualTo(DENIED));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TRANSFORM", "MODELS"})
    void whoBuildsReadsEverything(Role role) throws SQLException {
        try (Connection connection = warehouse.connection(role)) {
            assertThat(seen(connection, null, ALL)).hasSize(6);
        }
    }

    @Test
    void tenantsMayBeNumbersOrUuids() throws SQLException {
        String id = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
        warehouse.execute(
                Role.TRANSFORM,
                """
                CREATE TABLE web.numbers (id text, "the tenant" bigint);
                INSERT INTO web.numbers VALUES ('seven', 7), ('eight', 8);
                SELECT millrace.separate_tenants('web.numbers', 'the tenant');
                CREATE TABLE web.ids (id text, tenant uuid);
                INSERT INTO web.ids VALUES ('one', '%s'), ('other', gen_random_uuid());
                SELECT millrace.separate_tenants('web.ids', 'tenant');
                GRANT SELECT ON web.numbers, web.ids TO millrace_reader;
                """
                        .formatted(id));
        assertThat(seen(token("[\"7\"]"), "SELECT id FROM web.numbers")).containsExactly("seven");
        assertThat(seen(token("[\"seven\"]"), "SELECT id FROM web.numbers")).isEmpty();
        assertThat(seen(token("[\"" + id + "\"]"), "SELECT id FROM web.ids"))
                .containsExactly("one");
    }

    @Test
    void anotherColumnTakesThePlaceOfTheFirst() throws SQLException {
        warehouse.execute(Role.TRANSFORM, "SELECT millrace.separate_tenants('web.pages', 'id')");
        assertThat(seen(token("[\"a\"]"))).isEmpty();
        assertThat(seen(token("[\"b1\"]"))).containsExactly("b1");
    }

    @Test
    void parallelWorkersSeeTheSame() throws SQLException {
        assertThat(seen(token("[\"a\"]"), "SET LOCAL debug_parallel_query = on; " + ALL, 1))
                .containsExactly("a1");
    }

    /** The result of the statement with this number. */
    private List<String> seen(String token, String query, int number) throws SQLException {
        try (Connection connection = warehouse.connection(Role.READER)) {
            connection.setAutoCommit(false);
            seen(connection, token, "SELECT 1");
            List<String> rows = new ArrayList<>();
            try (Statement statement = connection.createStatement()) {
                statement.execute(query);
                for (int i = 0; i < number; i++) {
                    statement.getMoreResults();
                }
                try (ResultSet result = statement.getResultSet()) {
                    while (result.next()) {
                        rows.add(result.getString(1));
                    }
                }
            }
            return rows;
        }
    }

    @Test
    void aFilterOnTheTenantUsesItsIndexAndTheTokenIsReadOnce() throws SQLException {
        warehouse.execute(
                Role.TRANSFORM,
                """
                CREATE TABLE web.large AS SELECT i AS id, 't' || i % 1000 AS tenant FROM generate_series(1, 20000) i;
                CREATE INDEX ON web.large (tenant);
                SELECT millrace.separate_tenants('web.large', 'tenant');
                GRANT SELECT ON web.large TO millrace_reader;
                ANALYZE web.large
                """);
        String plan =
                String.join(
                        "\n",
                        seen(
                                token("[\"t7\"]"),
                                "EXPLAIN (ANALYZE, TIMING OFF) SELECT * FROM web.large WHERE tenant"
                                        + " = 't7'"));
        assertThat(plan).contains("Index Cond: (tenant = 't7'::text)");
        assertThat(plan).contains("InitPlan 1").doesNotContain("SubPlan");
        assertThat(seen(token("[\"t7\"]"), "SELECT id FROM web.large")).hasSize(20);
    }
}
