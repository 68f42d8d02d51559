package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

import java.util.List;

class PlainStreamTest {

    @Test
    void plainJsonBecomesARowWithTopicPartitionAndOffsetAsItsIdentity() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.land(
                    """
                    {"user": {"name": "Ada", "age": 36}, "tags": ["a", 1], "paid": true,
                     "price": 12.50, "at": "2026-01-02T03:04:05.678901+01:00"}\
                    """);

            assertThat(
                            stage.one(
                                    """
                                    SELECT concat_ws('|', _mr_id, user__name, user__age, tags, paid,
                                      price, at AT TIME ZONE 'UTC') FROM $S.click\
                                    """))
                    .isEqualTo(
                            "[%s-0-0|Ada|36|[\"a\", 1]|t|12.50|2026-01-02 02:04:05.678901]"
                                    .formatted(stage.clicks()));
        }
    }

    @Test
    void theRecordsOwnTimeIsTheEventTimeUnlessOneIsDeclared() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.land("{}");

            assertThat(stage.one("SELECT _mr_event_at AT TIME ZONE 'UTC' FROM $S.click"))
                    .isEqualTo("[2026-03-01 12:00:00]");
        }
        try (LandingStage stage = LandingStage.plain("event_time: meta.at")) {
            stage.land(
                    "{\"meta\": {\"at\": \"2020-01-01T00:00:00.123456789Z\"}}",
                    "{\"meta\": {\"at\": 1577836800}}",
                    "{\"meta\": {\"at\": 1577836800001}}",
                    "{\"meta\": {\"at\": 1577836800.5}}",
                    "{\"meta\": {\"at\": \"2020-01-02T00:00:00\"}}",
                    "{\"meta\": {\"at\": \"yesterday\"}}");

            assertThat(
                            stage.one(
                                    """
                                    SELECT _mr_event_at AT TIME ZONE 'UTC' FROM $S.click
                                    ORDER BY _mr_id\
                                    """))
                    .isEqualTo(
                            "[2020-01-01 00:00:00.123457, 2020-01-01 00:00:00,"
                                    + " 2020-01-01 00:00:00.001, 2020-01-01 00:00:00.5,"
                                    + " 2020-01-02 00:00:00, 2026-03-01 12:00:00]");
        }
    }

    @Test
    void theDeclaredIdentityLandsOnceWhateverTheOffset() {
        try (LandingStage stage = LandingStage.plain("id: order.id")) {
            Landed first =
                    stage.land(
                            "{\"order\": {\"id\": 7}}", "{\"order\": {\"id\": 7}}", "{\"a\": 1}");
            Landed second = stage.land("{\"order\": {\"id\": 7}}", "{\"order\": {\"id\": 8}}");

            assertThat(first.duplicates()).isEqualTo(1);
            assertThat(second.duplicates()).isEqualTo(1);
            assertThat(stage.one("SELECT _mr_id FROM $S.click ORDER BY 1"))
                    .isEqualTo("[7, 8, " + stage.clicks() + "-0-2]");
            assertThat(stage.one("SELECT (rows, duplicates)::text FROM transform.landed_stream"))
                    .isEqualTo("[(3,2)]");
        }
    }

    @Test
    void whatIsNoObjectLandsInTheColumnValue() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.land("[1, 2]", "[]", "null");

            assertThat(
                            stage.one(
                                    "SELECT coalesce(value::text, 'nothing') FROM $S.click ORDER BY"
                                            + " _mr_id"))
                    .isEqualTo("[[1, 2], [], nothing]");
        }
        try (LandingStage stage = LandingStage.plain()) {
            stage.land("42");
            stage.land("\"text\"", "{\"value\": 7}");

            assertThat(
                            stage.one(
                                    """
                                    SELECT concat_ws('|', value, value__v_text) FROM $S.click
                                    ORDER BY _mr_id\
                                    """))
                    .isEqualTo("[42, text, 7]");
        }
    }

    @Test
    void aTombstoneIsSkippedAndAnEmptyValueIsQuarantined() {
        try (LandingStage stage = LandingStage.plain()) {
            Landed landed =
                    stage.landRecords(
                            List.of(
                                    LandingStage.record(
                                            stage.clicks(), 0, null, new RecordHeaders()),
                                    LandingStage.record(
                                            stage.clicks(), 1, new byte[0], new RecordHeaders())));

            assertThat(landed.batch().tombstones()).isEqualTo(1);
            assertThat(stage.one("SELECT reason || ': ' || detail FROM transform.quarantine"))
                    .isEqualTo("[malformed: the value is empty]");
        }
    }
}
