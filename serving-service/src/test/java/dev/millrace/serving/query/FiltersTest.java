package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.project.cube.Operator;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.query.WarehouseException.Category;
import dev.millrace.serving.semantic.QueryException;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Filters on columns and measures of every type, as PostgreSQL answers them. */
class FiltersTest {

    private static final TestWarehouse WAREHOUSE = TestWarehouse.create();

    private static final String MODEL =
            """
            cubes:
              - name: t
                sql_table: filters.things
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true, public: true}
                  - {name: kind, sql: kind, type: string}
                  - {name: i, sql: i, type: number}
                  - {name: big, sql: big, type: number}
                  - {name: exact, sql: exact, type: number}
                  - {name: float, sql: float, type: number}
                  - {name: next, sql: "{CUBE}.i + 1", type: number}
                  - {name: text, sql: text, type: string}
                  - {name: twice, sql: "{CUBE}.text || {CUBE}.text", type: string}
                  - {name: flag, sql: flag, type: boolean}
                  - {name: positive, sql: "{CUBE}.i > 0 OR {CUBE}.i IS NULL", type: boolean}
                  - {name: at, sql: at, type: time}
                  - {name: later, sql: "{CUBE}.at + interval '1 day'", type: time}
                  - {name: day, sql: day, type: time}
                  - {name: note, sql: note, type: string}
                  - {name: place, type: geo, latitude: {sql: i}, longitude: {sql: big}}
                measures:
                  - {name: count, type: count}
                  - {name: least, type: min, sql: i}
                  - {name: most, type: max, sql: i}
                  - {name: largest, type: max, sql: big}
                  - {name: highest, type: max, sql: exact}
                  - {name: floating, type: min, sql: float}
                  - {name: last_text, type: max, sql: text}
                  - {name: latest, type: max, sql: at}
                  - {name: several, type: boolean, sql: "{count} > 1"}
                  - {name: mean, type: number, sql: "sum({CUBE}.i) * 1.0 / {count}"}
                  - {name: both, type: string, sql: "min({CUBE}.text) || '-' || max({CUBE}.text)"}
                  - {name: end, type: time, sql: "max({CUBE}.at) + interval '1 hour'"}
                  - {name: sum_exact, type: sum, sql: exact}
            """;

    private static Bench bench = bench();

    private static Bench bench() {
        return new Bench(WAREHOUSE, MODEL);
    }

    @BeforeAll
    static void fill() throws SQLException {
        WAREHOUSE.execute(
                Role.TRANSFORM,
                """
                CREATE SCHEMA filters;
                CREATE TABLE filters.things (id int, kind text, i int, big bigint, exact numeric,
                  float float8, text text, flag boolean, at timestamptz, day date, note jsonb);
                INSERT INTO filters.things VALUES
                  (1, 'a', 1, 3000000000, 0.1, 0.5, 'one', true, '2026-01-01T00:00:00Z', '2026-01-01', '{"n": 1}'),
                  (2, 'a', 2, -5, 2.50, -1e10, 'Two_2', false, '2026-01-01T23:59:59.999999Z', '2026-01-02', '[]'),
                  (3, 'b', 3, 3, 1e20, 1e300, '100%', true, '2026-06-01T12:00:00Z', '2026-06-01', '"x"'),
                  (4, 'b', -4, 4, -1, 0, E'back\\\\slash', NULL, '2025-12-31T23:59:59Z', '2025-12-31', NULL),
                  (5, 'c', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
                GRANT USAGE ON SCHEMA filters TO millrace_reader;
                GRANT SELECT ON ALL TABLES IN SCHEMA filters TO millrace_reader;
                """);
    }

    @AfterAll
    static void close() {
        bench.close();
    }

    private static String query(String shown, String member, String operator, String values) {
        return "{\"dimensions\":[\"%s\"],\"order\":{\"%s\":\"asc\"},\"filters\":[{\"member\":\"t.%s\",\"operator\":\"%s\",\"values\":%s}]}"
                .formatted(shown, shown, member, operator, values);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    i        | equals         | ["2"]                   | 2
                    i        | equals         | [2]                     | 2
                    i        | equals         | [" 2 "]                 | 2
                    i        | equals         | ["+2"]                  | 2
                    i        | equals         | ["2.0"]                 | 2
                    i        | equals         | ["2e0"]                 | 2
                    i        | equals         | ["0.2e1", "3"]          | 2 3
                    i        | equals         | ["2.5"]                 |
                    i        | equals         | [2, null]               | 2 5
                    i        | equals         | [null]                  | 5
                    i        | notEquals      | ["2"]                   | 1 3 4 5
                    i        | notEquals      | ["2", null]             | 1 3 4
                    i        | notEquals      | [null]                  | 1 2 3 4
                    i        | in             | ["1", "2", "9999999999"]| 1 2
                    i        | notIn          | ["1", "2"]              | 3 4 5
                    i        | gt             | ["1.5"]                 | 2 3
                    i        | gte            | ["3000000000"]          |
                    i        | lt             | ["99999999999999999999"]| 1 2 3 4
                    i        | lte            | ["-4"]                  | 4
                    i        | set            | []                      | 1 2 3 4
                    i        | notSet         | []                      | 5
                    i        | contains       | ["4"]                   | 4
                    i        | startsWith     | ["-"]                   | 4
                    next     | equals         | ["3"]                   | 2
                    next     | contains       | ["-3"]                  | 4
                    next     | notEquals      | ["3"]                   | 1 3 4 5
                    big      | equals         | ["3000000000"]          | 1
                    big      | gt             | ["2999999999.5"]        | 1
                    exact    | equals         | ["2.5"]                 | 2
                    exact    | equals         | ["0.1"]                 | 1
                    exact    | gte            | ["1e20"]                | 3
                    exact    | lt             | ["1e-1"]                | 4
                    float    | gt             | ["1e299"]               | 3
                    float    | lt             | ["-9999999999.5"]       | 2
                    float    | equals         | ["0.5"]                 | 1
                    text     | equals         | ["one"]                 | 1
                    text     | equals         | ["ONE"]                 |
                    text     | contains       | ["O"]                   | 1 2
                    text     | contains       | ["%"]                   | 3
                    text     | contains       | ["_"]                   | 2
                    text     | contains       | ["\\\\"]                | 4
                    text     | contains       | ["one", "two"]          | 1 2
                    text     | contains       | ["one", null]           | 1 5
                    text     | contains       | [null]                  | 5
                    text     | contains       | [""]                    | 1 2 3 4
                    text     | notContains    | ["o"]                   | 3 4 5
                    text     | notContains    | ["o", "%"]              | 4 5
                    text     | notContains    | [null]                  | 1 2 3 4
                    text     | startsWith     | ["two"]                 | 2
                    text     | notStartsWith  | ["two", "one"]          | 3 4 5
                    text     | endsWith       | ["E"]                   | 1
                    text     | notEndsWith    | ["e"]                   | 2 3 4 5
                    text     | gt             | ["o"]                   | 1
                    twice    | equals         | ["oneone"]              | 1
                    twice    | endsWith       | ["2two_2"]              | 2
                    flag     | equals         | ["true"]                | 1 3
                    flag     | equals         | [true]                  | 1 3
                    flag     | notEquals      | ["true"]                | 2 4 5
                    flag     | equals         | ["true", "false"]       | 1 2 3
                    positive | equals         | ["true"]                | 1 2 3 5
                    positive | notEquals      | [true]                  | 4
                    at       | inDateRange    | ["2026-01-01"]          | 1 2
                    at       | inDateRange    | ["2026-01-01","2026-06-01"] | 1 2 3
                    at       | notInDateRange | ["2026-01-01"]          | 3 4
                    at       | onTheDate      | ["2026-06-01"]          | 3
                    at       | beforeDate     | ["2026-01-01"]          | 4
                    at       | afterDate      | ["2026-01-01"]          | 2 3
                    at       | afterOrOnDate  | ["2026-01-01T00:00:00"] | 1 2 3
                    at       | beforeOrOnDate | ["2026-01-01"]          | 1 4
                    at       | gt             | ["2026-01-02"]          | 3
                    at       | equals         | ["2026-06-01T12:00:00Z"]| 3
                    later    | onTheDate      | ["2026-01-02"]          | 1 2
                    day      | inDateRange    | ["2026-01-01"]          | 1
                    day      | set            | []                      | 1 2 3 4
                    note     | set            | []                      | 1 2 3
                    note     | notSet         | []                      | 4 5
                    place    | equals         | ["3,3"]                 | 3
                    place    | notSet         | []                      | 5
                    """)
    void rowsAreThoseThatTheFilterMeans(String member, String operator, String values, String ids) {
        assertThat(String.join(" ", bench.column(query("t.id", member, operator, values))))
                .isEqualTo(ids == null ? "" : ids);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    count     | gt         | ["1"]                    | a b
                    count     | equals     | ["1"]                    | c
                    count     | lt         | ["1.5"]                  | c
                    least     | equals     | ["1"]                    | a
                    least     | equals     | ["1.0"]                  | a
                    least     | gt         | ["0.5"]                  | a
                    least     | lt         | ["-3.5"]                 | b
                    least     | notEquals  | ["1.5"]                  | a b c
                    most      | gt         | ["1.5"]                  | a b
                    most      | gte        | ["2.5"]                  | b
                    most      | lt         | ["3000000000"]           | a b
                    most      | equals     | ["2e0", "7"]             | a
                    most      | notSet     | []                       | c
                    largest   | equals     | ["3000000000"]           | a
                    largest   | gt         | ["3.5"]                  | a b
                    highest   | gt         | ["2.25"]                 | a b
                    highest   | equals     | ["2.5"]                  | a
                    floating  | lt         | ["-0.5"]                 | a
                    last_text | equals     | ["one"]                  | a
                    last_text | equals     | ["100"]                  |
                    last_text | contains   | ["BACK"]                 | b
                    latest    | gt         | ["2026-03-01"]           | b
                    latest    | inDateRange| ["2026-01-01"]           | a
                    several   | equals     | ["true"]                 | a b
                    several   | equals     | [true]                   | a b
                    several   | equals     | ["false"]                | c
                    several   | notEquals  | ["true"]                 | c
                    several   | set        | []                       | a b c
                    mean      | gt         | ["1.4"]                  | a
                    mean      | equals     | ["1.5"]                  | a
                    mean      | lt         | ["0"]                    | b
                    mean      | contains   | ["-0.5"]                 | b
                    both      | equals     | ["Two_2-one"]            | a
                    both      | contains   | ["-back"]                | b
                    both      | endsWith   | ["ONE"]                  | a
                    both      | notContains| ["one"]                  | b c
                    end       | afterDate  | ["2026-06-01T12:30:00"]  | b
                    end       | onTheDate  | ["2026-01-02"]           | a
                    sum_exact | gt         | ["2.59"]                 | a b
                    """)
    void groupsAreThoseThatTheFilterOnAMeasureMeans(
            String measure, String operator, String values, String kinds) {
        assertThat(String.join(" ", bench.column(query("t.kind", measure, operator, values))))
                .isEqualTo(kinds == null ? "" : kinds);
    }

    @Test
    void filtersOnMeasuresCombine() {
        assertThat(
                        bench.column(
                                """
                                {"dimensions":["t.kind"],"order":{"t.kind":"asc"},"filters":[
                                  {"or":[{"member":"t.several","operator":"equals","values":["false"]},
                                         {"and":[{"member":"t.mean","operator":"gt","values":["0"]},
                                                 {"member":"t.most","operator":"lt","values":["2.5"]}]}]}]}
                                """))
                .containsExactly("a", "c");
    }

    /** Whatever stands in a filter, the database is neither broken nor blamed. */
    @ParameterizedTest
    @EnumSource(value = Operator.class, mode = EnumSource.Mode.EXCLUDE, names = "MEASURE_FILTER")
    void anyValueForAnyMemberIsAnsweredOrTheCallersFault(Operator operator) {
        List<String> values =
                List.of(
                        "",
                        " ",
                        "'",
                        "NaN",
                        "Infinity",
                        "-0",
                        "1e999999999",
                        "1e-999999999",
                        "0x1F",
                        "\u0661\u0662",
                        "9".repeat(400),
                        "9".repeat(5_000),
                        "true",
                        "2026-13-45",
                        "2026-01-01",
                        "last 3 days",
                        "\uD83D\uDE00",
                        "\\",
                        "%_%",
                        "{}");
        int at = operator.wireName().length();
        for (String member :
                List.of(
                        "i",
                        "next",
                        "exact",
                        "float",
                        "text",
                        "flag",
                        "at",
                        "day",
                        "note",
                        "place",
                        "count",
                        "most",
                        "last_text",
                        "latest",
                        "several",
                        "mean",
                        "both",
                        "end")) {
            // A third of them for each member, others for the next: all meet in the end.
            for (int value = at++ % 3; value < values.size(); value += 3) {
                check(member, operator, values.get(value));
            }
        }
    }

    private static void check(String member, Operator operator, String value) {
        ObjectNode query = Bench.JSON.createObjectNode();
        query.putArray("dimensions").add("t.kind");
        ObjectNode filter = query.putArray("filters").addObject();
        filter.put("member", "t." + member).put("operator", operator.wireName());
        ArrayNode list = filter.putArray("values");
        list.add(value);
        try {
            assertThat(bench.column(query.toString())).isSubsetOf("a", "b", "c");
        } catch (QueryException e) {
            assertThat(e.getMessage()).isNotEmpty().hasSizeLessThan(12_000);
        } catch (WarehouseException e) {
            // Such as LIKE on a time's range: the model says the type, so that this is no surprise.
            assertThat(e.category())
                    .as(filter + ": " + e.getMessage())
                    .isIn(Category.CALLER, Category.MODEL);
        }
    }

    @Test
    void aNumberThatIsNoneIsToldSoShortly() {
        assertThatThrownBy(() -> bench.column(query("t.id", "i", "gt", "[\"much\"]")))
                .isInstanceOf(QueryException.class)
                .hasMessage(
                        "'t.i' is a number, and the filter compares it with 'much', which is none");
        assertThatThrownBy(
                        () ->
                                bench.column(
                                        query("t.id", "i", "gt", "[\"" + "9".repeat(501) + "\"]")))
                .hasMessageContaining("'99999999999999999999…'");
    }

    @Test
    void manyValuesAreOneCondition() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 9_000; i++) {
            ids.add("\"" + i + "\"");
        }
        assertThat(bench.column(query("t.id", "i", "equals", ids.toString())))
                .containsExactly("1", "2", "3");
    }
}
