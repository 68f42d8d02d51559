package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** What readers of files find, compared with what the same query answers as JSON. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExportedValuesTest {

    private static final int ROWS = 400;

    /** Columns of all kinds, and how random values of them are written; null is added to each. */
    private static final List<Kind> KINDS =
            List.of(
                    new Kind("small", "smallint", r -> "" + (short) r.nextInt()),
                    new Kind("whole", "integer", r -> "" + r.nextInt()),
                    new Kind(
                            "big",
                            "bigint",
                            r -> "" + r.nextLong(),
                            "9223372036854775807",
                            "-9223372036854775808"),
                    new Kind(
                            "price",
                            "numeric(12,2)",
                            r ->
                                    ""
                                            + BigDecimal.valueOf(
                                                    r.nextLong(-999_999_999_999L, 999_999_999_999L),
                                                    2),
                            "NaN",
                            "0.01",
                            "-0.01",
                            "9999999999.99"),
                    new Kind(
                            "cents",
                            "numeric(9,0)",
                            r -> "" + r.nextInt(-999_999_999, 999_999_999),
                            "999999999",
                            "NaN"),
                    new Kind(
                            "wide",
                            "numeric(38,10)",
                            r -> "" + new BigDecimal(new BigInteger(120, r), 10),
                            "9999999999999999999999999999.9999999999",
                            "-9999999999999999999999999999.9999999999"),
                    new Kind(
                            "huge",
                            "numeric(60,5)",
                            r -> "" + new BigDecimal(new BigInteger(170, r), 5)),
                    new Kind("rounded", "numeric(5,-2)", r -> r.nextInt(99_999) + "00"),
                    new Kind("fine", "numeric(3,5)", r -> "0.00" + r.nextInt(100, 999)),
                    new Kind(
                            "free",
                            "numeric",
                            r -> "" + new BigDecimal(new BigInteger(90, r), r.nextInt(30)),
                            "1e300",
                            "NaN",
                            "Infinity",
                            "-Infinity",
                            "0.1"),
                    new Kind(
                            "short",
                            "real",
                            r -> "" + Float.intBitsToFloat(r.nextInt()),
                            "NaN",
                            "-Infinity",
                            "1e-40"),
                    new Kind(
                            "long",
                            "float8",
                            r -> "" + Double.longBitsToDouble(r.nextLong()),
                            "NaN",
                            "Infinity",
                            "-0.0",
                            "5e-324",
                            "1e21"),
                    new Kind("yes", "boolean", r -> "" + r.nextBoolean()),
                    new Kind(
                            "text",
                            "text",
                            ExportedValuesTest::text,
                            "",
                            " ",
                            "\"",
                            "\r\n",
                            ",",
                            "😀 ✓ ü",
                            "=1+1",
                            "NULL"),
                    new Kind("bits", "bit(1)", r -> r.nextBoolean() ? "1" : "0"),
                    new Kind("many", "varbit", r -> Integer.toBinaryString(r.nextInt(64))),
                    new Kind(
                            "json",
                            "jsonb",
                            r -> "{\"a\": [" + r.nextInt() + ", null, \"x,\\\"y\\\"\"]}",
                            "null",
                            "\"\""),
                    new Kind(
                            "key",
                            "uuid",
                            r -> "%08x-0000-4000-8000-000000000000".formatted(r.nextInt())),
                    new Kind("list", "text[]", r -> "{a,\"b,c\"," + r.nextInt() + "}"),
                    new Kind("money", "money", r -> "" + BigDecimal.valueOf(r.nextInt(), 2)),
                    new Kind("span", "interval", r -> r.nextInt(1000) + " days 01:02:03"),
                    new Kind(
                            "day",
                            "date",
                            r -> "%04d-01-31".formatted(r.nextInt(1, 9999)),
                            "infinity",
                            "-infinity",
                            "0044-03-15 BC",
                            "5874897-12-31",
                            "4714-11-24 BC",
                            "1969-12-31"),
                    new Kind(
                            "local",
                            "timestamp",
                            ExportedValuesTest::time,
                            "infinity",
                            "-infinity",
                            "0044-03-15 12:00:00.000001 BC",
                            "294276-12-31 23:59:59.999999",
                            "4714-11-24 00:00:00 BC",
                            "1969-12-31 23:59:59.999999",
                            "200000-01-01 00:00:00.5"),
                    new Kind(
                            "at",
                            "timestamptz",
                            r -> time(r) + "+05:30",
                            "infinity",
                            "-infinity",
                            "0001-01-01 00:00:00+00",
                            "0001-12-31 23:59:59.9+00 BC",
                            "294276-12-31 23:59:59.999999+00"));

    private static final Set<String> FLOATS = Set.of("v.short", "v.long");

    private static final String QUERY =
            "{\"dimensions\":[\"v.id\",%s],\"order\":[[\"v.id\",\"asc\"]],\"ungrouped\":true,\"limit\":1000}"
                    .formatted(
                            String.join(
                                    ",", KINDS.stream().map(k -> "\"v." + k.name + "\"").toList()));

    private final TestWarehouse warehouse = TestWarehouse.create();
    private RunningService service;
    private ExportClient client;

    /** What PostgreSQL itself says of times, as days or microseconds since 1970, and of JSON. */
    private final List<Map<String, @Nullable String>> truth = new ArrayList<>();

    private static final class Kind {
        private final String name;
        private final String type;
        private final Values values;
        private final List<String> edges;

        Kind(String name, String type, Values values, String... edges) {
            this.name = name;
            this.type = type;
            this.values = values;
            this.edges = List.of(edges);
        }

        @Nullable String value(Random random, int row) {
            if (row < edges.size()) {
                return edges.get(row);
            }
            return random.nextInt(6) == 0 ? null : values.next(random);
        }
    }

    @FunctionalInterface
    private interface Values {
        String next(Random random);
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            int point = random.nextInt(1, random.nextBoolean() ? 128 : 0x11_0000);
            text.appendCodePoint(point >= 0xd800 && point <= 0xdfff ? 'x' : point);
        }
        return text.toString();
    }

    private static String time(Random random) {
        return "%04d-%02d-%02d %02d:%02d:%02d.%06d"
                .formatted(
                        random.nextInt(1, 9999),
                        random.nextInt(1, 13),
                        random.nextInt(1, 29),
                        random.nextInt(24),
                        random.nextInt(60),
                        random.nextInt(60),
                        random.nextInt(1_000_000));
    }

    @BeforeAll
    void serve(@TempDir Path project) throws SQLException {
        long seed = new Random().nextLong();
        System.out.println("values by seed " + seed);
        land(new Random(seed));
        StringBuilder model =
                new StringBuilder(
                        """
                        cubes:
                          - name: v
                            sql_table: shapes.v
                            dimensions:
                              - {name: id, sql: id, type: number, primary_key: true, public: true}
                        """);
        for (Kind kind : KINDS) {
            model.append(
                    "      - {name: %1$s, sql: \"{CUBE}.%2$s\", type: %3$s, title: \"The %1$s\"}%n"
                            .formatted(
                                    kind.name,
                                    "\\\"" + kind.name + "\\\"",
                                    isTime(kind.type) ? "time" : "string"));
        }
        model.append(
                """
                    measures:
                      - {name: count, type: count}
                      - {name: total, sql: big, type: sum, description: All of it, format: currency}
                      - {name: exact, type: number, sql: "({total})::numeric(38,2)"}
                """);
        RunningService.writeModel(project, model.toString());
        service = RunningService.start(warehouse, project);
        client = new ExportClient(service);
    }

    private static boolean isTime(String type) {
        return type.equals("date") || type.startsWith("timestamp");
    }

    private void land(Random random) throws SQLException {
        String columns =
                String.join(", ", KINDS.stream().map(k -> quoted(k.name) + " " + k.type).toList());
        try (Connection owner = warehouse.ownerConnection();
                Statement statement = owner.createStatement()) {
            statement.execute("CREATE SCHEMA shapes");
            statement.execute("CREATE TABLE shapes.v (id int PRIMARY KEY, " + columns + ")");
            statement.execute("GRANT USAGE ON SCHEMA shapes TO " + Role.READER.roleName());
            statement.execute("GRANT SELECT ON shapes.v TO " + Role.READER.roleName());
            try (PreparedStatement insert =
                    owner.prepareStatement(
                            "INSERT INTO shapes.v VALUES (?" + ", ?".repeat(KINDS.size()) + ")")) {
                for (int row = 0; row < ROWS; row++) {
                    insert.setInt(1, row);
                    for (int i = 0; i < KINDS.size(); i++) {
                        insert.setObject(i + 2, KINDS.get(i).value(random, row), Types.OTHER);
                    }
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            try (ResultSet rows =
                    statement.executeQuery(
                            """
                            SELECT CASE WHEN isfinite(day) THEN day - date '1970-01-01' END AS day,
                              CASE WHEN isfinite(local) THEN (extract(epoch FROM local) * 1000000)::numeric(30) END AS local,
                              CASE WHEN isfinite(at) THEN (extract(epoch FROM at) * 1000000)::numeric(30) END AS at,
                              json::text AS json
                            FROM shapes.v ORDER BY id
                            """)) {
                while (rows.next()) {
                    Map<String, @Nullable String> row = new HashMap<>();
                    for (String column : List.of("day", "local", "at", "json")) {
                        row.put("v." + column, rows.getString(column));
                    }
                    truth.add(row);
                }
            }
        }
    }

    private static String quoted(String name) {
        return "\"" + name + "\"";
    }

    @AfterAll
    void stop() {
        if (service != null) {
            service.close();
        }
    }

    private ExportedRows read(String query, String accept) throws IOException {
        HttpResponse<byte[]> answer = client.load(query, accept);
        assertThat(answer.statusCode())
                .as(new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo(200);
        return switch (accept) {
            case ExportClient.CSV -> ExportedRows.csv(answer.body());
            case ExportClient.ARROW -> ExportedRows.arrow(answer.body());
            default -> ExportedRows.parquet(answer.body());
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {ExportClient.CSV, ExportClient.ARROW, ExportClient.PARQUET})
    void everyValueIsWhatTheAnswerAsJsonHas(String form) throws IOException {
        List<JsonNode> expected = service.load(QUERY).data().valueStream().toList();

        List<Map<String, @Nullable Object>> rows = read(QUERY, form).rows();

        assertThat(expected).hasSize(ROWS);
        assertThat(rows).hasSize(ROWS);
        for (int row = 0; row < ROWS; row++) {
            assertThat(rows.get(row).keySet())
                    .containsExactlyElementsOf(expected.get(row).propertyNames());
            for (Map.Entry<String, JsonNode> field : expected.get(row).properties()) {
                String column = field.getKey();
                assertThat(found(column, rows.get(row).get(column)))
                        .as("%s of row %d", column, row)
                        .isEqualTo(expected(column, field.getValue(), form, row));
            }
        }
    }

    /** A value in words that do not depend on the reader. */
    private static @Nullable String found(String column, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        String text = value instanceof BigDecimal number ? number.toPlainString() : "" + value;
        return FLOATS.contains(column) ? floating(column, text) : text;
    }

    /** JSON knows no infinity, and other forms do. */
    private static @Nullable String floating(String column, String text) {
        double value = column.equals("v.short") ? Float.parseFloat(text) : Double.parseDouble(text);
        return Double.isFinite(value) ? "" + (value == 0 ? 0 : value) : null;
    }

    private @Nullable String expected(String column, JsonNode json, String form, int row) {
        boolean csv = form.equals(ExportClient.CSV);
        if (column.equals("v.json")) {
            return truth.get(row).get(column);
        }
        if (!csv && truth.get(row).containsKey(column)) {
            String number = truth.get(row).get(column);
            return number == null || new BigInteger(number).bitLength() >= 64 ? null : number;
        }
        if (json.isNull()) {
            return null;
        }
        String text = json.asString();
        if (FLOATS.contains(column)) {
            return floating(column, text);
        }
        if (column.equals("v.free")) {
            return csv ? text : "" + Double.parseDouble(text);
        }
        return !csv && text.equals("NaN") ? null : text;
    }

    @Test
    void typesAreThoseOfTheWarehouse() throws IOException {
        assertThat(read(QUERY, ExportClient.ARROW).types())
                .containsEntry("v.id", "Int(32, true)")
                .containsEntry("v.small", "Int(32, true)")
                .containsEntry("v.big", "Int(64, true)")
                .containsEntry("v.price", "Decimal(12, 2, 128)")
                .containsEntry("v.wide", "Decimal(38, 10, 128)")
                .containsEntry("v.rounded", "Decimal(7, 0, 128)")
                .containsEntry("v.fine", "Decimal(5, 5, 128)")
                .containsEntry("v.huge", "Utf8")
                .containsEntry("v.free", "FloatingPoint(DOUBLE)")
                .containsEntry("v.short", "FloatingPoint(SINGLE)")
                .containsEntry("v.long", "FloatingPoint(DOUBLE)")
                .containsEntry("v.yes", "Bool")
                .containsEntry("v.bits", "Utf8")
                .containsEntry("v.json", "Utf8")
                .containsEntry("v.money", "Utf8")
                .containsEntry("v.day", "Date(DAY)")
                .containsEntry("v.local", "Timestamp(MICROSECOND, null)")
                .containsEntry("v.at", "Timestamp(MICROSECOND, UTC)");
    }

    @Test
    void fieldsTellWhatTheModelSaysOfThem() throws IOException {
        Map<String, String> notes =
                read("{\"measures\":[\"v.total\"]}", ExportClient.ARROW).notes().get("v.total");

        assertThat(notes)
                .containsEntry("title", "V Total")
                .containsEntry("type", "number")
                .containsEntry("format", "currency")
                .containsEntry("description", "All of it")
                .containsEntry("postgres", "numeric");
    }

    @Test
    void aSumIsAFloatingPointNumberAndADecimalWhereTheModelSaysHowWide() throws IOException {
        String query = "{\"measures\":[\"v.total\",\"v.exact\",\"v.count\"]}";
        String exact = service.load(query).data().path(0).path("v.exact").asString();

        for (String form : List.of(ExportClient.ARROW, ExportClient.PARQUET)) {
            Map<String, @Nullable Object> row = read(query, form).rows().getFirst();
            assertThat(row)
                    .containsEntry("v.total", Double.parseDouble(exact))
                    .containsEntry("v.exact", new BigDecimal(exact))
                    .containsEntry("v.count", (long) ROWS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ExportClient.CSV, ExportClient.ARROW, ExportClient.PARQUET})
    void aResultWithoutRowsHasItsColumns(String form) throws IOException {
        ExportedRows none =
                read(
                        "{\"dimensions\":[\"v.id\",\"v.text\"],\"filters\":[{\"member\":\"v.id\",\"operator\":\"equals\",\"values\":[\"-1\"]}]}",
                        form);

        assertThat(none.rows()).isEmpty();
        assertThat(none.types().keySet()).containsExactly("v.id", "v.text");
    }

    @Test
    void timesThatAreCutAreLocalOnes() throws IOException {
        String query =
                "{\"measures\":[\"v.count\"],\"timezone\":\"Asia/Tokyo\",\"timeDimensions\":[{\"dimension\":\"v.at\",\"granularity\":\"month\",\"dateRange\":[\"1500-01-01\",\"2500-01-01\"]}]}";

        assertThat(read(query, ExportClient.ARROW).types())
                .containsEntry("v.at.month", "Timestamp(MICROSECOND, null)")
                .containsEntry("v.at", "Timestamp(MICROSECOND, null)");
        assertThat(read(query, ExportClient.PARQUET).types().get("v.at.month"))
                .isEqualTo("INT64 TIMESTAMP(MICROS, local)");
        assertThat(
                        read(query, ExportClient.CSV).rows().stream()
                                .map(row -> row.get("v.at.month"))
                                .toList())
                .isEqualTo(
                        service.load(query)
                                .data()
                                .valueStream()
                                .map(row -> row.path("v.at.month").asString())
                                .toList());
    }
}
