package dev.millrace.serving.query.export;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

class PostgresTextTest {

    @ParameterizedTest
    @CsvSource({
        "1970-01-01 00:00:00, 1970-01-01T00:00:00",
        "1969-12-31 23:59:59.999999, 1969-12-31T23:59:59.999999",
        "2026-02-28 23:59:59.5, 2026-02-28T23:59:59.500",
        "2026-02-28 23:59:59.5+00, 2026-02-28T23:59:59.500",
        "2026-02-28 23:59:59+05:30, 2026-02-28T18:29:59",
        "2026-02-28 23:59:59.25-03, 2026-03-01T02:59:59.250",
        "1890-01-01 00:53:28+00:53:28, 1890-01-01T00:00:00",
        "0001-01-01 00:00:00, 0001-01-01T00:00:00",
        "0001-12-31 12:00:00 BC, 0000-12-31T12:00:00",
        "0044-03-15 12:00:00.000001+00 BC, -0043-03-15T12:00:00.000001",
        "4714-11-24 00:00:00 BC, -4713-11-24T00:00:00",
        "12345-06-07 08:09:10, +12345-06-07T08:09:10",
        "292277-01-09 04:00:54, +292277-01-09T04:00:54",
    })
    void timesAreReadToTheMicrosecond(String text, LocalDateTime time) {
        LocalDateTime epoch = LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC);

        assertThat(PostgresText.micros(text)).isEqualTo(epoch.until(time, ChronoUnit.MICROS));
    }

    @ParameterizedTest
    @CsvSource({
        "infinity",
        "-infinity",
        "294276-12-31 23:59:59.999999",
        "294276-12-31 00:00:00+00"
    })
    void whatSixtyFourBitsDoNotReachIsNoTime(String text) {
        assertThat(PostgresText.micros(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "1970-01-01, 0",
                "1969-12-31, -1",
                "0001-12-31 BC, -719163",
                "4714-11-24 BC, -2440588",
                "5874897-12-31, 2145042905",
                "infinity, none",
                "-infinity, none",
            })
    void datesAreReadToTheLastThatPostgresHas(String text, Integer days) {
        assertThat(PostgresText.days(text)).isEqualTo(days);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "1.50, 2, 150",
                "-0.01, 2, -1",
                "0, 0, 0",
                "99999999999999999999999999999999999999, 0, 99999999999999999999999999999999999999",
                "NaN, 2, none",
                "Infinity, 2, none",
            })
    void decimalsKeepEveryDigit(String text, int scale, java.math.BigInteger unscaled) {
        assertThat(PostgresText.unscaled(text, scale)).isEqualTo(unscaled);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, FLOAT64",
        "10, 2, 'Decimal[precision=10, scale=2]'",
        "38, 38, 'Decimal[precision=38, scale=38]'",
        "39, 2, TEXT",
        "5, -2, 'Decimal[precision=7, scale=0]'",
        "37, -2, TEXT",
        "3, 5, 'Decimal[precision=5, scale=5]'",
        "3, 1000, TEXT",
    })
    void numericsAreDecimalsWhereThoseAreWideEnough(int precision, int scale, String type) {
        assertThat(ColumnType.numeric(precision, scale)).hasToString(type);
    }
}
