package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.QueryCompiler;
import dev.millrace.serving.semantic.QueryException;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.json.JsonMapper;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** Units of time and ranges of it, as PostgreSQL cuts them. */
class TimeTest {

    private static final TestWarehouse WAREHOUSE = TestWarehouse.create();

    private static final String MODEL =
            """
            cubes:
              - name: e
                sql: "SELECT * FROM (VALUES ROWS) v (at)"
                dimensions:
                  - name: at
                    sql: "{CUBE}.at::timestamptz"
                    type: time
                    granularities:
                      - {name: fiscal_year, interval: 1 year, offset: 3 months}
                      - {name: half, interval: 6 months}
                      - {name: from_the_15th, interval: 1 month, origin: "2026-01-15"}
                      - {name: fortnight, interval: 2 weeks, origin: "2026-01-05"}
                      - {name: quarter_hour, interval: 15 minutes}
                      - {name: sunday_week, interval: 1 week, offset: -1 day}
                      - {name: five_months, interval: 5 months}
                measures: [{name: count, type: count}]
            """;

    @ParameterizedTest
    @CsvSource({
        "fiscal_year, 2026-03-31T23:59:59Z, 2025-04-01 00:00:00",
        "fiscal_year, 2026-04-01T00:00:00Z, 2026-04-01 00:00:00",
        "half, 2026-06-30T12:00:00Z, 2026-01-01 00:00:00",
        "half, 2024-12-31T23:59:59Z, 2024-07-01 00:00:00",
        "from_the_15th, 2026-03-14T23:59:59Z, 2026-02-15 00:00:00",
        "from_the_15th, 2026-03-15T00:00:00Z, 2026-03-15 00:00:00",
        "from_the_15th, 2024-03-01T00:00:00Z, 2024-02-15 00:00:00",
        "fortnight, 2026-01-18T23:59:59Z, 2026-01-05 00:00:00",
        "fortnight, 2026-01-04T00:00:00Z, 2025-12-22 00:00:00",
        "quarter_hour, 2026-01-04T10:44:59Z, 2026-01-04 10:30:00",
        "sunday_week, 2026-02-11T10:00:00Z, 2026-02-08 00:00:00",
        "week, 2026-02-15T23:00:00Z, 2026-02-09 00:00:00",
        "quarter, 2026-02-15T23:00:00Z, 2026-01-01 00:00:00",
        "second, 2026-02-15T23:00:00.9Z, 2026-02-15 23:00:00"
    })
    void unitsBeginWhereTheModelSays(String unit, String at, String begin) throws SQLException {
        assertThat(
                        run(
                                "('%s')".formatted(at),
                                """
                                {"timeDimensions":[{"dimension":"e.at","granularity":"%s"}]}
                                """
                                        .formatted(unit)))
                .containsExactly(begin);
    }

    @Test
    void aUnitThatDividesNoYearNeedsAnOrigin() {
        assertThatThrownBy(
                        () ->
                                run(
                                        "('2026-01-01')",
                                        """
                                        {"timeDimensions":[{"dimension":"e.at","granularity":"five_months"}]}
                                        """))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("needs an 'origin'");
    }

    /** On 29 March 2026 Berlin has 23 hours, on 25 October 25. */
    @ParameterizedTest
    @CsvSource({
        "2026-03-29, 2026-03-28T22:59:59.999999Z, 2026-03-28T23:00:00Z,"
                + " 2026-03-29T21:59:59.999999Z, 2026-03-29T22:00:00Z",
        "2026-10-25, 2026-10-24T21:59:59.999999Z, 2026-10-24T22:00:00Z,"
                + " 2026-10-25T22:59:59.999999Z, 2026-10-25T23:00:00Z"
    })
    void aDayIsAsLongAsItIsThere(String day, String before, String first, String last, String after)
            throws SQLException {
        String rows = "('%s'), ('%s'), ('%s'), ('%s')".formatted(before, first, last, after);

        assertThat(
                        run(
                                rows,
                                """
                                {"measures":["e.count"],"timezone":"Europe/Berlin","timeDimensions":
                                 [{"dimension":"e.at","dateRange":["%s","%s"]}]}
                                """
                                        .formatted(day, day)))
                .containsExactly("2");
        assertThat(
                        run(
                                rows,
                                """
                                {"timezone":"Europe/Berlin","timeDimensions":
                                 [{"dimension":"e.at","granularity":"day","dateRange":["%s","%s"]}]}
                                """
                                        .formatted(day, day)))
                .containsExactly(day + " 00:00:00");
        assertThat(
                        run(
                                rows,
                                """
                                {"measures":["e.count"],"timezone":"Europe/Berlin","filters":
                                 [{"member":"e.at","operator":"notInDateRange","values":["%s"]}]}
                                """
                                        .formatted(day)))
                .containsExactly("2");
    }

    @ParameterizedTest
    @CsvSource({"beforeDate, 1", "beforeOrOnDate, 2", "afterDate, 1", "afterOrOnDate, 2"})
    void comparisonsAreWithTheFirstInstantOfTheDate(String operator, String count)
            throws SQLException {
        assertThat(
                        run(
                                "('2025-12-31T23:59:59Z'), ('2026-01-01T00:00:00Z'),"
                                        + " ('2026-01-01T00:00:01Z')",
                                """
                                {"measures":["e.count"],"filters":
                                 [{"member":"e.at","operator":"%s","values":["2026-01-01"]}]}
                                """
                                        .formatted(operator)))
                .containsExactly(count);
    }

    private static List<String> run(String rows, String json) throws SQLException {
        QueryCompiler compiler = Shop.compiler(MODEL.replace("ROWS", rows));
        JsonMapper mapper = JsonMapper.shared();
        CompiledQuery compiled =
                compiler.compile(
                        new QueryReader(mapper, Clock.systemUTC())
                                .read(mapper.readTree(json))
                                .query(),
                        dev.millrace.serving.semantic.Viewer.PLATFORM);
        List<String> values = new ArrayList<>();
        try (Connection connection = WAREHOUSE.connection(Role.READER);
                Statement settings = connection.createStatement()) {
            settings.execute("SET TIME ZONE 'UTC'");
            try (PreparedStatement statement =
                    connection.prepareStatement(ParameterText.toJdbc(compiled.statement().sql()))) {
                for (int i = 0; i < compiled.statement().values().size(); i++) {
                    statement.setObject(i + 1, compiled.statement().values().get(i), Types.OTHER);
                }
                try (ResultSet result = statement.executeQuery()) {
                    while (result.next()) {
                        values.add(result.getString(1));
                    }
                }
            }
        }
        return values;
    }
}
