package dev.millrace.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.standalone.Millrace;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

class TeamsTest {

    private final StringWriter shown = new StringWriter();
    private TestWarehouse warehouse;
    private Connection owner;
    private Teams teams;

    @BeforeEach
    void landSomething() throws SQLException {
        warehouse = TestWarehouse.create();
        warehouse.execute(
                Role.TRANSFORM,
                """
                CREATE SCHEMA web;
                GRANT USAGE ON SCHEMA web TO millrace_reader;
                CREATE TABLE web.pages (id text, tenant text);
                INSERT INTO web.pages VALUES ('a1', 'a'), ('b1', 'b, {c}'), ('c1', 'c');
                SELECT millrace.separate_tenants('web.pages', 'tenant');
                GRANT SELECT ON web.pages TO millrace_reader;
                """);
        owner = warehouse.ownerConnection();
        teams = new Teams(owner, warehouse.url(), new PrintWriter(shown, true));
    }

    @AfterEach
    void dropTheTeams() throws SQLException {
        try (Statement statement = owner.createStatement()) {
            statement.execute("SELECT millrace.drop_team(substr(role, 6)) FROM millrace.teams");
        }
        owner.close();
    }

    private List<String> lines() {
        return shown.toString().lines().toList();
    }

    private List<String> seenBy(String login, String password) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(warehouse.url(), login, password);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT id FROM web.pages ORDER BY id")) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        }
        return rows;
    }

    @Test
    void aNewTeamsPasswordIsTheFirstLineAndItsAddressFollows() throws Exception {
        teams.create("laptop_one", List.of("a", "b, {c}"), null);

        assertThat(lines().getFirst()).matches("[A-Za-z0-9_-]{32}");
        assertThat(lines().subList(1, lines().size()))
                .containsExactly(
                        "the password of team_laptop_one; it is shown this once",
                        warehouse.url() + "?user=team_laptop_one",
                        "psql "
                                + warehouse
                                        .url()
                                        .replace(
                                                "jdbc:postgresql://",
                                                "postgresql://team_laptop_one@"));
        assertThat(seenBy("team_laptop_one", lines().getFirst())).containsExactly("a1", "b1");
    }

    @Test
    void withoutTenantsItSeesNoTenantsRowsAndWithAllEverybodys() throws Exception {
        teams.create("laptop_none", List.of(), null);
        assertThat(seenBy("team_laptop_none", lines().getFirst())).isEmpty();
        shown.getBuffer().setLength(0);
        teams.create("laptop_all", null, null);
        assertThat(seenBy("team_laptop_all", lines().getFirst())).hasSize(3);
    }

    @Test
    void theListTellsWhoseRowsEachSeesAndNoPassword() throws Exception {
        teams.list();
        assertThat(lines())
                .containsExactly("There are no teams; make one with: millrace teams create NAME");
        teams.create("laptop_a", List.of("a"), Instant.parse("2099-01-01T00:00:00Z"));
        teams.create("laptop_b", List.of("a", "c"), Instant.parse("2020-01-01T00:00:00Z"));
        teams.create("laptop_c", null, null);
        teams.create("laptop_d", List.of(), null);
        shown.getBuffer().setLength(0);

        teams.list();

        assertThat(lines())
                .containsExactly(
                        "team_laptop_a  tenant a, until 2099-01-01T00:00:00Z, 0 connected",
                        "team_laptop_b  tenants a, c, ended 2020-01-01T00:00:00Z, 0 connected",
                        "team_laptop_c  all tenants, 0 connected",
                        "team_laptop_d  no tenant, 0 connected");
    }

    @Test
    void aTeamThatIsDroppedLogsInNoMore() throws Exception {
        teams.create("laptop_one", List.of("a"), null);
        String password = lines().getFirst();
        teams.drop("laptop_one");
        assertThat(lines().getLast())
                .isEqualTo("team_laptop_one is gone, and its sessions have ended");
        assertThatThrownBy(() -> seenBy("team_laptop_one", password))
                .hasMessageContaining("password authentication failed");
    }

    @Test
    void whatTheDatabaseRefusesIsToldInALineAndLeavesNothing() throws Exception {
        assertThatIOException()
                .isThrownBy(() -> teams.create("Growth", List.of(), null))
                .withMessage(
                        "a team's name is a small letter and up to 57 small letters, digits and _");
        assertThatIOException()
                .isThrownBy(() -> teams.drop("nobody"))
                .withMessage("there is no team nobody");
        teams.create("laptop_one", List.of("a"), null);
        String password = lines().getFirst();
        assertThatIOException()
                .isThrownBy(() -> teams.create("laptop_one", null, null))
                .withMessage("the role team_laptop_one exists already");
        assertThat(seenBy("team_laptop_one", password)).containsExactly("a1");
    }

    @Test
    void oneCannotAskForSomeTenantsAndForAll() {
        StringWriter errors = new StringWriter();
        CommandLine line = Millrace.commandLine().setErr(new PrintWriter(errors, true));
        assertThat(line.execute("teams", "create", "x", "--tenant", "a", "--all-tenants"))
                .isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(errors.toString()).contains("do not go together");
        assertThat(line.execute("teams", "create", "x", "--for", "soon"))
                .isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(errors.toString()).contains("--for is a length of time");
    }
}
