package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.serving.semantic.Query.DateRange;
import dev.millrace.serving.semantic.QueryException;
import dev.millrace.test.SettableClock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.ZoneId;
import java.util.List;

class DateRangesTest {

    private static final ZoneId UTC = ZoneId.of("UTC");

    /** A Wednesday. */
    private final DateRanges ranges = new DateRanges(SettableClock.at("2026-02-11T22:30:45Z"));

    @ParameterizedTest
    @CsvSource({
        "today, 2026-02-11T00:00:00.000, 2026-02-11T23:59:59.999",
        "Yesterday, 2026-02-10T00:00:00.000, 2026-02-10T23:59:59.999",
        "tomorrow, 2026-02-12T00:00:00.000, 2026-02-12T23:59:59.999",
        "this week, 2026-02-09T00:00:00.000, 2026-02-15T23:59:59.999",
        "last week, 2026-02-02T00:00:00.000, 2026-02-08T23:59:59.999",
        "this month, 2026-02-01T00:00:00.000, 2026-02-28T23:59:59.999",
        "last quarter, 2025-10-01T00:00:00.000, 2025-12-31T23:59:59.999",
        "next year, 2027-01-01T00:00:00.000, 2027-12-31T23:59:59.999",
        "last 7 days, 2026-02-04T00:00:00.000, 2026-02-10T23:59:59.999",
        "last 2 months, 2025-12-01T00:00:00.000, 2026-01-31T23:59:59.999",
        "next 2 weeks, 2026-02-16T00:00:00.000, 2026-03-01T23:59:59.999",
        "last 3 hours, 2026-02-11T19:00:00.000, 2026-02-11T21:59:59.999",
        "from 7 days ago to now, 2026-02-04T00:00:00.000, 2026-02-11T23:59:59.999",
        "from 30 minutes ago to now, 2026-02-11T22:00:00.000, 2026-02-11T22:30:59.999",
        "from 1 hour ago to 1 hour from now, 2026-02-11T21:00:00.000, 2026-02-11T23:59:59.999",
        "2 days ago, 2026-02-09T00:00:00.000, 2026-02-09T23:59:59.999",
        "from 2026-01-01 to yesterday, 2026-01-01T00:00:00.000, 2026-02-10T23:59:59.999"
    })
    void wordsMeanWhatTheyMeanToCube(String words, String from, String to) {
        DateRange range = ranges.words(words, UTC);

        assertThat(DateRanges.LOCAL.format(range.from())).isEqualTo(from);
        assertThat(DateRanges.LOCAL.format(range.to())).isEqualTo(to);
    }

    @Test
    void aDayIsTheDayOfTheZone() {
        assertThat(DateRanges.LOCAL.format(ranges.words("today", ZoneId.of("Asia/Tokyo")).from()))
                .isEqualTo("2026-02-12T00:00:00.000");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-01, 2026-01-01, 2026-01-01T00:00:00.000, 2026-01-01T23:59:59.999",
        "2026-01-01T10:00:00, 2026-01-02, 2026-01-01T10:00:00.000, 2026-01-02T23:59:59.999",
        "2026-01-01T10:00:00.5, 2026-01-02 11:00:00, 2026-01-01T10:00:00.500,"
                + " 2026-01-02T11:00:00.000",
        "2026-01-01T10:00:00.000Z, 2026-01-02T10:00:00.000+02:00, 2026-01-01T10:00:00.000,"
                + " 2026-01-02T08:00:00.000"
    })
    void datesAreWholeDays(String first, String last, String from, String to) {
        DateRange range = ranges.between(List.of(first, last), UTC);

        assertThat(DateRanges.LOCAL.format(range.from())).isEqualTo(from);
        assertThat(DateRanges.LOCAL.format(range.to())).isEqualTo(to);
    }

    @Test
    void whatIsNoDateIsToldApart() {
        assertThatThrownBy(() -> ranges.words("2026-02-31", UTC))
                .isInstanceOf(QueryException.class)
                .hasMessage("Can't parse date: '2026-02-31'");
    }
}
