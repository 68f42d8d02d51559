package dev.millrace.transform.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.jinja.Values;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class GrantMacrosTest {

    private MacroStage stage;

    @BeforeEach
    void grantSomething() throws Exception {
        stage = MacroStage.create();
        stage.execute(
                """
                create table analytics.orders (id int);
                grant select on analytics.orders to millrace_reader, millrace_serving;
                grant delete on analytics.orders to millrace_serving;
                """);
        stage.with("orders", StageRelation.table("analytics", "orders"));
    }

    @AfterEach
    void closeTheStage() throws Exception {
        stage.close();
    }

    private List<String> grants() throws Exception {
        return stage.rows(
                "select privilege_type, grantee from information_schema.role_table_grants where"
                        + " table_name = 'orders' and grantee <> 'millrace_models' order by 1, 2");
    }

    private void apply(Map<String, List<String>> wanted, boolean revoke) {
        stage.with("grants", Values.of(wanted))
                .render(
                        "{% do apply_grants(orders, grants, should_revoke="
                                + (revoke ? "True" : "False")
                                + ") %}");
    }

    @Test
    void onlyWhatDiffersIsChanged() throws Exception {
        apply(
                Map.of(
                        "select", List.of("millrace_reader"),
                        "insert", List.of("millrace_serving", "millrace_reader")),
                true);

        assertThat(grants())
                .containsExactly(
                        "INSERT|millrace_reader",
                        "INSERT|millrace_serving",
                        "SELECT|millrace_reader");
        assertThat(stage.executed())
                .last()
                .asString()
                .contains("revoke SELECT on \"analytics\".\"orders\" from \"millrace_serving\";")
                .contains("revoke DELETE on \"analytics\".\"orders\" from \"millrace_serving\";")
                .contains(
                        "grant insert on \"analytics\".\"orders\" to millrace_serving,"
                                + " millrace_reader;")
                .doesNotContain("grant select");
    }

    @Test
    void whatIsInPlaceTakesNoStatement() throws Exception {
        apply(
                Map.of(
                        "select", List.of("MILLRACE_READER", "millrace_serving"),
                        "delete", List.of("millrace_serving")),
                true);

        assertThat(stage.executed()).singleElement().asString().startsWith("select grantee");
    }

    @Test
    void aNewRelationIsNotAskedForItsGrants() throws Exception {
        apply(Map.of("insert", List.of("millrace_reader")), false);

        assertThat(stage.executed()).singleElement().asString().startsWith("grant insert");
        assertThat(grants()).hasSize(4);
    }

    @Test
    void noGrantsInTheProjectLeaveThoseOfTheDatabase() throws Exception {
        stage.render("{% do apply_grants(orders, none, should_revoke=True) %}");
        stage.render("{% do apply_grants(orders, {}, should_revoke=True) %}");

        assertThat(stage.executed()).isEmpty();
        assertThat(grants()).hasSize(3);
    }

    @Test
    void aPrivilegeForNobodyIsTakenFromAll() throws Exception {
        apply(Map.of("select", List.of()), true);

        assertThat(grants()).isEmpty();
    }

    @Test
    void granteesMayHaveAStatementEach() throws Exception {
        stage.project(
                "{% macro default__support_multiple_grantees_per_dcl_statement() %}{{ return(False)"
                        + " }}{% endmacro %}");

        apply(Map.of("insert", List.of("millrace_reader", "millrace_serving")), false);

        assertThat(stage.executed())
                .containsExactly(
                        "grant insert on \"analytics\".\"orders\" to millrace_reader; grant insert"
                                + " on \"analytics\".\"orders\" to millrace_serving;");
    }

    @Test
    void onlyRelationsThatStayedMayHaveGrantsTooMany() {
        assertThat(
                        stage.render(
                                "{{ should_revoke(none) }} {{ should_revoke(none,"
                                    + " full_refresh_mode=False) }} {{ should_revoke(orders) }} {{"
                                    + " should_revoke(orders, full_refresh_mode=False) }}"))
                .isEqualTo("False False False True");
    }
}
