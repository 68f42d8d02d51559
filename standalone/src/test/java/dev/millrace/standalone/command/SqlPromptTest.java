package dev.millrace.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;

class SqlPromptTest {

    private static TestWarehouse warehouse;

    private final StringWriter out = new StringWriter();

    @BeforeAll
    static void createWarehouse() {
        warehouse = TestWarehouse.create();
    }

    @Test
    void showsRowsAsATable() throws Exception {
        assertThat(run("select 1 as n, 'two' as word\nunion all select 30, null order by 1;\n"))
                .isTrue();
        assertThat(out.toString())
                .contains(
                        """
                        n  | word
                        ---+-----
                        1  | two
                        30 |
                        (2 rows)
                        """);
    }

    @Test
    void goesOnAfterAMistake() throws Exception {
        assertThat(run("selct 1;\nselect 2 as two;\n")).isTrue();
        assertThat(out.toString()).contains("syntax error").contains("(1 row)");
    }

    @Test
    void saysWhetherTheLastStatementWorked() throws Exception {
        assertThat(run("select 1;\nselct 2;\n")).isFalse();
    }

    @Test
    void runsALastStatementWithoutASemicolon() throws Exception {
        assertThat(run("select 7 as seven")).isTrue();
        assertThat(out.toString()).contains("seven");
    }

    @Test
    void leavesOnRequest() throws Exception {
        assertThat(run("\\q\nselect 'unreached';\n")).isTrue();
        assertThat(out.toString()).doesNotContain("unreached");
    }

    @Test
    void writesNothing() throws Exception {
        assertThat(run("create schema mine;\n")).isFalse();
        assertThat(out.toString()).contains("read-only");
    }

    private boolean run(String input) throws Exception {
        try (Connection connection = warehouse.connection(Role.READER)) {
            return new SqlPrompt(connection, new PrintWriter(out, true))
                    .readFrom(new StringReader(input));
        }
    }
}
