package dev.millrace.transform.landing;

import static dev.millrace.transform.landing.ChangeStage.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.landing.ChangeStage.Written;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.Collectors;

/** Changes with the schema of Kafka Connect beside them. */
class ConnectSchemaTest {

    /** Name, type, type's name, parameters, value, what it is in the warehouse. */
    private record Field(
            String name, String type, String logical, String value, String column, String there) {}

    private static final List<Field> FIELDS =
            List.of(
                    new Field("id", "int32", "", "1", "bigint", "1"),
                    new Field(
                            "big",
                            "int64",
                            "",
                            "9223372036854775807",
                            "bigint",
                            "9223372036854775807"),
                    new Field("whole", "double", "", "3", "double precision", "3"),
                    new Field("nan", "double", "", "\"NaN\"", "double precision", "NaN"),
                    new Field("inf", "float", "", "\"-Infinity\"", "double precision", "-Infinity"),
                    new Field("flag", "boolean", "", "true", "boolean", "t"),
                    new Field("word", "string", "", "\"2026-01-02\"", "text", "2026-01-02"),
                    new Field("raw", "bytes", "", "\"AP8=\"", "bytea", "\\x00ff"),
                    new Field("items", "array", "", "[1,\"a\"]", "jsonb", "[1, \"a\"]"),
                    new Field(
                            "price",
                            "bytes",
                            "org.apache.kafka.connect.data.Decimal\",\"parameters\":{\"scale\":\"2\"}"
                                + ",\"x\":\"",
                            "\"BM4=\"",
                            "numeric",
                            "12.30"),
                    new Field(
                            "cday",
                            "int32",
                            "org.apache.kafka.connect.data.Date",
                            "20512",
                            "date",
                            "2026-02-28"),
                    new Field(
                            "ctime",
                            "int32",
                            "org.apache.kafka.connect.data.Time",
                            "1500",
                            "time without time zone",
                            "00:00:01.5"),
                    new Field(
                            "cts",
                            "int64",
                            "org.apache.kafka.connect.data.Timestamp",
                            "1767323045123",
                            "timestamp without time zone",
                            "2026-01-02 03:04:05.123"),
                    new Field("d", "int32", "io.debezium.time.Date", "20512", "date", "2026-02-28"),
                    new Field(
                            "ms",
                            "int64",
                            "io.debezium.time.Timestamp",
                            "1767323045123",
                            "timestamp without time zone",
                            "2026-01-02 03:04:05.123"),
                    new Field(
                            "us",
                            "int64",
                            "io.debezium.time.MicroTimestamp",
                            "1767323045123456",
                            "timestamp without time zone",
                            "2026-01-02 03:04:05.123456"),
                    new Field(
                            "ns",
                            "int64",
                            "io.debezium.time.NanoTimestamp",
                            "1767323045123456789",
                            "timestamp without time zone",
                            "2026-01-02 03:04:05.123456"),
                    new Field(
                            "tz",
                            "string",
                            "io.debezium.time.ZonedTimestamp",
                            "\"2026-01-02T03:04:05+01:00\"",
                            "timestamp with time zone",
                            "2026-01-02 02:04:05+00"),
                    new Field(
                            "t",
                            "int32",
                            "io.debezium.time.Time",
                            "11045500",
                            "time without time zone",
                            "03:04:05.5"),
                    new Field(
                            "tus",
                            "int64",
                            "io.debezium.time.MicroTime",
                            "11045500000",
                            "time without time zone",
                            "03:04:05.5"),
                    new Field(
                            "iv",
                            "int64",
                            "io.debezium.time.MicroDuration",
                            "93784000000",
                            "bigint",
                            "93784000000"),
                    new Field(
                            "j",
                            "string",
                            "io.debezium.data.Json",
                            "\"{\\\"a\\\": [1]}\"",
                            "jsonb",
                            "{\"a\": [1]}"),
                    new Field("scalar", "string", "io.debezium.data.Json", "\"7\"", "jsonb", "7"),
                    new Field(
                            "u",
                            "string",
                            "io.debezium.data.Uuid",
                            "\"0195c0de-0000-7000-8000-000000000001\"",
                            "uuid",
                            "0195c0de-0000-7000-8000-000000000001"),
                    new Field("m", "string", "io.debezium.data.Enum", "\"happy\"", "text", "happy"),
                    new Field(
                            "bits",
                            "bytes",
                            "io.debezium.data.Bits\",\"parameters\":{\"length\":\"10\"},\"x\":\"",
                            "\"BQI=\"",
                            "text",
                            "1000000101"),
                    new Field(
                            "any",
                            "struct",
                            "io.debezium.data.VariableScaleDecimal",
                            "{\"scale\":3,\"value\":\"AeJA\"}",
                            "numeric",
                            "123.456"),
                    new Field(
                            "geo",
                            "struct",
                            "io.debezium.data.geometry.Point",
                            "{\"x\":1.5,\"y\":2}",
                            "jsonb",
                            "{\"x\": 1.5, \"y\": 2}"));

    @Test
    void eachTypeLandsAsWhatItMeans() {
        try (ChangeStage stage = new ChangeStage("format: debezium")) {
            stage.stage.sql.sql("SET timezone = 'UTC'").update();
            stage.land(envelope(1, values(1)), envelope(2, values(2)), envelope(3, nulls(3)));

            assertThat(stage.quarantined()).isEmpty();
            for (Field field : FIELDS.subList(1, FIELDS.size())) {
                String told =
                        stage.one(
                                """
                                SELECT format_type(a.atttypid, NULL) || ' ' || string_agg(
                                  CASE WHEN a.atttypid = 'timestamptz'::regtype
                                    THEN (r.%1$s::text::timestamptz AT TIME ZONE 'UTC')::text
                                      || '+00'
                                    ELSE r.%1$s::text END, ',' ORDER BY id)
                                FROM pg_attribute a, $S.row r
                                WHERE attrelid = '$S.row'::regclass AND attname = '%1$s'
                                GROUP BY 1, a.atttypid\
                                """
                                        .formatted(field.name())
                                        .replace("GROUP BY 1, a.atttypid", "GROUP BY a.atttypid"));
                String there = field.there().equals("t") ? "true" : field.there();
                assertThat(told)
                        .as(field.name())
                        .isEqualTo(field.column() + " " + there + "," + there);
            }
        }
    }

    @Test
    void recordsWithAndWithoutASchemaAreToldApart() {
        try (ChangeStage stage = new ChangeStage("format: debezium")) {
            String schema = schema();
            stage.land(
                    envelope(1, values(1)),
                    ChangeStage.change("c", 2, 20, "{\"id\":2,\"word\":\"plain\"}"),
                    record(
                            key(3),
                            "{\"schema\":%s,\"payload\":%s}"
                                    .formatted(rowSchema("row"), values(3))),
                    record(
                            key(4),
                            " {\n\"payload\": %s, \"schema\": %s}"
                                    .formatted(payload(4, values(4)), schema)),
                    record(key(5), "{\"schema\":%s,\"payload\":null}".formatted(schema)),
                    record(key(6), "{\"schema\":\"mine\",\"payload\":\"too\",\"id\":6}"));

            assertThat(stage.quarantined()).isEmpty();
            assertThat(
                            stage.rows(
                                    "SELECT concat_ws('|', id, word, schema) FROM $S.row ORDER BY"
                                            + " id"))
                    .containsExactly(
                            "1|2026-01-02", "2|plain", "3|2026-01-02", "4|2026-01-02", "6|mine");
            assertThat(stage.rows("SELECT _mr_id FROM $S.row ORDER BY 1"))
                    .containsExactly("1", "2", "3", "4", "6");
        }
    }

    @Test
    void aValueThatIsNotWhatItsSchemaSaysGoesToAVariant() {
        try (ChangeStage stage = new ChangeStage("format: debezium")) {
            stage.land(
                    envelope(1, values(1)),
                    envelope(2, values(2).replace("\"AP8=\"", "\"not base64\"")));

            assertThat(
                            stage.rows(
                                    "SELECT concat_ws('|', raw, raw__v_text) FROM $S.row ORDER BY"
                                            + " id"))
                    .containsExactly("\\x00ff", "not base64");
        }
    }

    @Test
    void recordsThatEndTooEarlyOrTooLateAreMalformed() {
        try (ChangeStage stage = new ChangeStage("format: debezium")) {
            Written good = envelope(1, values(1));
            String value = String.valueOf(good.value());
            stage.land(
                    good,
                    record(key(2), value.substring(0, value.length() - 1)),
                    record(key(3), value + "}"),
                    record(key(4), value.substring(0, value.length() / 2)));

            assertThat(stage.rows("SELECT _mr_id FROM $S.row")).containsExactly("1");
            assertThat(stage.quarantined()).hasSize(3);
        }
    }

    private static Written envelope(int id, String after) {
        return record(
                key(id), "{\"schema\":%s,\"payload\":%s}".formatted(schema(), payload(id, after)));
    }

    private static String key(int id) {
        return """
        {"schema":{"type":"struct","fields":[{"type":"int32","field":"id"}]},"payload":{"id":%d}}\
        """
                .formatted(id);
    }

    private static String payload(int id, String after) {
        return """
        {"before":null,"after":%s,"source":{"connector":"postgresql","ts_ms":1700000000000,
        "lsn":%d},"op":"c","ts_ms":1}\
        """
                .formatted(after, 10 + id);
    }

    private static String schema() {
        return """
        {"type":"struct","fields":[%s,%s,{"type":"string","field":"op"}],"name":"Envelope"}\
        """
                .formatted(rowSchema("before"), rowSchema("after"));
    }

    private static String rowSchema(String field) {
        return "{\"type\":\"struct\",\"fields\":[%s],\"field\":\"%s\"}"
                .formatted(
                        FIELDS.stream()
                                .map(
                                        f ->
                                                "{\"type\":\"%s\"%s,\"field\":\"%s\"}"
                                                        .formatted(
                                                                f.type(),
                                                                f.logical().isEmpty()
                                                                        ? ""
                                                                        : ",\"name\":\""
                                                                                + f.logical()
                                                                                + "\"",
                                                                f.name()))
                                .collect(Collectors.joining(",")),
                        field);
    }

    private static String values(int id) {
        return FIELDS.stream()
                .map(f -> "\"%s\":%s".formatted(f.name(), f.name().equals("id") ? id : f.value()))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String nulls(int id) {
        return FIELDS.stream()
                .map(f -> "\"%s\":%s".formatted(f.name(), f.name().equals("id") ? id : "null"))
                .collect(Collectors.joining(",", "{", "}"));
    }
}
