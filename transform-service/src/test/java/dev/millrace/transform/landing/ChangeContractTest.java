package dev.millrace.transform.landing;

import static dev.millrace.transform.landing.ChangeStage.change;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What becomes of changes whose stream has a contract. */
class ChangeContractTest {

    private static final String UNSENT = "__debezium_unavailable_value";
    private static final String ROWS = "SELECT concat_ws('|', id, a, b) FROM $S.row ORDER BY id";

    private static ChangeStage held(String properties) {
        ChangeStage stage = new ChangeStage("format: debezium");
        stage.contract(properties);
        return stage;
    }

    @Test
    void aChangeThatBreaksARuleIsQuarantinedAndTheRowStaysAsItWas() {
        try (ChangeStage stage =
                held(
                        """
                        {name: id, logicalType: integer, required: true},
                        {name: a, logicalType: string, required: true,
                          logicalTypeOptions: {pattern: '^[a-z]+$'}},
                        {name: b, logicalType: integer, logicalTypeOptions: {minimum: 0}}\
                        """)) {
            stage.land(
                    change("c", 1, 10, "{\"id\":1,\"a\":\"x\",\"b\":1}"),
                    change("u", 1, 20, "{\"id\":1,\"a\":\"UPPER\",\"b\":2}"),
                    change("c", 2, 30, "{\"id\":2,\"a\":null,\"b\":2}"),
                    change("c", 3, 40, "{\"id\":3,\"a\":\"y\",\"b\":-1}"));
            assertThat(stage.rows(ROWS)).containsExactly("1|x|1");
            assertThat(stage.rows("SELECT column_name FROM transform.quarantine ORDER BY id"))
                    .containsExactly("a", "a", "b");
            assertThat(stage.quarantined())
                    .allMatch(said -> said.startsWith("contract_violation: contracts/c.yaml"));

            stage.land(change("u", 1, 50, "{\"id\":1,\"a\":\"z\",\"b\":3}"));
            assertThat(stage.rows(ROWS)).containsExactly("1|z|3");
        }
    }

    @Test
    void aDeleteHasNoRowThatCouldBreakARule() {
        try (ChangeStage stage = held("{name: a, logicalType: string, required: true}")) {
            stage.land(change("c", 1, 10, "{\"id\":1,\"a\":\"x\"}"));
            stage.land(change("d", 1, 20, null));

            assertThat(stage.rows("SELECT id::text FROM $S.row")).isEmpty();
            assertThat(stage.quarantined()).isEmpty();
        }
    }

    @Test
    void aValueThatWasNotSentBreaksNoRule() {
        try (ChangeStage stage =
                held(
                        """
                        {name: a, logicalType: string, required: true,
                          logicalTypeOptions: {maxLength: 5}}\
                        """)) {
            stage.land(change("c", 1, 10, "{\"id\":1,\"a\":\"long\",\"b\":1}"));
            stage.land(change("u", 1, 20, "{\"id\":1,\"a\":\"" + UNSENT + "\",\"b\":2}"));

            assertThat(stage.quarantined()).isEmpty();
            assertThat(stage.rows(ROWS)).containsExactly("1|long|2");
        }
    }

    @Test
    void theSameRowAgainIsNotUniqueTwice() {
        try (ChangeStage stage = held("{name: a, logicalType: string, unique: true}")) {
            stage.land(
                    change("c", 1, 10, "{\"id\":1,\"a\":\"x\",\"b\":1}"),
                    change("u", 1, 20, "{\"id\":1,\"a\":\"x\",\"b\":2}"));
            stage.land(change("u", 1, 30, "{\"id\":1,\"a\":\"x\",\"b\":3}"));

            assertThat(stage.quarantined()).isEmpty();
            assertThat(stage.rows(ROWS)).containsExactly("1|x|3");
        }
    }

    @Test
    void valuesOfTheTypesThatASourceHasAreWhatTheContractWants() {
        try (ChangeStage stage =
                held(
                        """
                        {name: id, logicalType: integer}, {name: dbl, logicalType: number},
                        {name: exact, logicalType: number, physicalType: double precision},
                        {name: ts, logicalType: timestamp, logicalTypeOptions: {timezone: false}},
                        {name: t, logicalType: time}, {name: d, logicalType: date},
                        {name: raw, logicalType: string, physicalType: bytea}\
                        """)) {
            stage.land(
                    ChangeStage.record(
                            "{\"id\":1}",
                            """
                            {"schema":{"type":"struct","fields":[
                              {"field":"op","type":"string"},
                              {"field":"after","type":"struct","optional":true,"fields":[
                                {"field":"id","type":"int32"},{"field":"dbl","type":"double"},
                                {"field":"exact","type":"double"},
                                {"field":"ts","type":"int64","name":"io.debezium.time.MicroTimestamp"},
                                {"field":"t","type":"int64","name":"io.debezium.time.MicroTime"},
                                {"field":"d","type":"int32","name":"io.debezium.time.Date"},
                                {"field":"raw","type":"bytes"}]}]},
                            "payload":{"before":null,"after":{"id":1,"dbl":1.5,"exact":2.5,
                              "ts":1767323045123456,"t":1500000,"d":20512,"raw":"AP8="},
                            "source":{"connector":"postgresql","ts_ms":1,"lsn":20},"op":"c"}}\
                            """));

            assertThat(stage.quarantined()).isEmpty();
            assertThat(
                            stage.rows(
                                    "SELECT concat_ws('|', id, dbl, exact, ts, t, d, raw) FROM"
                                            + " $S.row"))
                    .containsExactly(
                            "1|1.5|2.5|2026-01-02 03:04:05.123456|00:00:01.5|2026-02-28|\\x00ff");
        }
    }

    @Test
    void aValueThatWasNotSentHidesNoOtherThatIsMissing() {
        try (ChangeStage stage =
                held(
                        """
                        {name: a, logicalType: string, required: true},
                        {name: b, logicalType: integer, required: true}\
                        """)) {
            stage.land(change("u", 1, 20, "{\"id\":1,\"a\":\"" + UNSENT + "\",\"b\":null}"));

            assertThat(stage.rows("SELECT column_name FROM transform.quarantine"))
                    .containsExactly("b");
        }
    }

    @Test
    void changesThatAreRowsThemselvesAreHeldToTheirRowsOnly() {
        try (ChangeStage stage = new ChangeStage("format: debezium")) {
            stage.contract(
                    "write_disposition: append",
                    "{name: a, logicalType: string, required: true, unique: true}");
            stage.land(
                    change("c", 1, 10, "{\"id\":1,\"a\":\"x\"}"),
                    change("u", 1, 20, "{\"id\":1,\"a\":\"x\"}"),
                    change("d", 1, 30, null),
                    change("c", 2, 40, "{\"id\":2,\"a\":null}"));

            assertThat(stage.rows("SELECT __op FROM $S.row ORDER BY _mr_id"))
                    .containsExactly("c", "u", "d");
            assertThat(stage.quarantined()).hasSize(1);
        }
    }

    @Test
    void theTableHasTheTypesOfTheContract() {
        try (ChangeStage stage = held("{name: b, logicalType: number}")) {
            stage.land(change("c", 1, 10, "{\"id\":1,\"a\":\"x\",\"b\":1}"));

            assertThat(
                            stage.rows(
                                    """
                                    SELECT data_type FROM information_schema.columns
                                    WHERE table_schema = '$S' AND table_name = 'row'
                                      AND column_name = 'b'\
                                    """))
                    .containsExactly("numeric");
        }
    }
}
