package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Instant;

/** What becomes of records whose stream has a contract. */
class ContractTest {

    private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");

    /** For the cases of tables, each of which has a column of its own. */
    private static final LandingStage shared = new LandingStage();

    private static int cases;

    @AfterAll
    static void end() {
        shared.close();
    }

    private static String contract(String properties) {
        return """
        apiVersion: v3.1.0
        kind: DataContract
        id: c1
        version: 1.2.0
        status: active
        schema: [{name: %s, properties: [%s]}]
        """
                .formatted("click", properties);
    }

    private static LandingStage stage(String properties) {
        LandingStage stage = new LandingStage();
        hold(stage, properties);
        return stage;
    }

    private static void hold(LandingStage stage, String properties) {
        stage.contract(
                "{name: %s, type: kafka, streams: [{name: click, topic: %s, id: cid, contract: contracts/c.yaml}]}"
                        .formatted(stage.source, stage.clicks()),
                contract(properties));
    }

    private static LandingStage segment(String stream, String properties) {
        LandingStage stage = new LandingStage();
        stage.contract(
                "{name: %s, type: segment, write_key: k, streams: [{name: %s, contract: contracts/c.yaml}]}"
                        .formatted(stage.source, stream),
                contract(properties));
        return stage;
    }

    private static String detail(LandingStage stage) {
        return stage.one(
                """
                SELECT concat_ws('|', reason, column_name, detail)
                FROM transform.quarantine WHERE source = '$S' ORDER BY id\
                """);
    }

    /** Why the one record with something wrong in a column is in quarantine. */
    private static String detail(LandingStage stage, String column) {
        String detail =
                stage.one(
                        """
                        SELECT concat_ws('|', reason, detail) FROM transform.quarantine
                        WHERE column_name = '%s'\
                        """
                                .formatted(column));
        assertThat(detail).startsWith("[contract_violation|contracts/c.yaml, version 1.2.0: ");
        return detail;
    }

    private static String type(LandingStage stage, String column) {
        return stage.one(
                """
                SELECT data_type FROM information_schema.columns
                WHERE table_schema = '$S' AND table_name = 'click' AND column_name = '%s'\
                """
                        .formatted(column));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    logicalType: string                                      | "ann"                       | text                        | ann                    | 5                        | logicalType string: found 5
                    logicalType: string                                      | "2026-01-01"                | text                        | 2026-01-01             | true                     | logicalType string: found true
                    logicalType: integer                                     | 5                           | bigint                      | 5                      | "5"                      | logicalType integer: found '5'
                    logicalType: integer                                     | 2.0                         | bigint                      | 2                      | 2.5                      | logicalType integer: found 2.5
                    `logicalType: integer, logicalTypeOptions: {format: u64}` | 18446744073709551615       | numeric                     | 18446744073709551615   | 18446744073709551616     | found 18446744073709551616
                    `logicalType: number, physicalType: text, logicalTypeOptions: {minimum: 0}` | "12.50"  | text                        | 12.50                  | "-5"                     | minimum 0
                    logicalType: number                                      | 5                           | numeric                     | 5                      | "12.50"                  | logicalType number: found '12.50'
                    `logicalType: number, physicalType: text`                | "12.50"                     | text                        | 12.50                  | "many"                   | logicalType number, physicalType text: found 'many'
                    `logicalType: string, physicalType: numeric`             | "12.50"                     | numeric                     | 12.50                  | "many"                   | logicalType string, physicalType numeric: found 'many'
                    `logicalType: number, physicalType: double precision`    | 0.5                         | double precision            | 0.5                    | "x"                      | found 'x'
                    logicalType: boolean                                     | true                        | boolean                     | true                   | "true"                   | logicalType boolean: found 'true'
                    logicalType: date                                        | "2026-02-28"                | date                        | 2026-02-28             | "2026-02-30"             | logicalType date: found '2026-02-30'
                    logicalType: date                                        | "2026-02-28"                | date                        | 2026-02-28             | 1767225600               | logicalType date: found 1767225600
                    `logicalType: date, logicalTypeOptions: {format: dd.MM.yyyy}` | "28.02.2026"           | date                        | 2026-02-28             | "2026-02-28"             | format dd.MM.yyyy: found '2026-02-28'
                    logicalType: timestamp                                   | "2026-02-28T01:02:03+01:00" | timestamp with time zone    | 2026-02-28 00:02:03+00 | "2026-02-28"             | logicalType timestamp: found '2026-02-28'
                    logicalType: timestamp                                   | "2026-02-28T01:02:03Z"      | timestamp with time zone    | 2026-02-28 01:02:03+00 | 1767225600               | logicalType timestamp: found 1767225600
                    logicalType: timestamp                                   | "2026-02-28T01:02:03Z"      | timestamp with time zone    | 2026-02-28 01:02:03+00 | "2026-02-28T01:02:03"    | logicalType timestamp: found '2026-02-28T01:02:03'
                    `logicalType: timestamp, logicalTypeOptions: {timezone: false}` | "2026-02-28T01:02:03.5" | timestamp without time zone | 2026-02-28 01:02:03.5 | "2026-02-28T01:02:03Z"  | logicalType timestamp: found '2026-02-28T01:02:03Z'
                    `logicalType: timestamp, logicalTypeOptions: {defaultTimezone: Europe/Berlin}` | "2026-02-28T01:02:03" | timestamp with time zone | 2026-02-28 00:02:03+00 | "now"          | logicalType timestamp: found 'now'
                    `logicalType: timestamp, logicalTypeOptions: {format: "yyyy-MM-dd HH:mm:ss"}` | "2026-02-28 01:02:03" | timestamp without time zone | 2026-02-28 01:02:03 | "2026-02-28T01:02:03Z" | format yyyy-MM-dd HH:mm:ss: found
                    logicalType: time                                        | "10:11:12.5"                | time without time zone      | 10:11:12.5             | "25:00:00"               | logicalType time: found '25:00:00'
                    `logicalType: string, physicalType: uuid`                | "0195C0DE-0000-7000-8000-00000000000a" | uuid             | 0195c0de-0000-7000-8000-00000000000a | "x"        | physicalType uuid: found 'x'
                    `logicalType: string, physicalType: bytea`               | "AP8="                      | bytea                       | \\x00ff                | "?"                      | physicalType bytea: found '?'
                    logicalType: array                                       | [1, 2]                      | jsonb                       | [1, 2]                 | {"a": 1}                 | logicalType array: found
                    logicalType: object                                      | {"a": {"b": 1}}             | jsonb                       | {"a": {"b": 1}}        | [1]                      | logicalType object: found [1]
                    physicalType: timestamptz                                | "2026-02-28T01:02:03Z"      | timestamp with time zone    | 2026-02-28 01:02:03+00 | "soon"                   | physicalType timestamptz: found 'soon'
                    """)
    void aValueLandsAsItsDeclaredTypeAndAnotherIsQuarantined(
            String property,
            String good,
            String type,
            String landed,
            String bad,
            String complaint) {
        String v = "v" + ++cases;
        hold(shared, "{name: " + v + ", " + property + "}");
        shared.land(
                "{\"%s\": %s}".formatted(v, good),
                "{\"%s\": %s}".formatted(v, bad),
                "{\"other\": \"%s\"}".formatted(v));

        assertThat(type(shared, v)).isEqualTo("[" + type + "]");
        assertThat(
                        shared.one(
                                """
                                SELECT %1$s::text
                                FROM (SELECT set_config('timezone', 'UTC', false)) z, $S.click
                                WHERE %1$s IS NOT NULL\
                                """
                                        .formatted(v)))
                .isEqualTo("[" + landed + "]");
        assertThat(shared.one("SELECT count(*) FROM $S.click WHERE other = '%s'".formatted(v)))
                .isEqualTo("[1]");
        assertThat(detail(shared, v)).contains(": " + v + ": ").contains(complaint);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    `logicalType: string, required: true`                                | ""                | null           | v: required: there is no value
                    `logicalType: string, logicalTypeOptions: {minLength: 2}`            | "😀😀"            | "😀"           | v: minLength 2: found '😀'
                    `logicalType: string, logicalTypeOptions: {maxLength: 2}`            | "😀😀"            | "abc"          | v: maxLength 2: found 'abc'
                    `logicalType: string, logicalTypeOptions: {pattern: "^A[0-9]+$"}`    | "A12"             | "B12"          | v: pattern ^A[0-9]+$: found 'B12'
                    `logicalType: string, logicalTypeOptions: {format: email}`           | "a@b.example"     | "a.b.example"  | v: format email: found
                    `logicalType: string, logicalTypeOptions: {format: uuid}`            | "0195c0de-0000-7000-8000-00000000000a" | "0195c0de" | v: format uuid: found
                    `logicalType: string, logicalTypeOptions: {format: ipv4}`            | "10.0.0.1"        | "10.0.0.256"   | v: format ipv4: found
                    `logicalType: integer, logicalTypeOptions: {minimum: 0}`             | 0                 | -1             | v: minimum 0: found -1
                    `logicalType: number, logicalTypeOptions: {exclusiveMaximum: 1.5}`   | 1.49              | 1.50           | v: exclusiveMaximum 1.5: found 1.50
                    `logicalType: integer, logicalTypeOptions: {multipleOf: 5}`          | 10                | 12             | v: multipleOf 5: found 12
                    `logicalType: number, logicalTypeOptions: {multipleOf: 0.01}`        | 9.99              | 9.999          | v: multipleOf 0.01: found 9.999
                    `logicalType: integer, logicalTypeOptions: {format: u8}`             | 255               | 256            | v: format u8: found 256
                    `logicalType: date, logicalTypeOptions: {minimum: "2020-01-01"}`     | "2020-01-01"      | "2019-12-31"   | v: minimum 2020-01-01: found '2019-12-31'
                    `logicalType: timestamp, logicalTypeOptions: {maximum: "2020-01-01T00:00:00Z"}` | "2020-01-01T01:00:00+01:00" | "2020-01-01T00:00:01Z" | v: maximum 2020-01-01T00:00:00Z: found
                    `logicalType: array, logicalTypeOptions: {minItems: 1}`              | [1]               | []             | v: minItems 1: found []
                    `logicalType: array, logicalTypeOptions: {maxItems: 1}`              | [1]               | [1, 2]         | v: maxItems 1: found
                    `logicalType: array, logicalTypeOptions: {uniqueItems: true}`        | [1, 2]            | [1, 1]         | v: uniqueItems: found
                    `logicalType: array, items: {logicalType: integer}`                  | [1, 2]            | [1, "b"]       | v[1]: logicalType integer: found 'b'
                    `logicalType: array, items: {logicalType: object, properties: [{name: sku, logicalType: string, required: true}]}` | [{"sku": "a"}] | [{"sku": "a"}, {}] | v[1].sku: required: there is no value
                    `logicalType: object, logicalTypeOptions: {maxProperties: 1}`        | {"a": 1}          | {"a": 1, "b": 2} | v: maxProperties 1: found
                    `logicalType: object, logicalTypeOptions: {required: [a]}`           | {"a": 1}          | {"a": null}    | v: required [a]: found
                    `logicalType: string, quality: [{metric: nullValues, mustBe: 0}]`    | "a"               | null           | v: nullValues: there is no value
                    `logicalType: string, quality: [{metric: missingValues, mustBe: 0, arguments: {missingValues: ["", "n/a"]}}]` | "a" | "n/a" | v: missingValues: found 'n/a'
                    `logicalType: string, quality: [{name: known, metric: invalidValues, mustBe: 0, arguments: {validValues: [new, paid]}}]` | "paid" | "payed" | v: invalidValues (known): found 'payed'
                    `logicalType: number, quality: [{metric: invalidValues, mustBe: 0, arguments: {validValues: [1, 2.50]}}]` | 2.5 | 3 | v: invalidValues: found 3
                    `logicalType: string, quality: [{metric: invalidValues, mustBeLessThan: 1, arguments: {pattern: "^a"}}]` | "ab" | "ba" | v: pattern ^a: found 'ba'
                    """)
    void aRowThatBreaksARuleIsQuarantinedAndTheOthersLand(
            String property, String good, String bad, String complaint) {
        String v = "v" + ++cases;
        hold(shared, "{name: " + v + ", " + property + "}");
        shared.land(
                "{\"%s\": %s, \"n\": 1}".formatted(v, good),
                "{\"%s\": %s, \"n\": 2}".formatted(v, bad),
                "{\"%s\": %s, \"n\": 3}".formatted(v, good));

        assertThat(
                        shared.one(
                                "SELECT n FROM $S.click WHERE %s IS NOT NULL ORDER BY n"
                                        .formatted(v)))
                .isEqualTo("[1, 3]");
        assertThat(detail(shared, v)).contains(complaint.replaceFirst("^v", v));
    }

    @Test
    void aTableHasTheColumnsOfItsContractFromTheStart() {
        try (LandingStage stage =
                stage(
                        "{name: Born On, logicalType: date}, {name: x, physicalName: amount,"
                                + " logicalType: number}")) {
            stage.land("{\"amount\": 5}");

            assertThat(type(stage, "born_on")).isEqualTo("[date]");
            assertThat(type(stage, "amount")).isEqualTo("[numeric]");
        }
    }

    @Test
    void aRejectedRowLeavesNoTraceInTheTable() {
        try (LandingStage stage = stage("{name: v, logicalType: integer}")) {
            stage.land("{\"v\": 1}", "{\"v\": \"x\", \"junk\": 1}");

            assertThat(type(stage, "junk")).isEqualTo("[]");
            assertThat(type(stage, "v__v_text")).isEqualTo("[]");
        }
    }

    @Test
    void membersOfAnObjectAreTheColumnsThatTheLayoutMakesOfThem() {
        try (LandingStage stage =
                stage(
                        """
                        {name: customer, logicalType: object,
                         logicalTypeOptions: {required: [name], minProperties: 2},
                         properties: [{name: bornOn, logicalType: date},
                           {name: name, logicalType: string},
                           {name: address, logicalType: object, properties: [
                             {name: zip, logicalType: string, required: true}]}]}\
                        """)) {
            stage.land(
                    "{\"n\": 1}",
                    "{\"n\": 2, \"customer\": {\"name\": \"a\", \"bornOn\": \"2026-01-02\"}}",
                    "{\"n\": 3, \"customer\": {\"bornOn\": \"2026-01-02\", \"x\": 1}}",
                    "{\"n\": 4, \"customer\": {\"name\": \"a\"}}",
                    "{\"n\": 5, \"customer\": {\"name\": \"a\", \"address\": {}}}",
                    "{\"n\": 6, \"customer\": \"Ann\"}");

            assertThat(type(stage, "customer__born_on")).isEqualTo("[date]");
            assertThat(stage.one("SELECT n FROM $S.click ORDER BY n")).isEqualTo("[1, 2]");
            assertThat(
                            stage.one(
                                    """
                                    SELECT column_name || split_part(detail, '1.2.0', 2)
                                    FROM transform.quarantine ORDER BY id\
                                    """))
                    .isEqualTo(
                            "[customer__name: customer.name: required: there is no value, customer:"
                                + " customer: minProperties 2: it has 1, customer__address__zip:"
                                + " customer.address.zip: required: there is no value, customer:"
                                + " customer: logicalType object: found 'Ann']");
        }
    }

    @Test
    void anObjectStandsForAValueOnlyWhereTheContractLeavesTheTypeOpen() {
        try (LandingStage stage =
                stage("{name: a, logicalType: string}, {name: b, required: true}")) {
            stage.land("{\"a\": {\"x\": 1}, \"b\": 1}", "{\"b\": {\"x\": 2}}");

            assertThat(stage.one("SELECT b__x FROM $S.click")).isEqualTo("[2]");
            assertThat(detail(stage)).contains("a: logicalType string: found {\"x\":1}");
        }
    }

    @Test
    void allRulesThatARowBreaksAreNamedWithinBounds() {
        String properties =
                "{name: a, logicalType: integer}, {name: b, logicalType: integer},"
                        + " {name: c, logicalType: string, logicalTypeOptions: {maxLength: 3,"
                        + " pattern: z}}";
        try (LandingStage stage = stage(properties)) {
            stage.land("{\"a\": \"x\", \"b\": \"y\", \"c\": \"%s\"}".formatted("long".repeat(100)));

            assertThat(detail(stage))
                    .contains(
                            "a: logicalType integer: found 'x'; b: logicalType integer: found 'y';"
                                    + " c: maxLength 3: found '")
                    .contains("; c: pattern z: found '" + "long".repeat(25) + "…'")
                    .doesNotContain("long".repeat(26));
        }
    }

    @Test
    void moreThanTenBrokenRulesAreCounted() {
        StringBuilder properties = new StringBuilder();
        for (int i = 0; i < 14; i++) {
            properties.append("{name: p%d, required: true},".formatted(i));
        }
        try (LandingStage stage = stage(properties.toString())) {
            stage.land("{}");

            assertThat(detail(stage)).contains("p9: required").contains("; and 4 more]");
        }
    }

    @Test
    void aClassifiedValueIsNotShown() {
        try (LandingStage stage =
                stage(
                        "{name: mail, logicalType: string, classification: restricted,"
                                + " logicalTypeOptions: {format: email}}, {name: plan, logicalType:"
                                + " string, classification: public, logicalTypeOptions:"
                                + " {maxLength: 3}}")) {
            stage.land("{\"mail\": \"secret words\", \"plan\": \"gold\"}");

            assertThat(detail(stage))
                    .doesNotContain("secret")
                    .contains("mail: format email: the value is classified")
                    .contains("plan: maxLength 3: found 'gold'");
        }
    }

    @Test
    void aSecondRowWithAUniqueValueIsQuarantinedWithinABatchAndAcross() {
        try (LandingStage stage =
                stage(
                        "{name: mail, logicalType: string, unique: true, classification:"
                                + " restricted}")) {
            stage.land(
                    "{\"mail\": \"a@x\", \"n\": 1}",
                    "{\"mail\": \"a@x\", \"n\": 2}",
                    "{\"mail\": \"b@x\", \"n\": 3}");
            stage.land("{\"mail\": \"b@x\", \"n\": 4}", "{\"n\": 5}", "{\"n\": 6}");

            assertThat(stage.one("SELECT n FROM $S.click ORDER BY n")).isEqualTo("[1, 3, 5, 6]");
            assertThat(detail(stage))
                    .isEqualTo(
                            "[contract_violation|mail|contracts/c.yaml, version 1.2.0: mail:"
                                + " unique: another row has the same,"
                                + " contract_violation|mail|contracts/c.yaml, version 1.2.0: mail:"
                                + " unique: another row has the same]");
        }
    }

    @Test
    void aKeyOfTwoPropertiesIsUniqueTogether() {
        try (LandingStage stage =
                stage(
                        "{name: a, logicalType: integer, primaryKey: true, primaryKeyPosition: 2},"
                                + " {name: b, logicalType: integer, primaryKey: true,"
                                + " primaryKeyPosition: 1}")) {
            stage.land("{\"a\": 1, \"b\": 1}", "{\"a\": 1, \"b\": 2}", "{\"a\": 1, \"b\": 1}");

            assertThat(stage.count("click")).isEqualTo(2);
            assertThat(detail(stage)).contains("b, a: primaryKey: another row has the same");
        }
    }

    @Test
    void theIdentityOfAStreamNeedsNoOtherIndexAndARepeatedRecordIsNoViolation() {
        try (LandingStage stage =
                stage("{name: cid, logicalType: string, primaryKey: true, unique: true}")) {
            stage.land("{\"cid\": \"a\"}");
            stage.land("{\"cid\": \"a\"}");

            assertThat(stage.count("click")).isEqualTo(1);
            assertThat(detail(stage)).isEqualTo("[]");
            assertThat(stage.one("SELECT indexname FROM pg_indexes WHERE schemaname = '$S'"))
                    .doesNotContain("mr_unique");
        }
    }

    @Test
    void aTableThatIsNotUniqueAlreadyLandsWithoutTheRuleAndALeftOverIndexGoes() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.land("{\"mail\": \"a\"}", "{\"mail\": \"a\"}");
            hold(stage, "{name: mail, unique: true}");
            stage.land("{\"mail\": \"a\"}");

            assertThat(stage.count("click")).isEqualTo(3);
            stage.sql.sql("DELETE FROM %s.click".formatted(stage.source)).update();
            stage.land("{\"mail\": \"b\"}", "{\"mail\": \"b\"}");
            assertThat(stage.count("click")).isEqualTo(1);

            hold(stage, "{name: mail}");
            stage.land("{\"mail\": \"b\"}");
            assertThat(stage.count("click")).isEqualTo(2);
        }
    }

    @Test
    void anotherRevisionOfTheContractCountsForWhatComesThen() {
        try (LandingStage stage =
                stage("{name: v, logicalType: integer, logicalTypeOptions: {maximum: 5}}")) {
            stage.land("{\"v\": 6}");
            hold(stage, "{name: v, logicalType: integer, logicalTypeOptions: {maximum: 6}}");
            stage.land("{\"v\": 6}");

            assertThat(stage.one("SELECT v FROM $S.click")).isEqualTo("[6]");
            assertThat(detail(stage)).contains("maximum 5: found 6");
        }
    }

    @Test
    void aColumnThatWasThereKeepsItsTypeAndOtherValuesGoToVariants() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.land("{\"v\": \"a\", \"w\": 1}");
            hold(stage, "{name: v, logicalType: integer}, {name: w, logicalType: date}");
            stage.land("{\"v\": 5, \"w\": \"2026-01-02\"}");

            assertThat(stage.one("SELECT concat_ws('|', v, w__v_date) FROM $S.click WHERE v = '5'"))
                    .isEqualTo("[5|2026-01-02]");
        }
    }

    @Test
    void aTrackIsHeldToItsPropertiesByTheColumnsOfItsTable() {
        try (LandingStage stage =
                segment(
                        "order_completed",
                        "{name: orderId, logicalType: string, physicalType: uuid, required: true},"
                                + " {name: ordered_on, logicalType: date},"
                                + " {name: user_id, required: true},"
                                + " {name: context, logicalType: object, properties: [{name: ip,"
                                + " logicalType: string, logicalTypeOptions: {format: ipv4}}]}")) {
            stage.land(
                    track("m1", "0195c0de-0000-7000-8000-00000000000a", "2026-01-02", "10.0.0.1"),
                    track("m2", "o-9", "2026-01-02", "10.0.0.1"),
                    track("m3", "0195c0de-0000-7000-8000-00000000000b", "2026-01-02", "::1"));

            assertThat(
                            stage.one(
                                    "SELECT concat_ws('|', id, pg_typeof(order_id),"
                                            + " pg_typeof(ordered_on)) FROM $S.order_completed"))
                    .isEqualTo("[m1|uuid|date]");
            assertThat(stage.one("SELECT id FROM $S.tracks")).isEqualTo("[m1]");
            assertThat(stage.one("SELECT column_name FROM transform.quarantine ORDER BY id"))
                    .isEqualTo("[order_id, context_ip]");
        }
    }

    private static LandingStage.Message track(String id, String order, String day, String ip) {
        return new LandingStage.Message(
                "order_completed",
                id,
                AT,
                """
                {"userId": "u1", "context": {"ip": "%s"},
                 "properties": {"order_id": "%s", "orderedOn": "%s"}}\
                """
                        .formatted(ip, order, day));
    }

    @Test
    void aTraitHasItsDeclaredTypeInTheUsersTableAsWell() {
        try (LandingStage stage =
                segment(
                        "identifies",
                        "{name: traits, logicalType: object, properties: [{name: birthday,"
                                + " logicalType: date}]}")) {
            stage.land(
                    new LandingStage.Message(
                            "identifies",
                            "m1",
                            AT,
                            "{\"userId\": \"u1\", \"traits\": {\"birthday\": \"2001-02-03\"}}"),
                    new LandingStage.Message(
                            "identifies",
                            "m2",
                            AT,
                            "{\"userId\": \"u2\", \"traits\": {\"birthday\": \"soon\"}}"));

            assertThat(stage.one("SELECT pg_typeof(birthday) || ' ' || birthday FROM $S.users"))
                    .isEqualTo("[date 2001-02-03]");
            assertThat(stage.one("SELECT pg_typeof(birthday) FROM $S.identifies"))
                    .isEqualTo("[date]");
            assertThat(detail(stage)).contains("traits.birthday: logicalType date: found 'soon'");
        }
    }
}
