package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Whatever the bytes, each record is a row or in quarantine as it came, and the batch commits. The
 * seeds are fixed, so that what fails fails again.
 */
@Timeout(300)
class LandingFuzzTest {

    private static final List<String> SCALARS =
            List.of(
                    "null",
                    "true",
                    "0",
                    "-0",
                    "-1.50",
                    "1e400",
                    "-1E-400",
                    "9223372036854775807",
                    "9223372036854775808",
                    "9".repeat(400),
                    "0." + "3".repeat(400),
                    "\"\"",
                    "\"\\u0000\"",
                    "\"\\ud800\"",
                    "\"\\udc00\\ud800\"",
                    "\"2026-02-30\"",
                    "\"2026-02-28\"",
                    "\"0000-01-01T00:00:00Z\"",
                    "\"+1000000-01-01T00:00:00Z\"",
                    "\"9999-12-31T23:59:60.9999999Z\"",
                    "\"2026-01-01T00:00:00+99:99\"",
                    "\"00000000-0000-0000-0000-000000000000\"",
                    "\"a'b\\\"c;--\"",
                    "\"\\\\x00\"",
                    "\"\uFFFF\uDBFF\uDFFF\"",
                    "[[[]]]",
                    "[null, {\"\\u0000\": \"\\u0000\"}]");

    private static final List<String> KEYS =
            List.of(
                    "a",
                    "A",
                    "a ",
                    "a__b",
                    "a.b",
                    "",
                    "\\u0000",
                    "\\ud800",
                    "_mr_id",
                    "_mr_extra",
                    "xmin",
                    "select",
                    "\\\"; drop table x; --",
                    "ı",
                    "İ",
                    "ß",
                    "😀",
                    "k".repeat(300),
                    "value");

    private final StringBuilder json = new StringBuilder();

    private static <T> T any(Random chance, List<T> of) {
        return of.get(chance.nextInt(of.size()));
    }

    private void value(Random chance, int depth) {
        if (depth == 0 || chance.nextInt(3) == 0) {
            json.append(any(chance, SCALARS));
            return;
        }
        json.append('{');
        int members = chance.nextInt(6);
        for (int i = 0; i < members; i++) {
            json.append(i == 0 ? "" : ",").append('"').append(any(chance, KEYS)).append("\":");
            value(chance, depth - 1);
        }
        json.append('}');
    }

    private byte[] document(Random chance) {
        json.setLength(0);
        value(chance, chance.nextInt(6));
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Breaks a document somewhere, or not so that anything notices. */
    private static byte[] broken(Random chance, byte[] document) {
        byte[] bytes = document.clone();
        switch (chance.nextInt(5)) {
            case 0 -> bytes = Arrays.copyOf(bytes, chance.nextInt(bytes.length + 1));
            case 1 -> bytes[chance.nextInt(bytes.length)] = (byte) chance.nextInt(256);
            case 2 ->
                    bytes =
                            (new String(bytes, StandardCharsets.ISO_8859_1) + "{")
                                    .getBytes(StandardCharsets.ISO_8859_1);
            case 3 -> {
                for (int i = chance.nextInt(8); i >= 0; i--) {
                    bytes[chance.nextInt(bytes.length)] = (byte) chance.nextInt(256);
                }
            }
            default -> chance.nextBytes(bytes);
        }
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void eachRecordIsARowOrInQuarantineAsItCame(long seed) {
        Random chance = new Random(seed);
        try (LandingStage stage = LandingStage.plain()) {
            long rows = 0;
            for (int poll = 0; poll < 20; poll++) {
                List<byte[]> records = new ArrayList<>();
                for (int i = 0; i < 60; i++) {
                    byte[] document = document(chance);
                    records.add(chance.nextInt(3) == 0 ? broken(chance, document) : document);
                }

                Landed landed = stage.land(records);

                assertThat(landed.rows() + landed.quarantined().size())
                        .as("poll %d of seed %d", poll, seed)
                        .isEqualTo(records.size());
                rows += landed.rows();
            }
            assertThat(stage.count("click")).isEqualTo(rows);
            assertThat(
                            stage.one(
                                    "SELECT count(*) FROM transform.quarantine WHERE source = '$S'"
                                            + " AND reason <> 'malformed'"))
                    .as("nothing but what is no JSON")
                    .isEqualTo("[0]");
        }
    }
}
