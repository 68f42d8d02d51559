package dev.millrace.ingestion.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.record.ClientTimes;
import dev.millrace.ingestion.payload.Json;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.time.Instant;

class TimestampsTest {

    private static final long MIN = -2_000_000_000L;
    private static final long MAX = 4_000_000_000L;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    2026-01-02T03:04:05.678Z              | 2026-01-02T03:04:05.678Z
                    2026-01-02t03:04:05.678z              | 2026-01-02T03:04:05.678Z
                    2026-01-02T03:04:05Z                  | 2026-01-02T03:04:05Z
                    2026-01-02T03:04Z                     | 2026-01-02T03:04:00Z
                    2026-01-02T03:04:05.678+01:00         | 2026-01-02T02:04:05.678Z
                    2026-01-02T03:04:05.678+0100          | 2026-01-02T02:04:05.678Z
                    2026-01-02T03:04:05-08                | 2026-01-02T11:04:05Z
                    2026-01-02T03:04:05.123456            | 2026-01-02T03:04:05.123456Z
                    2026-01-02T03:04:05.1234567891234Z    | 2026-01-02T03:04:05.123456789Z
                    2026-01-02T03:04:05,5Z                | 2026-01-02T03:04:05.500Z
                    2026-01-02 03:04:05                   | 2026-01-02T03:04:05Z
                    2026-01-02 03:04:05 +0200             | 2026-01-02T01:04:05Z
                    2026-01-02 03:04:05 UTC               | 2026-01-02T03:04:05Z
                    20260102T030405Z                      | 2026-01-02T03:04:05Z
                    2026-01-02                            | 2026-01-02T00:00:00Z
                    1767323045                            | 2026-01-02T03:04:05Z
                    1767323045678                         | 2026-01-02T03:04:05.678Z
                    1767323045678901                      | 2026-01-02T03:04:05.678901Z
                    1767323045.678                        | 2026-01-02T03:04:05.678Z
                    Fri, 2 Jan 2026 03:04:05 GMT          | 2026-01-02T03:04:05Z
                    Fri, 02 Jan 2026 03:04:05 +0100       | 2026-01-02T02:04:05Z
                    """)
    void timesAreReadAsClientsWriteThem(String written, String meant) {
        assertThat(Timestamps.read(new Json.Text(" " + written + " ")))
                .contains(Instant.parse(meant));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    1767323045                 | 2026-01-02T03:04:05Z
                    1767323045.5               | 2026-01-02T03:04:05.500Z
                    1767323045678              | 2026-01-02T03:04:05.678Z
                    1.767323045678e12          | 2026-01-02T03:04:05.678Z
                    1767323045678901           | 2026-01-02T03:04:05.678901Z
                    1767323045678901234        | 2026-01-02T03:04:05.678901234Z
                    -1                         | 1969-12-31T23:59:59Z
                    -0.5                       | 1969-12-31T23:59:59.500Z
                    0                          | 1970-01-01T00:00:00Z
                    """)
    void numbersAreTimeSince1970InTheUnitThatMakesSense(String digits, String meant) {
        assertThat(Timestamps.read(new Json.Numeral(digits))).contains(Instant.parse(meant));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "garbage",
                "now",
                "2026-13-01",
                "2026-02-30T00:00:00Z",
                "2026-01-02T25:00:00Z",
                "2026-01-02T03:04:05+99:00",
                "0000-01-01T00:00:00Z",
                "+12026-01-01T00:00:00Z",
                "2026",
                "[object Object]",
                "Invalid Date",
                "\u0000",
                "2026-01-02T03:04:05.Z",
                "0001-01-01T00:00:00+05:00"
            })
    void whatIsNoTimeIsNone(String written) {
        assertThat(Timestamps.read(new Json.Text(written))).isEmpty();
    }

    @Timeout(5)
    @ParameterizedTest
    @ValueSource(strings = {"1e400", "1e-400", "1e999999999", "1e-999999999", "1e99999999999"})
    void numbersBeyondTimeAreNoneAndCostNothing(String digits) {
        assertThat(Timestamps.read(new Json.Numeral(digits))).isEmpty();
        assertThat(Timestamps.read(new Json.Numeral("7".repeat(30_000)))).isEmpty();
    }

    @Test
    void otherValuesAreNoTime() {
        assertThat(Timestamps.read(Json.Literal.TRUE)).isEmpty();
        assertThat(Timestamps.read(Json.Literal.NULL)).isEmpty();
        assertThat(Timestamps.read(null)).isEmpty();
    }

    @Test
    void withoutATimeOfItsOwnAnEventHappenedWhenItCame() {
        Instant now = Instant.parse("2026-01-02T03:04:05Z");
        assertThat(ClientTimes.corrected(null, null, now)).isEqualTo(now);
        assertThat(ClientTimes.corrected(null, now.minusSeconds(9), now)).isEqualTo(now);
    }

    @Test
    void withoutTheSendersClockTheEventsTimeIsBelieved() {
        Instant original = Instant.parse("2020-01-01T00:00:00Z");
        assertThat(ClientTimes.corrected(original, null, Instant.parse("2026-01-02T03:04:05Z")))
                .isEqualTo(original);
    }

    @Property(tries = 300)
    void theSendersClockDoesNotMatter(
            @ForAll @LongRange(min = MIN, max = MAX) long happened,
            @ForAll @LongRange(min = 0, max = 100_000) long waited,
            @ForAll @LongRange(min = -1_000_000_000, max = 1_000_000_000) long skew) {
        Instant received = Instant.ofEpochSecond(happened + waited);
        Instant original = Instant.ofEpochSecond(happened + skew);
        Instant sent = Instant.ofEpochSecond(happened + waited + skew);
        assertThat(ClientTimes.corrected(original, sent, received))
                .isEqualTo(Instant.ofEpochSecond(happened));
    }

    @Property(tries = 300)
    void aCorrectedTimeIsAsLongBeforeReceivingAsTheEventWasBeforeSending(
            @ForAll @LongRange(min = MIN, max = MAX) long original,
            @ForAll @LongRange(min = MIN, max = MAX) long sent,
            @ForAll @LongRange(min = MIN, max = MAX) long received) {
        Instant corrected =
                ClientTimes.corrected(
                        Instant.ofEpochSecond(original),
                        Instant.ofEpochSecond(sent),
                        Instant.ofEpochSecond(received));
        assertThat(Duration.between(corrected, Instant.ofEpochSecond(received)))
                .isEqualTo(Duration.ofSeconds(sent - original));
    }

    @Test
    void aCorrectionOutOfTheCalendarIsNotMade() {
        Instant now = Instant.parse("2026-01-02T03:04:05Z");
        Instant last = Instant.parse("9999-01-01T00:00:00Z");
        Instant first = Instant.parse("0001-01-01T00:00:00Z");
        assertThat(ClientTimes.corrected(last, first, now)).isEqualTo(now);
        assertThat(ClientTimes.corrected(first, last, now)).isEqualTo(now);
    }

    @Property(tries = 300)
    void everyInstantIsReadFromItsOwnText(
            @ForAll @LongRange(min = MIN, max = MAX) long second,
            @ForAll @LongRange(min = 0, max = 999_999_999) long nanos) {
        Instant instant = Instant.ofEpochSecond(second, nanos);
        assertThat(Timestamps.read(new Json.Text(instant.toString()))).contains(instant);
    }

    @Property(tries = 300)
    void noTextDoesMoreThanBeNone(@ForAll String text, @ForAll long number) {
        assertThat(Timestamps.read(new Json.Text(text))).isNotNull();
        assertThat(Timestamps.read(new Json.Numeral(Long.toString(number)))).isNotNull();
    }
}
