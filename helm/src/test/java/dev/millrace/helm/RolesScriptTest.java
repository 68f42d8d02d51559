package dev.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.contracts.warehouse.WarehouseRoles;
import dev.millrace.embedded.postgres.EmbeddedPostgres;
import dev.millrace.embedded.postgres.PostgresSettings;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The command that the chart's Job and the Compose file give psql, run by a real psql. */
class RolesScriptTest {

    private static final String OWNER_PASSWORD = "owner's \"own\" \\ $word";

    @TempDir private static Path directory;

    private static EmbeddedPostgres server;

    @BeforeAll
    static void start() throws IOException, InterruptedException, SQLException {
        assumeTrue(psqlIsNewEnough(), "needs psql 15 or newer, from the package postgresql-client");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        server =
                EmbeddedPostgres.start(
                        PostgresSettings.forTests(
                                directory.resolve("server"),
                                Path.of(System.getProperty("user.home"), ".cache", "millrace")));
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE ROLE keeper LOGIN CREATEROLE PASSWORD '%s'"
                            .formatted(OWNER_PASSWORD.replace("'", "''")));
            statement.execute("CREATE DATABASE shop OWNER keeper");
        }
    }

    private static boolean psqlIsNewEnough() throws InterruptedException {
        return Shell.succeeds(
                "bash",
                "-c",
                "[ \"$(psql --version | sed 's/[^0-9]*\\([0-9]*\\).*/\\1/')\" -ge 15 ]");
    }

    @AfterAll
    static void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void givesEveryRoleItsPasswordAndChangesItWhenRunAgain() throws Exception {
        run("first ' \\ \" $ ");
        for (Role role : Role.values()) {
            assertThatCode(() -> login(role, "first ' \\ \" $ " + role)).doesNotThrowAnyException();
        }

        assertThatCode(() -> login(WarehouseRoles.ANSWERS, "first ' \\ \" $ " + Role.READER))
                .doesNotThrowAnyException();
        assertThat(tenantKeys()).containsExactly("current");
        run("first ' \\ \" $ ");
        assertThat(tenantKeys()).containsExactly("current");

        run("second");
        assertThat(tenantKeys()).containsExactly("current", "previous");
        for (Role role : Role.values()) {
            assertThatCode(() -> login(role, "second" + role)).doesNotThrowAnyException();
            assertThatThrownBy(() -> login(role, "first ' \\ \" $ " + role))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
        }
    }

    /** As the Job does: its command with its files here, its variables filled in. */
    private static void run(String prefix) throws IOException, InterruptedException {
        Tree container =
                Chart.render("everything")
                        .one("Job", "mill-roles")
                        .at("spec/template/spec/containers")
                        .items()
                        .getFirst();
        List<String> command =
                container.at("command").items().stream()
                        .map(Tree::text)
                        .map(word -> word.replace("/sql/", Chart.DIRECTORY + "/files/"))
                        .toList();
        assertThat(ComposeFile.read().service("postgres-setup").at("entrypoint").items())
                .extracting(Tree::text)
                .containsExactlyElementsOf(
                        container.at("command").items().stream().map(Tree::text).toList());
        Map<String, String> environment = new HashMap<>();
        environment.put("PGHOST", "127.0.0.1");
        environment.put("PGPORT", Integer.toString(server.port()));
        environment.put("PGDATABASE", "shop");
        environment.put("PGUSER", "keeper");
        environment.put("PGPASSWORD", OWNER_PASSWORD);
        environment.put(
                "MILLRACE_SERVING_TENANTSECRET", prefix + "of tenants' tokens, in any case");
        for (Role role : Role.values()) {
            environment.put(role.roleName().toUpperCase(Locale.ROOT) + "_PASSWORD", prefix + role);
        }
        assertThat(Rendered.environment(container).keySet()).containsAll(environment.keySet());
        Shell.run(environment, command.toArray(String[]::new));
    }

    private static List<String> tenantKeys() throws SQLException {
        List<String> slots = new ArrayList<>();
        try (Connection connection = server.connect("shop");
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT slot FROM millrace.tenant_keys ORDER BY slot")) {
            while (rows.next()) {
                slots.add(rows.getString(1));
            }
        }
        return slots;
    }

    private static void login(Role role, String password) throws SQLException {
        login(role.roleName(), password);
    }

    private static void login(String role, String password) throws SQLException {
        DriverManager.getConnection(server.url("shop"), role, password).close();
    }
}
