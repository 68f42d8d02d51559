package dev.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.contracts.warehouse.Role;
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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The commands of docs/runbooks/upgrade-and-backup.md, as they stand there: from one server into a
 * new one. The owner has the least rights that it may have, those of a server of one's own.
 */
class BackupTest {

    private static final String RUNBOOK = "docs/runbooks/upgrade-and-backup.md";
    private static final String OWNER_PASSWORD = "owner";

    @TempDir private static Path directory;

    private static DumpableServer source;
    private static EmbeddedPostgres target;
    private static List<String> expected;

    @BeforeAll
    static void start() throws IOException, InterruptedException, SQLException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        Path binaries = Path.of(System.getProperty("user.home"), ".cache", "millrace");
        Optional<DumpableServer> dumpable =
                DumpableServer.start(directory.resolve("source"), binaries);
        assumeTrue(
                dumpable.isPresent(),
                "needs pg_dump 18 or newer, or an older one with its server: the packages"
                        + " postgresql-client and postgresql");
        source = dumpable.get();
        target =
                EmbeddedPostgres.start(
                        PostgresSettings.forTests(directory.resolve("target"), binaries));
        writeDocker();
        try (Connection connection = source.connect("postgres")) {
            createOwner(connection);
            execute(connection, "CREATE DATABASE millrace OWNER millrace_owner");
        }
        try (Connection connection = target.connect("postgres")) {
            createOwner(connection);
        }
        Shell.run(
                ownerOf(source.port()),
                "psql",
                "--no-psqlrc",
                "--quiet",
                "--set=ON_ERROR_STOP=1",
                "--file=" + Repository.file("helm/millrace/files/roles.sql"));
        try (Connection connection = source.connect("millrace")) {
            fill(connection);
            expected = facts(connection);
        }
    }

    private static void createOwner(Connection connection) throws SQLException {
        execute(
                connection,
                "CREATE ROLE millrace_owner LOGIN CREATEROLE CREATEDB PASSWORD '%s'"
                        .formatted(OWNER_PASSWORD));
    }

    @AfterAll
    static void stop() throws IOException, InterruptedException {
        if (target != null) {
            target.close();
        }
        if (source != null) {
            source.stop();
        }
    }

    @Test
    void composesCommandsBringEverythingBackInANewServer() throws Exception {
        Path work = Files.createDirectory(directory.resolve("compose"));

        run(work, Map.of(), Markdown.blocks(RUNBOOK, "Backup").getFirst());
        run(work, Map.of(), Markdown.blocks(RUNBOOK, "Restore").getFirst());

        assertEverythingIsBack();
    }

    @Test
    void theCommandsForAServerOfOnesOwnBringEverythingBackInANewDatabase() throws Exception {
        Path work = Files.createDirectory(directory.resolve("own"));

        run(work, ownerOf(source.port()), own(Markdown.blocks(RUNBOOK, "Backup").get(1)));
        try (Connection connection = target.connect("postgres")) {
            execute(connection, "DROP DATABASE IF EXISTS millrace WITH (FORCE)");
            execute(connection, "CREATE DATABASE millrace OWNER millrace_owner");
        }
        run(work, ownerOf(target.port()), own(Markdown.blocks(RUNBOOK, "Restore").get(1)));

        assertEverythingIsBack();
    }

    /** With the addresses of the test, and from the repository. */
    private static String own(String block) {
        return block.replaceAll("(?m)^export PG.*\n", "")
                .replace("helm/millrace", Chart.DIRECTORY.toString());
    }

    private static void assertEverythingIsBack() throws SQLException {
        try (Connection connection = target.connect("millrace")) {
            assertThat(facts(connection))
                    .containsExactlyElementsOf(expected)
                    .hasSizeGreaterThan(50);
            // Models that are built from now on can be read too, and counting goes on.
            execute(connection, "SET ROLE millrace_models");
            execute(connection, "CREATE TABLE analytics.later AS SELECT 1 AS one");
            execute(connection, "SET ROLE millrace_reader");
            assertThat(column(connection, "SELECT one FROM analytics.later")).containsExactly("1");
            execute(connection, "SET ROLE millrace_ingestion");
            assertThat(
                            column(
                                    connection,
                                    "INSERT INTO ingestion.audit (actor) VALUES ('x') RETURNING"
                                            + " id"))
                    .containsExactly("3");
        }
    }

    /** What services, landing and models leave in a warehouse, as far as owners and rights go. */
    private static void fill(Connection connection) throws SQLException {
        for (String service : Chart.SERVICES) {
            execute(connection, "SET ROLE millrace_" + service);
            execute(
                    connection,
                    """
                    CREATE TABLE %1$s.api_key (
                      id text PRIMARY KEY,
                      replaced_by text REFERENCES %1$s.api_key DEFERRABLE INITIALLY DEFERRED);
                    CREATE TABLE %1$s.audit (
                      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, actor text NOT NULL);
                    CREATE INDEX audit_actor ON %1$s.audit (actor) WHERE id > 0;
                    INSERT INTO %1$s.api_key VALUES ('a', 'b'), ('b', NULL);
                    INSERT INTO %1$s.audit (actor) VALUES ('ada'), ('bob');
                    """
                            .formatted(service));
        }
        execute(connection, "SET ROLE millrace_transform");
        execute(
                connection,
                """
                CREATE SEQUENCE transform.run_number AS integer CYCLE;
                CREATE SCHEMA site;
                GRANT USAGE ON SCHEMA site TO millrace_models, millrace_reader;
                CREATE TABLE site.orders (_mr_id text, total numeric, "with space" jsonb);
                GRANT SELECT ON site.orders TO millrace_models, millrace_reader;
                INSERT INTO site.orders SELECT n::text, n / 3.0, '{"n": null}'
                  FROM generate_series(1, 1000) n;
                SELECT millrace.separate_tenants('site.orders', '_mr_id');
                """);
        execute(connection, "SET ROLE millrace_models");
        execute(
                connection,
                """
                CREATE SCHEMA analytics;
                CREATE TABLE analytics.orders AS SELECT total FROM site.orders;
                CREATE VIEW analytics.revenue AS SELECT sum(total) FROM analytics.orders;
                SELECT millrace.withhold('analytics.orders');
                """);
        execute(connection, "SET ROLE millrace_owner");
        execute(
                connection,
                "SELECT millrace.set_tenant_secret('what tenants'' tokens are signed with')");
        execute(connection, "RESET ROLE");
    }

    /** Owners, contents and every role's rights, so that two databases can be compared. */
    private static List<String> facts(Connection connection) throws SQLException {
        String schemas =
                "SELECT oid, nspname, nspowner FROM pg_namespace"
                        + " WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'";
        String roles =
                Arrays.stream(Role.values())
                        .map(role -> "('" + role.roleName() + "')")
                        .collect(Collectors.joining(", ", "(VALUES ", ") r (role)"));
        List<String> facts = new ArrayList<>();
        facts.addAll(
                column(
                        connection,
                        """
                        SELECT format('%%s may %%s in the database: %%s', role, p,
                            has_database_privilege(role, current_database(), p))
                          FROM %s, unnest(ARRAY['CONNECT', 'CREATE', 'TEMPORARY']) p
                        """
                                .formatted(roles)));
        facts.addAll(
                column(
                        connection,
                        """
                        SELECT format('%%s may %%s in %%s: %%s', role, p, nspname,
                            has_schema_privilege(role, s.oid, p))
                          FROM %s, (%s) s, unnest(ARRAY['USAGE', 'CREATE']) p
                        """
                                .formatted(roles, schemas)));
        facts.addAll(
                column(
                        connection,
                        """
                        SELECT format('%s on %s (%s): %s', polname, c.oid::regclass, relrowsecurity,
                            pg_get_expr(polqual, polrelid))
                          FROM pg_policy JOIN pg_class c ON c.oid = polrelid
                        """));
        String relations =
                "SELECT c.oid, c.oid::regclass AS name, relkind, relowner FROM pg_class c JOIN ("
                        + schemas
                        + ") s ON s.oid = relnamespace";
        facts.addAll(
                column(
                        connection,
                        "SELECT format('%s %s of %s', relkind, name, relowner::regrole) FROM ("
                                + relations
                                + ") c"));
        facts.addAll(
                column(
                        connection,
                        """
                        SELECT format('%%s may %%s %%s: %%s', role, p, name,
                            has_table_privilege(role, c.oid, p))
                          FROM %s, (%s) c, unnest(ARRAY['SELECT', 'INSERT', 'DELETE']) p
                         WHERE relkind IN ('r', 'v')
                        """
                                .formatted(roles, relations)));
        for (String table :
                column(
                        connection,
                        "SELECT name FROM (" + relations + ") c WHERE relkind IN ('r', 'v')")) {
            facts.addAll(
                    column(
                            connection,
                            "SELECT '%1$s: ' || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), 'empty') FROM %1$s t"
                                    .formatted(table)));
        }
        facts.sort(null);
        return facts;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> column(Connection connection, String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    private static Map<String, String> ownerOf(int port) {
        return Map.of(
                "PGHOST",
                "127.0.0.1",
                "PGPORT",
                Integer.toString(port),
                "PGDATABASE",
                "millrace",
                "PGUSER",
                "millrace_owner",
                "PGPASSWORD",
                OWNER_PASSWORD);
    }

    /** Runs a block as a reader of the runbook would, who looks whether each command worked. */
    private static void run(Path work, Map<String, String> environment, String block)
            throws IOException, InterruptedException {
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("PATH", directory.resolve("bin") + ":" + System.getenv("PATH"));
        Shell.run(
                variables, "bash", "-c", "cd '%s' && set -euo pipefail\n%s".formatted(work, block));
    }

    /** In the place of docker: the programs of the host, on the test's servers. */
    private static void writeDocker() throws IOException {
        Path docker = Files.createDirectories(directory.resolve("bin")).resolve("docker");
        String setup =
                setup(ComposeFile.read()).stream()
                        .map(word -> word.replace("/sql/", Chart.DIRECTORY + "/files/"))
                        .collect(Collectors.joining(" "));
        String passwords =
                Arrays.stream(Role.values())
                        .map(role -> role.roleName().toUpperCase(Locale.ROOT) + "_PASSWORD=x")
                        .collect(Collectors.joining(" "));
        Files.writeString(
                docker,
                """
                #!/usr/bin/env bash
                set -euo pipefail
                unset PGPASSWORD
                export PGHOST=127.0.0.1 PGPORT=%d
                case "$*" in
                  "compose exec -T postgres "*pg_dump*) export PGPORT=%d ;;
                esac
                case "$*" in
                  "compose exec -T postgres "*) POSTGRES_PASSWORD=%s exec "${@:5}" ;;
                  "compose run --rm postgres-setup")
                    export PGDATABASE=millrace PGUSER=millrace_owner PGPASSWORD=%s %s
                    exec %s ;;
                  "compose stop "*|"compose up "*) ;;
                  *) echo "not in the test: docker $*" >&2; exit 64 ;;
                esac
                """
                        .formatted(
                                target.port(),
                                source.port(),
                                OWNER_PASSWORD,
                                OWNER_PASSWORD,
                                passwords,
                                setup));
        assertThat(docker.toFile().setExecutable(true)).isTrue();
    }

    private static List<String> setup(ComposeFile compose) {
        return compose.service("postgres-setup").at("entrypoint").items().stream()
                .map(Tree::text)
                .toList();
    }
}
