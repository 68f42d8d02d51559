package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;

/** Values of PostgreSQL's types as clients get them, in each of the forms that rows can have. */
class ResultFormsTest {

    private static final TestWarehouse WAREHOUSE = TestWarehouse.create();

    private static final String MODEL =
            """
            cubes:
              - name: v
                sql: "SELECT * FROM (VALUES (1, ITSELF), (2, NULL)) x (id, it)"
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true, public: true}
                  - {name: it, sql: it, type: TYPE}
            """;

    private static final String SALES =
            """
            cubes:
              - name: s
                sql: "SELECT i AS id, timestamptz '2026-01-30T22:00Z' + i * interval '10 hours' AS at, i % 3 AS kind, i * 1.5 AS amount FROM generate_series(1, 40) i"
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true}
                  - {name: at, sql: at, type: time}
                  - {name: kind, sql: kind, type: number}
                measures:
                  - {name: amount, sql: amount, type: sum}
                  - {name: count, type: count}
            """;

    private static final Bench SOLD = new Bench(WAREHOUSE, SALES);

    @AfterAll
    static void close() {
        SOLD.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    7::smallint                                | number  | 7
                    -2147483648                                | number  | -2147483648
                    9223372036854775807                        | number  | "9223372036854775807"
                    0.10                                       | number  | "0.10"
                    'NaN'::numeric                             | number  | "NaN"
                    1e40::numeric                              | number  | "10000000000000000000000000000000000000000"
                    0.1::real                                  | number  | 0.1
                    1.5::float8                                | number  | 1.5
                    100::float8                                | number  | 100
                    -0.0::float8                               | number  | 0
                    1e20::float8                               | number  | 100000000000000000000
                    1e21::float8                               | number  | 1e+21
                    1.25e-6::float8                            | number  | 0.00000125
                    1e-7::float8                               | number  | 1e-7
                    5e-324::float8                             | number  | 4.9e-324
                    'NaN'::float8                              | number  | null
                    '-Infinity'::float8                        | number  | null
                    true                                       | boolean | true
                    B'1'                                       | string  | "1"
                    B'101'::varbit                             | string  | "101"
                    'it''s "quoted" \\ ✓ 😀'                    | string  | "it's \\"quoted\\" \\\\ ✓ 😀"
                    E'line\\ntab\\t'                           | string  | "line\\ntab\\t"
                    ''                                         | string  | ""
                    'c'::char(3)                               | string  | "c  "
                    date '2026-01-31'                          | time    | "2026-01-31T00:00:00.000"
                    timestamp '2026-01-31 10:00:00.123456'     | time    | "2026-01-31T10:00:00.123"
                    timestamptz '2026-01-31 10:00:00+05'       | time    | "2026-01-31T05:00:00.000"
                    timestamptz 'infinity'                     | time    | "infinity"
                    '2026-01-31 10:00:00+05'                   | time    | "2026-01-31T10:00:00.000"
                    'no time at all'                           | time    | "no time at all"
                    time '10:00'                               | string  | "10:00:00"
                    interval '1 day 2 hours'                   | string  | "1 day 02:00:00"
                    '{"a": [1, null]}'::json                   | string  | {"a": [1, null]}
                    '{"b":"x"}'::jsonb                         | string  | {"b": "x"}
                    ARRAY[1, 2]                                | string  | "{1,2}"
                    '7d444840-9dc0-11d1-b245-5ffdce74fad2'::uuid | string | "7d444840-9dc0-11d1-b245-5ffdce74fad2"
                    '\\x00ff'::bytea                           | string  | "\\\\x00ff"
                    '10.0.0.0/8'::inet                         | string  | "10.0.0.0/8"
                    12.5::money                                | string  | "$12.50"
                    """)
    void aValueOfEachTypeComesAsClientsOfCubeKnowIt(String value, String type, String json) {
        try (Bench bench =
                new Bench(
                        WAREHOUSE,
                        MODEL.replace("ITSELF", value.replace("\\", "\\\\").replace("\"", "\\\""))
                                .replace("TYPE", type))) {
            Bench.Asked asked =
                    bench.ask(
                            "{\"dimensions\":[\"v.id\",\"v.it\"],\"order\":{\"v.id\":\"asc\"},\"ungrouped\":true}");
            String text = text(asked);

            assertThat(text)
                    .isEqualTo(
                            "[{\"v.id\":1,\"v.it\":%s},{\"v.id\":2,\"v.it\":null}]"
                                    .formatted(json));
        }
    }

    private static String text(Bench.Asked asked) {
        try {
            return Bench.text(asked.results().queries().getFirst().json());
        } catch (Exception e) {
            throw new AssertionError(e);
        } finally {
            asked.run().end();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"measures":["s.amount","s.count"],"dimensions":["s.kind"],"order":[["s.kind","asc"]]}
                    {"measures":["s.amount"],"dimensions":["s.kind"],"timeDimensions":[{"dimension":"s.at","granularity":"day"}],"order":[["s.at","asc"],["s.kind","asc"]]}
                    {"measures":["s.amount"],"dimensions":["s.at"],"timeDimensions":[{"dimension":"s.at","granularity":"month"}],"order":[["s.at","asc"]]}
                    {"measures":["s.count"],"filters":[{"member":"s.kind","operator":"equals","values":["99"]}],"dimensions":["s.kind"]}
                    {"measures":["s.count"]}
                    """)
    void theThreeFormsTellTheSame(String query) {
        List<List<String>> objects = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        JsonNode plain = SOLD.data(query);
        for (JsonNode row : plain.valueStream().toList()) {
            keys = new ArrayList<>(row.propertyNames());
            objects.add(row.valueStream().map(JsonNode::toString).toList());
        }
        JsonNode compact = SOLD.data(withForm(query, "compact"));
        JsonNode columnar = SOLD.data(withForm(query, "columnar"));

        List<List<String>> arrays =
                compact.path("dataset")
                        .valueStream()
                        .map(row -> row.valueStream().map(JsonNode::toString).toList())
                        .toList();
        assertThat(arrays).isEqualTo(objects);
        assertThat(transposed(columnar.path("columns"))).isEqualTo(objects);
        assertThat(columnar.path("members")).isEqualTo(compact.path("members"));
        if (!objects.isEmpty()) {
            assertThat(compact.path("members").valueStream().map(JsonNode::asString).toList())
                    .isEqualTo(keys);
        }
    }

    private static String withForm(String query, String form) {
        return query.replaceFirst("\\{", "{\"responseFormat\":\"" + form + "\",");
    }

    private static List<List<String>> transposed(JsonNode columns) {
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < columns.path(0).size(); i++) {
            List<String> row = new ArrayList<>();
            for (JsonNode column : columns.valueStream().toList()) {
                row.add(column.get(i).toString());
            }
            rows.add(row);
        }
        return rows;
    }

    @Test
    void aTimeThatIsCutStandsUnderItsPlainNameToo() {
        JsonNode row =
                SOLD.data(
                                """
                                {"measures":["s.count"],"timeDimensions":[{"dimension":"s.at","granularity":"month"}],
                                 "timezone":"America/New_York"}
                                """)
                        .path(0);

        assertThat(row.path("s.at.month").asString()).isEqualTo("2026-01-01T00:00:00.000");
        assertThat(row.path("s.at")).isEqualTo(row.path("s.at.month"));
    }

    @Test
    void comparedRangesAreNamedInEachRow() throws Exception {
        Bench.Asked asked =
                SOLD.ask(
                        """
                        {"measures":["s.count"],"timeDimensions":[{"dimension":"s.at",
                         "compareDateRange":[["2026-01-31","2026-01-31"],"2026-02-01"]}]}
                        """);
        Results results = asked.results();

        assertThat(Bench.text(results.queries().get(0).json()))
                .isEqualTo(
                        "[{\"s.count\":\"2\",\"compareDateRange\":\"2026-01-31T00:00:00.000 -"
                                + " 2026-01-31T23:59:59.999\"}]");
        assertThat(Bench.text(results.queries().get(1).json()))
                .contains("2026-02-01T00:00:00.000 - 2026-02-01T23:59:59.999");
        asked.run().end();
    }

    @Test
    void blendedQueriesShareATimeUnderOneName() throws Exception {
        String query =
                "{\"measures\":[\"s.count\"],\"timeDimensions\":[{\"dimension\":\"s.at\",\"granularity\":\"year\"}]}";
        Bench.Asked asked = SOLD.ask("[" + query + "," + query + "]");
        for (ResultRows rows : asked.results().queries()) {
            assertThat(Bench.text(rows.json()))
                    .isEqualTo(
                            "[{\"s.at.year\":\"2026-01-01T00:00:00.000\",\"s.at\":\"2026-01-01T00:00:00.000\",\"s.count\":\"40\",\"time.year\":\"2026-01-01T00:00:00.000\"}]");
        }
        asked.run().end();
    }
}
