package dev.millrace.transform.landing.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Objects;

class TimesTest {

    private static Instant parsed(String text) {
        return Times.instant(Objects.requireNonNull(Times.parse(text)).micros());
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-02T03:04:05Z, 2026-01-02T03:04:05Z",
        "2026-01-02 03:04:05.5+01, 2026-01-02T02:04:05.500Z",
        "2026-01-02t03:04:05.123456z, 2026-01-02T03:04:05.123456Z",
        "2026-01-02T03:04+0530, 2026-01-01T21:34:00Z",
        "2024-02-29T23:59:60Z, 2024-03-01T00:00:00Z",
        "0001-01-01T00:00:00Z, 0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999-15:59, +10000-01-01T15:58:59.999999Z",
        "2026-01-02T03:04:05.1234565Z, 2026-01-02T03:04:05.123457Z",
        "2026-01-02T03:04:05.1234564999Z, 2026-01-02T03:04:05.123456Z",
        "2026-01-02T03:04:05.9999999Z, 2026-01-02T03:04:06Z"
    })
    void aTimeWithItsZoneIsAMoment(String text, String expected) {
        assertThat(parsed(text)).isEqualTo(Instant.parse(expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2026-01-02",
                "2026-01-02T03:04:05",
                "2026-02-29T03:04:05Z",
                "2026-13-01T03:04:05Z",
                "2026-01-00T03:04:05Z",
                "2026-01-02T24:00:00Z",
                "2026-01-02T03:60:00Z",
                "2026-01-02T03:04:61Z",
                "2026-01-02T03:04:05.Z",
                "2026-01-02T03:04:05Zulu",
                "2026-01-02T03:04:05+16:00",
                "2026-01-02T03:04:05+1:00",
                "2026-01-02T03:04:05 Z",
                "0000-01-01T00:00:00Z",
                "26-01-02T03:04:05Z now",
                "2026-01-02T03:04:0５Z",
                "2026-01-02T03:04:05.123456789012345678901234567890123456789012345678Z"
            })
    void anythingElseStaysText(String text) {
        assertThat(Times.parse(text)).isNull();
    }

    @Property
    void everyMomentIsReadAsJavaReadsIt(
            @ForAll @LongRange(min = -62_135_596_800L, max = 253_402_300_799L) long second,
            @ForAll @IntRange(max = 999_999) int micros,
            @ForAll @IntRange(min = -57_540, max = 57_540) int offset) {
        ZoneOffset zone = ZoneOffset.ofTotalSeconds(offset / 60 * 60);
        OffsetDateTime time =
                OffsetDateTime.ofInstant(Instant.ofEpochSecond(second, micros * 1_000L), zone);
        if (time.getYear() < 1 || time.getYear() > 9_999) {
            return;
        }

        assertThat(parsed(time.toString())).isEqualTo(time.toInstant());
    }

    @Test
    void nanosecondsAreRoundedToTheNearestMicrosecond() {
        assertThat(Times.micros(Instant.parse("1969-12-31T23:59:59.999999499Z"))).isEqualTo(-1);
        assertThat(Times.micros(Instant.parse("1969-12-31T23:59:59.999999500Z"))).isZero();
        assertThat(Times.micros(Instant.parse("1970-01-01T00:00:00.000001499Z"))).isEqualTo(1);
    }

    @Test
    void whatPostgresqlCannotHoldIsRefused() {
        assertThatThrownBy(() -> Times.micros(Instant.MAX)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Times.micros(Instant.parse("-4713-01-01T00:00:00Z")))
                .isInstanceOf(ArithmeticException.class);
    }
}
