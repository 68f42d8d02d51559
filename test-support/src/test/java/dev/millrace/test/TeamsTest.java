package dev.millrace.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.contracts.warehouse.WarehouseRoles;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** Logins of teams: what they see, and that they can do nothing else. */
class TeamsTest {

    private static final String ALL = "SELECT id FROM web.pages ORDER BY id";
    private static final String PASSWORD = "a password of teams";
    private static final String DENIED = "42501";
    private static final String INVALID = "22023";

    private TestWarehouse warehouse;

    @BeforeEach
    void landSomething() throws SQLException {
        warehouse = TestWarehouse.create();
        warehouse.execute(
                Role.TRANSFORM,
                """
                CREATE TABLE transform.kept (topic text);
                CREATE SCHEMA web;
                GRANT USAGE ON SCHEMA web TO millrace_models, millrace_reader;
                CREATE TABLE web.pages (id text, tenant_id text);
                INSERT INTO web.pages VALUES ('a1', 'a'), ('b1', 'b'), ('c1', 'c'), ('nobody', NULL), ('star', '*'), ('ü', 'ü"\\,');
                SELECT millrace.separate_tenants('web.pages', 'tenant_id');
                CREATE TABLE web.cities (name text PRIMARY KEY);
                INSERT INTO web.cities VALUES ('Bern');
                CREATE SEQUENCE web.numbers;
                GRANT SELECT ON web.pages, web.cities TO millrace_models, millrace_reader;
                """);
        warehouse.execute(
                Role.MODELS,
                """
                CREATE SCHEMA marts;
                CREATE TABLE marts.totals AS SELECT count(*) AS n FROM web.cities;
                CREATE VIEW marts.pages WITH (security_invoker = true) AS SELECT id FROM web.pages;
                CREATE VIEW marts.all_pages WITH (security_invoker = false) AS SELECT id FROM web.pages;
                """);
    }

    /** The server's roles outlive a warehouse. */
    @AfterEach
    void dropTheTeams() throws SQLException {
        owner("SELECT millrace.drop_team(substr(role, 6)) FROM millrace.teams");
    }

    private void owner(String sql) throws SQLException {
        try (Connection owner = warehouse.ownerConnection();
                Statement statement = owner.createStatement()) {
            statement.execute(sql);
        }
    }

    /**
     * A team with a password.
     *
     * @param tenants in SQL
     */
    private void team(String name, String tenants) throws SQLException {
        owner("SELECT millrace.make_team('%s', %s)".formatted(name, tenants));
        owner("ALTER ROLE team_%s PASSWORD '%s'".formatted(name, PASSWORD));
    }

    private Connection login(String name) throws SQLException {
        return DriverManager.getConnection(warehouse.url(), "team_" + name, PASSWORD);
    }

    private static List<String> rows(Connection connection, String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        }
        return rows;
    }

    private List<String> seenBy(String name, String query) throws SQLException {
        try (Connection connection = login(name)) {
            return rows(connection, query);
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String goodToken(String payload) {
        try {
            String message = Instant.now().plusSeconds(240).getEpochSecond() + "." + payload;
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(
                    new SecretKeySpec(
                            TestWarehouse.TENANT_SECRET.getBytes(StandardCharsets.UTF_8),
                            mac.getAlgorithm()));
            return HexFormat.of().formatHex(mac.doFinal(message.getBytes(StandardCharsets.UTF_8)))
                    + "."
                    + message;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertState(@Nullable Throwable failure, String state, String sql) {
        assertThat(failure)
                .as(sql)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
    }

    @Test
    void aTeamReadsWhatReadersReadAndNoTenantsRows() throws SQLException {
        team("growth", "'{}'");
        assertThat(seenBy("growth", "SELECT name FROM web.cities")).containsExactly("Bern");
        assertThat(seenBy("growth", "SELECT n FROM marts.totals")).containsExactly("1");
        assertThat(seenBy("growth", ALL)).isEmpty();
        assertThat(seenBy("growth", "SELECT id FROM marts.pages")).isEmpty();
    }

    @Test
    void whoIsNotToldOfTenantsGetsNone() throws SQLException {
        owner("SELECT millrace.make_team('plain')");
        owner("ALTER ROLE team_plain PASSWORD '" + PASSWORD + "'");
        assertThat(seenBy("plain", ALL)).isEmpty();
    }

    @Test
    void whatModelsMakeLaterIsReadToo() throws SQLException {
        team("growth", "'{}'");
        warehouse.execute(
                Role.MODELS, "CREATE SCHEMA later; CREATE TABLE later.t AS SELECT 7 AS n");
        assertThat(seenBy("growth", "SELECT n FROM later.t")).containsExactly("7");
    }

    @Test
    void aTeamSeesTheRowsOfItsTenants() throws SQLException {
        team("one", "'{a}'");
        team("two", "'{a,c,nowhere}'");
        team("odd", "ARRAY['ü\"\\,']");
        team("star", "'{*}'");
        assertThat(seenBy("one", ALL)).containsExactly("a1");
        assertThat(seenBy("one", "SELECT id FROM marts.pages")).containsExactly("a1");
        assertThat(seenBy("two", ALL)).containsExactly("a1", "c1");
        assertThat(seenBy("odd", ALL)).containsExactly("ü");
        assertThat(seenBy("star", ALL)).containsExactly("star");
    }

    @Test
    void aTeamOfAllTenantsSeesTheRowsOfNobodyToo() throws SQLException {
        team("boss", "NULL");
        assertThat(seenBy("boss", ALL)).containsExactly("a1", "b1", "c1", "nobody", "star", "ü");
    }

    @Test
    void onlyAViewThatMixesTenantsOnPurposeShowsThem() throws SQLException {
        team("one", "'{a}'");
        assertThat(seenBy("one", "SELECT count(*) FROM marts.all_pages")).containsExactly("6");
    }

    @Test
    void otherTenantsAreSeenFromTheNextStatementOn() throws SQLException {
        team("one", "'{a}'");
        try (Connection session = login("one");
                PreparedStatement prepared = session.prepareStatement(ALL)) {
            assertThat(rows(session, ALL)).containsExactly("a1");
            owner("SELECT millrace.change_team('one', '{b,c}')");
            assertThat(rows(session, ALL)).containsExactly("b1", "c1");
            owner("SELECT millrace.change_team('one', '{}')");
            assertThat(rows(session, ALL)).isEmpty();
            try (ResultSet result = prepared.executeQuery()) {
                assertThat(result.next()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET millrace.tenant_token = '%s'",
                "SELECT set_config('millrace.tenant_token', '%s', false)",
            })
    void aTokenThatATeamCaughtShowsItNothing(String sql) throws SQLException {
        team("one", "'{a}'");
        for (String payload : List.of("*", "[\"b\"]", "[\"a\", \"b\"]", "[]")) {
            try (Connection session = login("one")) {
                run(session, sql.formatted(goodToken(payload)));
                assertThat(rows(session, ALL)).as(payload).containsExactly("a1");
                assertThat(rows(session, "SELECT millrace.sees_all()")).containsExactly("f");
            }
            assertThat(seenBy("one", ALL)).containsExactly("a1");
        }
        // It was good for whom it was made for.
        try (Connection reader = warehouse.connection(Role.READER)) {
            run(reader, "SET millrace.tenant_token = '" + goodToken("*") + "'");
            assertThat(rows(reader, ALL)).hasSize(6);
        }
    }

    @Test
    void aTokenThatALoginBringsAlongShowsNothingEither() throws SQLException {
        team("one", "'{a}'");
        Properties properties = new Properties();
        properties.setProperty("user", "team_one");
        properties.setProperty("password", PASSWORD);
        properties.setProperty("options", "-c millrace.tenant_token=" + goodToken("*"));
        try (Connection session = DriverManager.getConnection(warehouse.url(), properties)) {
            assertThat(rows(session, "SHOW millrace.tenant_token")).hasSize(1);
            assertThat(rows(session, ALL)).containsExactly("a1");
        }
    }

    @Test
    void whatATeamReadsItCannotGiveToOthers() throws SQLException {
        team("one", "'{a}'");
        String rights = "SELECT relacl FROM pg_class WHERE oid = 'web.cities'::regclass";
        List<String> before = seenBy("one", rights);
        try (Connection session = login("one")) {
            run(session, "SET default_transaction_read_only = off");
            // PostgreSQL warns that nothing was granted, as the team has the right and may not pass
            // it on.
            run(session, "GRANT SELECT ON web.cities TO PUBLIC");
        }
        assertThat(seenBy("one", rights)).isEqualTo(before);
    }

    /** What a member of a role may do to the role, unless a superuser closes that. */
    @Test
    void aTeamTakesNothingFromReadersWhereASuperuserRanTheScript() throws SQLException {
        String database = warehouse.url().replaceFirst(".*/", "");
        try (Connection superuser = TestServers.postgres().connect(database)) {
            run(superuser, WarehouseRoles.script());
            run(superuser, WarehouseRoles.script());
        }
        team("one", "'{a}'");
        try (Connection session = login("one")) {
            run(session, "SET default_transaction_read_only = off");
            for (String sql :
                    List.of(
                            "DROP OWNED BY millrace_reader",
                            "DROP OWNED BY CURRENT_USER",
                            "DO $$ BEGIN DROP OWNED BY millrace_reader; END $$",
                            "ALTER DEFAULT PRIVILEGES FOR ROLE millrace_reader GRANT SELECT ON"
                                    + " TABLES TO PUBLIC")) {
                assertState(catchThrowable(() -> run(session, sql)), DENIED, sql);
            }
        }
        assertThat(seenBy("one", ALL)).containsExactly("a1");
        warehouse.execute(
                Role.MODELS, "CREATE SCHEMA later; CREATE TABLE later.t AS SELECT 7 AS n");
        assertThat(seenBy("one", "SELECT n FROM later.t")).containsExactly("7");
    }

    @Test
    void aTeamCannotBecomeAnybodyElse() throws SQLException {
        team("one", "'{a}'");
        team("boss", "NULL");
        try (Connection session = login("one")) {
            for (String role :
                    List.of(
                            "millrace_reader",
                            "millrace_ingestion",
                            "millrace_transform",
                            "millrace_models",
                            "millrace_serving",
                            WarehouseRoles.ANSWERS,
                            "millrace_owner",
                            "team_boss",
                            "postgres",
                            "pg_read_all_data")) {
                for (String sql :
                        List.of(
                                "SET ROLE " + role,
                                "SET SESSION AUTHORIZATION " + role,
                                "GRANT %s TO team_one".formatted(role))) {
                    assertState(
                            catchThrowable(() -> run(session, "BEGIN READ WRITE; " + sql)),
                            DENIED,
                            sql);
                    run(session, "ROLLBACK");
                }
            }
        }
    }

    @Test
    void writingFailsByItself() throws SQLException {
        team("one", "'{a}'");
        try (Connection session = login("one")) {
            assertThatThrownBy(() -> run(session, "INSERT INTO web.cities VALUES ('x')"))
                    .satisfies(e -> assertState(e, "25006", "insert"));
            assertThat(rows(session, "SHOW statement_timeout")).containsExactly("5min");
            assertThat(rows(session, "SHOW idle_in_transaction_session_timeout"))
                    .containsExactly("10min");
        }
    }

    private static final List<String> WRITES =
            List.of(
                    "INSERT INTO web.cities VALUES ('x')",
                    "INSERT INTO marts.totals VALUES (2)",
                    "UPDATE web.cities SET name = 'x'",
                    "DELETE FROM web.cities",
                    "MERGE INTO web.cities c USING (VALUES ('x')) v (name) ON c.name = v.name WHEN"
                            + " NOT MATCHED THEN INSERT VALUES (v.name)",
                    "TRUNCATE web.cities",
                    "SELECT * FROM web.cities FOR UPDATE",
                    "SELECT * FROM web.cities FOR KEY SHARE",
                    "DO $$ BEGIN LOCK TABLE web.cities IN ROW EXCLUSIVE MODE; END $$",
                    "DO $$ BEGIN INSERT INTO web.cities VALUES ('x'); END $$",
                    "DO $$ BEGIN EXECUTE 'TRUNCATE web.cities'; END $$",
                    "WITH w AS (INSERT INTO web.cities VALUES ('x') RETURNING *) SELECT * FROM w",
                    "INSERT INTO marts.all_pages VALUES ('x')",
                    "COPY web.cities FROM STDIN",
                    "COPY web.cities FROM '/etc/hostname'",
                    "COPY web.cities TO '/tmp/cities'",
                    "COPY web.cities TO PROGRAM 'cat'",
                    "SELECT nextval('web.numbers')",
                    "SELECT setval('web.numbers', 7)",
                    "CREATE TABLE public.mine (n int)",
                    "CREATE TABLE web.mine (n int)",
                    "CREATE TABLE marts.mine (n int)",
                    "CREATE TABLE millrace.mine (n int)",
                    "CREATE TABLE transform.mine (n int)",
                    "CREATE TEMP TABLE mine (n int)",
                    "CREATE TEMP VIEW mine AS SELECT 1",
                    "SELECT 1 AS n INTO TEMP mine",
                    "CREATE SCHEMA mine",
                    "CREATE VIEW public.mine AS SELECT * FROM web.pages",
                    "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                    "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                    "CREATE EXTENSION dblink",
                    "CREATE EXTENSION postgres_fdw",
                    "CREATE EXTENSION pgcrypto",
                    "CREATE PUBLICATION p FOR TABLE web.cities",
                    "CREATE ROLE mine",
                    "ALTER ROLE millrace_reader SET statement_timeout = 0",
                    "ALTER ROLE millrace_reader PASSWORD 'known'",
                    "ALTER ROLE team_one CREATEROLE",
                    "ALTER ROLE team_one BYPASSRLS",
                    "ALTER ROLE team_one VALID UNTIL 'infinity'",
                    "ALTER ROLE team_one CONNECTION LIMIT -1",
                    "ALTER TABLE web.pages DISABLE ROW LEVEL SECURITY",
                    "DROP POLICY millrace_tenant ON web.pages",
                    "DROP TABLE web.cities",
                    "ALTER VIEW marts.pages SET (security_invoker = false)",
                    "CREATE INDEX ON web.cities (name)",
                    "SELECT lo_import('/etc/hostname')",
                    "SELECT lo_export(1, '/tmp/x')",
                    "SELECT pg_read_file('/etc/hostname')",
                    "SELECT pg_ls_dir('.')",
                    "SET session_replication_role = replica",
                    "SET log_statement = 'none'",
                    "ALTER SYSTEM SET log_statement = 'none'",
                    "SELECT pg_create_logical_replication_slot('s', 'pgoutput')",
                    "SELECT * FROM transform.kept",
                    "SELECT * FROM millrace.teams",
                    "SELECT * FROM millrace.tenant_keys",
                    "UPDATE millrace.teams SET tenants = NULL",
                    "SELECT rolpassword FROM pg_authid",
                    "SET row_security = off; SELECT * FROM web.pages");

    @Test
    void noSessionWritesAnythingHoweverItSetsItsTransactions() throws SQLException {
        team("one", "'{a}'");
        for (String lifted :
                List.of(
                        "SET default_transaction_read_only = off",
                        "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
                        "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; ALTER ROLE"
                                + " CURRENT_USER RESET ALL")) {
            try (Connection session = login("one")) {
                for (String sql : lifted.split("; ", -1)) {
                    run(session, sql);
                }
                assertThat(rows(session, "SHOW transaction_read_only")).containsExactly("off");
                for (String sql : WRITES) {
                    assertState(
                            catchThrowable(() -> run(session, sql)), DENIED, lifted + "; " + sql);
                }
            }
        }
        try (Connection transform = warehouse.connection(Role.TRANSFORM)) {
            assertThat(rows(transform, "SELECT name FROM web.cities")).containsExactly("Bern");
        }
    }

    @Test
    void aLargeObjectIsItsTeamsOwnAndGoesWithIt() throws SQLException {
        team("one", "'{a}'");
        team("two", "'{a}'");
        String id;
        try (Connection session = login("one")) {
            run(session, "SET default_transaction_read_only = off");
            id = rows(session, "SELECT lo_from_bytea(0, 'x')").getFirst();
        }
        try (Connection other = login("two")) {
            assertThatThrownBy(() -> rows(other, "SELECT lo_get(%s)".formatted(id)))
                    .satisfies(e -> assertState(e, DENIED, "lo_get"));
        }
        owner("SELECT millrace.drop_team('one')");
        try (Connection owner = warehouse.ownerConnection()) {
            assertThat(rows(owner, "SELECT oid FROM pg_largeobject_metadata")).isEmpty();
        }
    }

    @Test
    void aTeamCallsOnlyTheFunctionsThatPoliciesAsk() throws SQLException {
        team("one", "'{a}'");
        assertThat(
                        seenBy(
                                "one",
                                """
                                SELECT p.oid::regprocedure::text
                                FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                                WHERE (n.nspname = 'millrace' OR p.prosecdef)
                                  AND has_function_privilege(p.oid, 'EXECUTE')
                                ORDER BY 1\
                                """))
                .containsExactly(
                        "millrace.sees_all()",
                        "millrace.sees_several()",
                        "millrace.tenant()",
                        "millrace.tenants()");
    }

    @Test
    void aTeamNeitherSeesNorEndsWhatServingAndOtherTeamsRun() throws SQLException {
        team("one", "'{a}'");
        team("two", "'{b}'");
        owner("ALTER ROLE %s PASSWORD '%s'".formatted(WarehouseRoles.ANSWERS, PASSWORD));
        try (Connection session = login("one");
                Connection two = login("two");
                Connection serving =
                        DriverManager.getConnection(
                                warehouse.url(), WarehouseRoles.ANSWERS, PASSWORD)) {
            for (Connection other : List.of(two, serving)) {
                String process = rows(other, "SELECT pg_backend_pid()").getFirst();
                assertThat(
                                rows(
                                        session,
                                        "SELECT query FROM pg_stat_activity WHERE pid = "
                                                + process))
                        .containsExactly("<insufficient privilege>");
                for (String function : List.of("pg_cancel_backend", "pg_terminate_backend")) {
                    String sql = "SELECT %s(%s)".formatted(function, process);
                    assertThatThrownBy(() -> rows(session, sql))
                            .satisfies(e -> assertState(e, DENIED, sql));
                }
            }
        }
    }

    @Test
    void servingsLoginReadsByTokensAsTheReaderDoes() throws SQLException {
        owner("ALTER ROLE %s PASSWORD '%s'".formatted(WarehouseRoles.ANSWERS, PASSWORD));
        try (Connection serving =
                DriverManager.getConnection(warehouse.url(), WarehouseRoles.ANSWERS, PASSWORD)) {
            assertThat(rows(serving, ALL)).isEmpty();
            run(serving, "SET millrace.tenant_token = '" + goodToken("[\"b\"]") + "'");
            assertThat(rows(serving, ALL)).containsExactly("b1");
            assertThat(rows(serving, "SHOW default_transaction_read_only")).containsExactly("on");
            assertThat(rows(serving, "SHOW statement_timeout")).containsExactly("1min");
        }
    }

    @Test
    void statisticsShowNoValueOfTheRowsOfTenants() throws SQLException {
        warehouse.execute(Role.TRANSFORM, "ANALYZE web.pages; ANALYZE web.cities");
        team("one", "'{a}'");
        assertThat(seenBy("one", "SELECT tablename FROM pg_stats WHERE schemaname = 'web'"))
                .containsExactly("cities");
    }

    @Test
    void aTeamThatIsDroppedIsGoneAtOnce() throws SQLException {
        team("one", "'{a}'");
        try (Connection session = login("one")) {
            assertThat(rows(session, ALL)).containsExactly("a1");
            owner("SELECT millrace.drop_team('one')");
            assertThatThrownBy(() -> rows(session, ALL)).isInstanceOf(SQLException.class);
        }
        assertThatThrownBy(() -> login("one").close())
                .hasMessageContaining("password authentication failed");
        try (Connection owner = warehouse.ownerConnection()) {
            assertThat(rows(owner, "SELECT rolname FROM pg_roles WHERE rolname = 'team_one'"))
                    .isEmpty();
        }
        assertThatThrownBy(() -> owner("SELECT millrace.drop_team('one')"))
                .hasMessageContaining("there is no team one");
        team("one", "'{b}'");
        assertThat(seenBy("one", ALL)).containsExactly("b1");
    }

    @Test
    void aTeamWhoseTimeIsOverDoesNotLogIn() throws SQLException {
        team("one", "'{a}'");
        owner("SELECT millrace.change_team('one', '{a}', now() - interval '1 second')");
        assertThatThrownBy(() -> login("one").close())
                .hasMessageContaining("password authentication failed");
        owner("SELECT millrace.change_team('one', '{a}', now() + interval '1 hour')");
        assertThat(seenBy("one", ALL)).containsExactly("a1");
        assertThatThrownBy(() -> owner("SELECT millrace.change_team('other', '{a}')"))
                .hasMessageContaining("there is no team other");
    }

    @Test
    void aVerifierIsAPasswordThatNobodyWrote() throws Exception {
        owner("SELECT millrace.make_team('one', '{a}', NULL, '%s')".formatted(verifier(PASSWORD)));
        assertThat(seenBy("one", ALL)).containsExactly("a1");
    }

    /** As psql's {@code \password} computes it. */
    private static String verifier(String password) throws GeneralSecurityException {
        byte[] salt = "sixteen bytes ..".getBytes(StandardCharsets.US_ASCII);
        byte[] salted =
                SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                        .generateSecret(new PBEKeySpec(password.toCharArray(), salt, 4096, 256))
                        .getEncoded();
        byte[] stored = MessageDigest.getInstance("SHA-256").digest(hmac(salted, "Client Key"));
        Base64.Encoder base64 = Base64.getEncoder();
        return "SCRAM-SHA-256$4096:%s$%s:%s"
                .formatted(
                        base64.encodeToString(salt),
                        base64.encodeToString(stored),
                        base64.encodeToString(hmac(salted, "Server Key")));
    }

    private static byte[] hmac(byte[] key, String message) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, mac.getAlgorithm()));
        return mac.doFinal(message.getBytes(StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NULL",
                "''",
                "'Growth'",
                "'1st'",
                "'a-b'",
                "'a b'",
                "'ü'",
                "'a\"; DROP ROLE millrace_reader; --'",
                "E'a\\n'",
                "repeat('a', 59)"
            })
    void aNameThatIsNoneIsRefused(String name) {
        for (String call : List.of("make_team(%s)", "change_team(%s, NULL)", "drop_team(%s)")) {
            String sql = "SELECT millrace." + call.formatted(name);
            assertThatThrownBy(() -> owner(sql)).satisfies(e -> assertState(e, INVALID, sql));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'{{a,b},{c,d}}'",
                "'{a,NULL}'",
                "array_fill('t'::text, ARRAY[1001])",
            })
    void tenantsThatSaySomethingElseAreRefused(String tenants) {
        String sql = "SELECT millrace.make_team('one', %s)".formatted(tenants);
        assertThatThrownBy(() -> owner(sql)).satisfies(e -> assertState(e, INVALID, sql));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hunter2",
                "",
                "md5d8578edf8458ce06fbc5bb76a58c5ca4",
                "SCRAM-SHA-256$4096:c2FsdA==$short:short"
            })
    void aPasswordIsNoVerifier(String password) {
        String sql = "SELECT millrace.make_team('one', '{}', NULL, '%s')".formatted(password);
        assertThatThrownBy(() -> owner(sql)).satisfies(e -> assertState(e, INVALID, sql));
    }

    @Test
    void aNameOfTheLongestIsItsOwnRole() throws SQLException {
        String longest = "a".repeat(58);
        team(longest, "'{a}'");
        assertThat(seenBy(longest, "SELECT session_user")).containsExactly("team_" + longest);
        assertThat(seenBy(longest, ALL)).containsExactly("a1");
    }

    @Test
    void aRoleThatIsThereAlreadyIsNotTaken() throws SQLException {
        team("one", "'{a}'");
        assertThatThrownBy(() -> owner("SELECT millrace.make_team('one', NULL)"))
                .hasMessageContaining("the role team_one exists already");
        TestWarehouse other = TestWarehouse.create();
        try (Connection owner = other.ownerConnection()) {
            assertThatThrownBy(() -> run(owner, "SELECT millrace.make_team('one', NULL)"))
                    .hasMessageContaining("the role team_one exists already");
            assertThatThrownBy(() -> run(owner, "SELECT millrace.drop_team('one')"))
                    .hasMessageContaining("there is no team one");
        }
        assertThat(seenBy("one", ALL)).containsExactly("a1");
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void onlyTheOwnerHasToDoWithTeams(Role role) {
        for (String sql :
                List.of(
                        "SELECT millrace.make_team('mine', NULL)",
                        "SELECT millrace.change_team('one', NULL)",
                        "SELECT millrace.drop_team('one')",
                        "SELECT * FROM millrace.teams",
                        "INSERT INTO millrace.teams VALUES ('team_mine')")) {
            assertThatThrownBy(() -> warehouse.execute(role, "BEGIN READ WRITE; " + sql))
                    .satisfies(e -> assertState(e, DENIED, role + ": " + sql));
        }
    }

    @Test
    void theScriptRunAgainKeepsTeamsAndBringsBackTheRolesThatAreGone() throws SQLException {
        team("one", "'{a}'");
        team("two", "'{b}'");
        owner("SELECT millrace.change_team('two', '{b}', '2099-01-01')");
        // As on a new server, where the dump of the old one was restored.
        owner("DROP ROLE team_two");

        owner(WarehouseRoles.script());

        assertThat(seenBy("one", ALL)).containsExactly("a1");
        assertThatThrownBy(() -> login("two").close())
                .hasMessageContaining("password authentication failed");
        owner("ALTER ROLE team_two PASSWORD '" + PASSWORD + "'");
        assertThat(seenBy("two", ALL)).containsExactly("b1");
        assertThat(
                        seenBy(
                                "two",
                                "SELECT rolvaliduntil::date FROM pg_roles WHERE rolname ="
                                        + " session_user"))
                .containsExactly("2099-01-01");
    }

    @Test
    void ofTheServicesOwnRelationsATeamReadsThreeViews() throws Exception {
        migrate(Role.INGESTION, "ingestion", "operations");
        migrate(Role.TRANSFORM, "transform", "transform-service", "operations");
        migrate(Role.SERVING, "serving", "serving-service", "operations");
        warehouse.execute(
                Role.MODELS,
                """
                CREATE SCHEMA millrace_live;
                REVOKE ALL ON SCHEMA millrace_live FROM millrace_reader;
                CREATE TABLE millrace_live.model (generation bigint);
                """);
        team("boss", "NULL");
        String relations =
                """
                SELECT format('%I.%I', n.nspname, c.relname)
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f', 'S')
                  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
                """;
        List<String> all = seenBy("boss", relations);
        assertThat(all)
                .contains("transform.quarantine", "transform.change_batch", "serving.caller_key")
                .hasSizeGreaterThan(30);
        assertThat(
                        seenBy(
                                "boss",
                                relations
                                        + """
                                        AND has_schema_privilege(n.oid, 'USAGE')
                                        AND (has_table_privilege(c.oid, 'SELECT')
                                          OR c.relkind <> 'S' AND has_any_column_privilege(c.oid, 'SELECT'))
                                        ORDER BY 1
                                        """))
                .containsExactly(
                        "marts.all_pages",
                        "marts.pages",
                        "marts.totals",
                        "transform.changes",
                        "transform.feeds",
                        "transform.freshness",
                        "web.cities",
                        "web.pages");
        // Each that it may not read says so; a schema that is hidden hides what is in it.
        try (Connection session = login("boss")) {
            for (String relation : all) {
                if (!relation.matches("(web|marts)[.].*|transform[.](changes|feeds|freshness)")) {
                    String sql = "SELECT * FROM " + relation;
                    assertThatThrownBy(() -> rows(session, sql))
                            .satisfies(e -> assertState(e, DENIED, sql));
                }
            }
        }
    }

    /** What the services' migrations make of their schema. */
    private void migrate(Role role, String schema, String... modules)
            throws IOException, SQLException {
        List<Path> scripts = new ArrayList<>();
        for (String module : modules) {
            Path directory = Path.of("..", module, "src/main/resources/db/migration");
            try (Stream<Path> files = Files.walk(directory)) {
                files.filter(file -> file.toString().endsWith(".sql")).forEach(scripts::add);
            }
        }
        assertThat(scripts).isNotEmpty();
        scripts.sort(Comparator.comparing(file -> String.valueOf(file.getFileName())));
        try (Connection connection = warehouse.connection(role)) {
            run(connection, "SET search_path = " + schema);
            for (Path script : scripts) {
                run(connection, Files.readString(script));
            }
        }
    }
}
