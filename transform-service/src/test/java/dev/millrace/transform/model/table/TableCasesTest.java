package dev.millrace.transform.model.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.Globals;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.Rendering;
import dev.millrace.transform.jinja.Syntax;
import dev.millrace.transform.jinja.Template;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Results of queries with what templates see of them in dbt: {@code table_cases.jsonl}, written by
 * {@code table_cases.py}.
 */
class TableCasesTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TestWarehouse WAREHOUSE = TestWarehouse.create();

    private final Map<String, ResultTable> tables = new HashMap<>();

    @TestFactory
    Stream<DynamicTest> templatesSeeResultsAsInDbt() {
        return lines().stream()
                .map(JSON::readTree)
                .map(
                        row ->
                                DynamicTest.dynamicTest(
                                        row.get("template").asString()
                                                + " of "
                                                + row.get("sql").asString(),
                                        () -> check(row)));
    }

    private void check(JsonNode row) {
        ResultTable table =
                tables.computeIfAbsent(row.get("sql").asString(), TableCasesTest::query);
        Template template = Template.parse("case", row.get("template").asString(), Syntax.JINJA);

        assertThat(
                        new Rendering(
                                        Globals.of(
                                                Map.of(
                                                        "t",
                                                        table,
                                                        "printed",
                                                        (Invocable) TableCasesTest::printed)))
                                .render(template)
                                .text())
                .isEqualTo(row.get("output").asString());
    }

    private static Object printed(Arguments arguments) {
        return new PrintedTable(
                        (ResultTable) arguments.positional().getFirst(),
                        TableMethods.options(new Arguments(List.of(), arguments.keywords())))
                .text();
    }

    private static ResultTable query(String sql) {
        try (Connection connection = WAREHOUSE.connection(Role.MODELS);
                Statement statement = connection.createStatement()) {
            statement.execute("SET timezone = 'UTC'");
            try (ResultSet rows = statement.executeQuery(sql)) {
                return ResultTable.read(rows);
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> lines() {
        try (InputStream in = TableCasesTest.class.getResourceAsStream("table_cases.jsonl")) {
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
