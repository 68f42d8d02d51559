package dev.millrace.contracts.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

class RecordEnvelopeTest {

    private static final RecordEnvelope FULL =
            new RecordEnvelope(
                    "m-1",
                    "web",
                    "order_completed",
                    Instant.parse("2026-01-02T03:04:05.678901Z"),
                    Instant.parse("2026-01-02T03:04:06Z"),
                    "c",
                    "0123456789ab",
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

    @Test
    void whatIsWrittenIsRead() {
        assertThat(RecordEnvelope.read(FULL.headers()::get)).isEqualTo(FULL);
    }

    @Test
    void whatIsAbsentStaysAbsent() {
        RecordEnvelope bare =
                new RecordEnvelope(
                        "Ü-🎉", "web", "s", Instant.EPOCH, Instant.EPOCH, null, null, null);

        assertThat(bare.headers()).doesNotContainKeys("ce_op", "ce_revision", "traceparent");
        assertThat(RecordEnvelope.read(bare.headers()::get)).isEqualTo(bare);
    }

    @Test
    void headersFollowTheCloudEventsKafkaBinding() {
        assertThat(FULL.headers())
                .containsEntry("ce_specversion", bytes("1.0"))
                .containsEntry("ce_id", bytes("m-1"))
                .containsEntry("ce_type", bytes("order_completed"))
                .containsEntry("ce_time", bytes("2026-01-02T03:04:05.678901Z"))
                .containsEntry("content-type", bytes("application/json"));
    }

    @Test
    void aTimeWithAnOffsetIsTheSameMoment() {
        Map<String, byte[]> headers = new HashMap<>(FULL.headers());
        headers.put("ce_time", bytes("2026-01-02T04:04:05.678901+01:00"));

        assertThat(RecordEnvelope.read(headers::get).time()).isEqualTo(FULL.time());
    }

    @Test
    void aMissingHeaderIsNamed() {
        Map<String, byte[]> headers = new HashMap<>(FULL.headers());
        headers.remove("ce_id");

        assertThatThrownBy(() -> RecordEnvelope.read(headers::get))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("ce_id");
    }

    @Test
    void aTimeThatIsNoneIsNamed() {
        Map<String, byte[]> headers = new HashMap<>(FULL.headers());
        headers.put("ce_ingestedat", bytes("yesterday"));

        assertThatThrownBy(() -> RecordEnvelope.read(headers::get))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("ce_ingestedat");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
