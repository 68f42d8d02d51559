package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.Table;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How tables come to fit what arrives, or records are kept out. */
@Timeout(300)
class SchemaTest {

    private static String columns(LandingStage stage) {
        return stage.one(
                """
                SELECT column_name || ' ' || data_type FROM information_schema.columns
                WHERE table_schema = '$S' AND table_name = 'click'
                  AND column_name NOT LIKE '\\_mr\\_%' ORDER BY 1\
                """);
    }

    @Test
    void theTypesOfColumnsFollowFromTheWholeBatch() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.land(
                    """
                    {"whole": 1, "mixed": 1, "big": 9223372036854775808, "either": 1, "list": 1,
                     "when": "2026-01-01T00:00:00Z", "day": "2026-01-01", "never": null}\
                    """,
                    """
                    {"whole": 2, "mixed": 1.5, "either": "x", "list": [1],
                     "when": "2026-01-01T00:00:00+02:00"}\
                    """);

            assertThat(columns(stage))
                    .isEqualTo(
                            "[big numeric, day date, either text, list jsonb, mixed numeric,"
                                    + " when timestamp with time zone, whole bigint]");
            assertThat(stage.one("SELECT either || ' ' || list FROM $S.click ORDER BY _mr_id"))
                    .isEqualTo("[1 1, x [1]]");
        }
    }

    @Test
    void aValueThatItsColumnCannotHoldGoesToAVariant() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.land("{\"a\": 1, \"t\": \"x\"}");
            stage.land(
                    "{\"a\": 2.0, \"t\": 7}",
                    "{\"a\": 2.5, \"t\": true}",
                    "{\"a\": \"two\", \"t\": [2]}",
                    "{\"a\": 1e400000, \"t\": \"2026-01-01T00:00:00+02:00\"}",
                    "{\"a\": {\"b\": 1}}");

            assertThat(
                            stage.one(
                                    """
                                    SELECT concat_ws('|', a, a__v_numeric, a__v_text, a__b, t,
                                      t__v_jsonb)
                                    FROM $S.click ORDER BY _mr_id\
                                    """))
                    .isEqualTo(
                            "[1|x, 2|7, 2.5|true, two|[2], 1e400000|2026-01-01T00:00:00+02:00, 1]");
        }
    }

    @Test
    void everyChangeIsWrittenDownWithTheRecordThatCausedIt() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.land("{\"a\": 1}");
            stage.land("{\"a\": 2}", "{\"a\": 3, \"b\": {\"c\": true}}");

            assertThat(
                            stage.one(
                                    """
                                    SELECT concat_ws('|', relation = '$S.click', change,
                                      column_name, data_type, origin, record_offset,
                                      topic = '$S.clicks', length(revision))
                                    FROM transform.schema_change ORDER BY id\
                                    """))
                    .isEqualTo(
                            "[t|create_table|0|t|12, t|add_column|a|bigint|a|0|t|12,"
                                    + " t|add_column|b__c|boolean|b.c|2|t|12]");
        }
    }

    @Test
    void readersAndModelsMayReadWhatLandsAndNobodyMayWriteIt() throws Exception {
        try (LandingStage stage = LandingStage.plain()) {
            stage.land("{\"a\": 1}");

            for (Role role : List.of(Role.READER, Role.MODELS)) {
                assertThat(
                                JdbcClient.create(stage.warehouse.dataSource(role))
                                        .sql("SELECT a FROM " + stage.source + ".click")
                                        .query(Long.class)
                                        .single())
                        .isEqualTo(1);
                assertThat(
                                JdbcClient.create(stage.database)
                                        .sql(
                                                """
                                                SELECT has_table_privilege(?, ?,
                                                  'INSERT, UPDATE, DELETE, TRUNCATE')\
                                                """)
                                        .params(role.roleName(), stage.source + ".click")
                                        .query(Boolean.class)
                                        .single())
                        .isFalse();
            }
        }
    }

    @Test
    void aFrozenSchemaQuarantinesTheWholeRecord() {
        try (LandingStage stage =
                LandingStage.contract("{tables: evolve, columns: freeze, data_type: freeze}")) {
            stage.land("{\"a\": 1}");
            Landed landed =
                    stage.land(
                            "{\"a\": 2}", "{\"a\": 3, \"b\": 1}", "{\"a\": \"x\"}", "{\"a\": 1.0}");

            assertThat(stage.one("SELECT a FROM $S.click ORDER BY _mr_id")).isEqualTo("[1, 2, 1]");
            assertThat(landed.rows()).isEqualTo(2);
            assertThat(
                            stage.one(
                                    """
                                    SELECT concat_ws('|', reason, column_name, record_offset)
                                    FROM transform.quarantine ORDER BY id\
                                    """))
                    .isEqualTo("[schema_contract|b|2, type_mismatch|a|3]");
            assertThat(stage.one("SELECT detail FROM transform.quarantine ORDER BY id LIMIT 1"))
                    .contains("schema contract (columns: freeze) forbids the new column b");
        }
    }

    @Test
    void discardRowLeavesTheRecordOutAndDiscardValueOnlyTheValue() {
        try (LandingStage stage =
                LandingStage.contract(
                        "{tables: evolve, columns: discard_value, data_type: discard_row}")) {
            stage.land("{\"a\": 1}");
            Landed landed = stage.land("{\"a\": 2, \"b\": 1}", "{\"a\": \"x\"}");

            assertThat(columns(stage)).isEqualTo("[a bigint]");
            assertThat(stage.one("SELECT a FROM $S.click ORDER BY _mr_id")).isEqualTo("[1, 2]");
            assertThat(landed.batch().discardedRows()).isEqualTo(1);
            assertThat(landed.batch().discardedValues()).isEqualTo(1);
            assertThat(stage.one("SELECT count(*) FROM transform.quarantine")).isEqualTo("[0]");
        }
    }

    @Test
    void aForbiddenTableIsNotMadeAndItsRecordsAreKept() {
        try (LandingStage stage = LandingStage.contract("freeze")) {
            stage.land("{\"a\": 1}");

            assertThat(stage.one("SELECT reason FROM transform.quarantine"))
                    .isEqualTo("[schema_contract]");
            assertThat(stage.one("SELECT count(*) FROM pg_namespace WHERE nspname = '$S'"))
                    .isEqualTo("[0]");
        }
        try (LandingStage stage = LandingStage.contract("discard_value")) {
            Landed landed = stage.land("{\"a\": 1}");

            assertThat(landed.batch().discardedRows()).isEqualTo(1);
        }
    }

    @Test
    void whatAFullTableHasNoColumnForGoesToItsOverflow() {
        try (LandingStage stage = LandingStage.plain()) {
            List<String> records = new ArrayList<>();
            for (int record = 0; record < 12; record++) {
                int from = record * 100;
                records.add(
                        IntStream.range(from, from + 100)
                                .mapToObj(i -> "\"c%04d\": %d".formatted(i, i))
                                .collect(Collectors.joining(", ", "{", "}")));
            }
            stage.land(records.toArray(String[]::new));
            stage.land("{\"late\": \"x\", \"c0001\": 1}");

            assertThat(
                            stage.one(
                                    """
                                    SELECT count(*) FROM information_schema.columns
                                    WHERE table_schema = '$S' AND table_name = 'click'\
                                    """))
                    .isEqualTo("[" + Table.MAX_COLUMNS + "]");
            assertThat(
                            stage.one(
                                    """
                                    SELECT count(*) FROM $S.click, jsonb_each(_mr_extra) e
                                    WHERE e.key LIKE 'c%' AND substr(e.key, 2)::int = e.value::int\
                                    """))
                    .isEqualTo("[205]");
            assertThat(stage.one("SELECT _mr_extra ->> 'late' FROM $S.click WHERE c0001 = 1"))
                    .isEqualTo("[null, x]");
        }
    }

    @Test
    void aRowThatIsTooWideForAPageKeepsItsFirstColumnsAndSpillsTheRest() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.land(
                    IntStream.range(0, 900)
                            .mapToObj(i -> "\"c%04d\": \"text %d of a wide row\"".formatted(i, i))
                            .collect(Collectors.joining(", ", "{", "}")));

            assertThat(
                            stage.one(
                                    """
                                    SELECT (SELECT count(*) FROM jsonb_each(to_jsonb(c) - '_mr_extra')
                                            WHERE key LIKE 'c%' AND value <> 'null')
                                      + (SELECT count(*) FROM jsonb_each(_mr_extra))
                                    FROM $S.click c\
                                    """))
                    .isEqualTo("[900]");
            assertThat(stage.one("SELECT c0000 || ', ' || (_mr_extra ->> 'c0899') FROM $S.click"))
                    .isEqualTo("[text 0 of a wide row, text 899 of a wide row]");
        }
    }

    @Test
    void columnsOfMillracesOwnCannotBeTakenByThePayload() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.land("{\"_mr_id\": \"mine\", \"_MR_EVENT_AT\": 1, \"mrExtra\": 2}");

            assertThat(columns(stage))
                    .isEqualTo("[mr_event_at bigint, mr_extra bigint, mr_id text]");
        }
    }

    @Test
    void columnsThatDifferOnlyBehindWhatAnIdentifierHoldsStayApart() {
        try (LandingStage stage = LandingStage.plain()) {
            String longName = "n".repeat(80);
            stage.land(
                    "{\"%1$sa\": 1, \"%1$sb\": 2, \"日本\": 3, \"\": 4, \"1st\": 5}"
                            .formatted(longName));

            assertThat(columns(stage).split(",")).hasSize(5);
            assertThat(columns(stage)).contains("日本 bigint", "_1st bigint");
        }
    }

    @Test
    void twoLandersThatChangeOneTableAtOnceBothGetTheirColumns() throws Exception {
        try (LandingStage stage = LandingStage.plain();
                ExecutorService threads = Executors.newFixedThreadPool(6)) {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<?>> landers = new ArrayList<>();
            for (int lander = 0; lander < 6; lander++) {
                int number = lander;
                landers.add(
                        threads.submit(
                                () -> {
                                    start.await();
                                    for (int i = 0; i < 5; i++) {
                                        landAs(stage, number, i);
                                    }
                                    return null;
                                }));
            }
            start.countDown();
            for (Future<?> lander : landers) {
                lander.get();
            }

            assertThat(stage.count("click")).isEqualTo(30);
            assertThat(columns(stage).split(",")).hasSize(1 + 30 + 5);
            assertThat(stage.one("SELECT count(*) FROM transform.schema_change"))
                    .isEqualTo("[" + (1 + 1 + 30 + 5) + "]");
        }
    }

    private static void landAs(LandingStage stage, int lander, int round) throws Exception {
        LogPartition partition =
                new LogPartition(
                        "cluster",
                        UUID.randomUUID(),
                        stage.clicks() + "." + lander + "." + round,
                        0);
        var record =
                LandingStage.record(
                        stage.clicks(),
                        lander * 100L + round,
                        "{\"shared\": 1, \"own%1$d%2$d\": 1, \"round%2$d\": 1}"
                                .formatted(lander, round)
                                .getBytes(StandardCharsets.UTF_8),
                        new RecordHeaders());
        Ledger.Claim claim = stage.ledger.claim(partition, "test", record.offset());
        stage.landing(stage.database)
                .land(
                        new BatchReader(stage.clock).read(List.of(record), stage.routes(), _ -> 1),
                        stage.poll(new Ledger.Step(claim, record.offset() + 1)));
    }

    @Test
    void aLongReaderOfATableWithoutOverflowKeepsAChangeWaitingButNobodyElse() throws Exception {
        try (LandingStage stage = LandingStage.plain();
                ExecutorService threads = Executors.newSingleThreadExecutor();
                Connection reader = stage.warehouse.connection(Role.READER)) {
            stage.land("{\"a\": 1}");
            // Without it there is nowhere else for what has no column yet.
            stage.sql
                    .sql("ALTER TABLE %s.click DROP COLUMN _mr_extra".formatted(stage.source))
                    .update();
            stage.tables.forget(new Relation(stage.source, "click"));
            reader.setAutoCommit(false);
            Future<?> lander;
            try (Statement statement = reader.createStatement()) {
                statement.executeQuery("SELECT * FROM " + stage.source + ".click").close();
                lander = threads.submit(() -> stage.land("{\"a\": 2, \"b\": 1}"));
                // While the change is tried again and again, others still read within a moment.
                try (Connection other = stage.warehouse.connection(Role.READER);
                        Statement query = other.createStatement()) {
                    for (int i = 0; i < 20 && !lander.isDone(); i++) {
                        query.setQueryTimeout(5);
                        query.executeQuery("SELECT count(*) FROM " + stage.source + ".click")
                                .close();
                    }
                }
                assertThat(lander.isDone()).isFalse();
                reader.commit();
            }
            lander.get();

            assertThat(stage.one("SELECT b FROM $S.click WHERE a = 2")).isEqualTo("[1]");
        }
    }

    @Test
    void datesAndUuidsAreHeldAsSuchAndOtherTextsGoToVariants() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.land(
                    """
                    {"day": "2026-02-28", "who": "0195C0DE-0000-7000-8000-00000000000a"}\
                    """);
            stage.land(
                    "{\"day\": \"2026-02-30\", \"who\": \"me\"}",
                    "{\"day\": \"2026-03-01T00:00:00Z\"}");

            assertThat(stage.one("SELECT day || ' ' || who FROM $S.click WHERE day = '2026-02-28'"))
                    .isEqualTo("[2026-02-28 0195c0de-0000-7000-8000-00000000000a]");
            assertThat(
                            stage.one(
                                    "SELECT concat_ws('|', day__v_text, day__v_timestamptz AT TIME"
                                            + " ZONE 'UTC', who__v_text) FROM $S.click"
                                            + " WHERE day IS NULL ORDER BY _mr_id"))
                    .isEqualTo("[2026-02-30|me, 2026-03-01 00:00:00]");
        }
    }

    @Test
    void aSegmentSourceKnowsOfTextsOnlyTimes() {
        try (LandingStage stage = LandingStage.segment()) {
            stage.land(
                    new LandingStage.Message(
                            "opened",
                            "m1",
                            LandingStage.NOW,
                            "{\"properties\": {\"day\": \"2026-02-28\"}}"));

            assertThat(stage.one("SELECT pg_typeof(day) FROM $S.opened")).isEqualTo("[text]");
        }
    }

    @Test
    void aTableThatSomebodyElseChangedIsLookedAtAnew() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.land("{\"a\": 1, \"b\": 1}");
            stage.sql.sql("ALTER TABLE %s.click DROP COLUMN b".formatted(stage.source)).update();
            stage.sql
                    .sql("ALTER TABLE %s.click ADD COLUMN c point".formatted(stage.source))
                    .update();

            assertThat(catchThrowable(() -> stage.land("{\"b\": 2}")))
                    .hasMessageContaining("\"b\"");
            stage.land("{\"b\": 3, \"c\": \"2026-01-01\"}");

            assertThat(stage.one("SELECT b || c__v_date::text FROM $S.click WHERE b = 3"))
                    .isEqualTo("[32026-01-01]");
        }
    }
}
