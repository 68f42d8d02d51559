package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.serving.semantic.Query.DateRange;
import dev.millrace.serving.semantic.QueryException;
import dev.millrace.test.SettableClock;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** What holds for words that mean a range, whenever and wherever they are said. */
class DateRangePropertiesTest {

    private static final LocalDateTime NEW_YEAR_1990 = LocalDateTime.of(1990, 1, 1, 0, 0);

    @Provide
    Arbitrary<Instant> moments() {
        return Arbitraries.longs()
                .between(0, ChronoUnit.MILLIS.between(NEW_YEAR_1990, NEW_YEAR_1990.plusYears(90)))
                .map(millis -> Instant.parse("1990-01-01T00:00:00Z").plusMillis(millis));
    }

    @Provide
    Arbitrary<ZoneId> zones() {
        return Arbitraries.of(
                        "UTC",
                        "America/New_York",
                        "Asia/Kathmandu",
                        "Pacific/Apia",
                        "Europe/London",
                        "Australia/Lord_Howe")
                .map(ZoneId::of);
    }

    @Provide
    Arbitrary<String> units() {
        return Arbitraries.of(
                "second", "minute", "hour", "day", "week", "month", "quarter", "year");
    }

    @Property(tries = 300)
    void lastThisAndNextLieSideBySideAroundNow(
            @ForAll("moments") Instant now,
            @ForAll("zones") ZoneId zone,
            @ForAll("units") String unit) {
        DateRanges ranges = new DateRanges(SettableClock.at(now));
        DateRange last = ranges.words("last " + unit, zone);
        DateRange current = ranges.words("this " + unit, zone);
        DateRange next = ranges.words("next " + unit, zone);
        LocalDateTime here = LocalDateTime.ofInstant(now, zone);

        assertThat(here).isBetween(current.from(), current.to());
        assertThat(after(last)).isEqualTo(current.from());
        assertThat(after(current)).isEqualTo(next.from());
        assertThat(plus(current.from(), unit, 1)).isEqualTo(next.from());
        assertThat(plus(last.from(), unit, 1)).isEqualTo(current.from());
    }

    @Property(tries = 300)
    void severalUnitsAreAsManyAndEndBeforeThisOne(
            @ForAll("moments") Instant now,
            @ForAll("zones") ZoneId zone,
            @ForAll("units") String unit,
            @ForAll @IntRange(min = 1, max = 400) int count) {
        DateRanges ranges = new DateRanges(SettableClock.at(now));
        DateRange current = ranges.words("this " + unit, zone);
        DateRange last = ranges.words("last " + count + " " + unit + "s", zone);
        DateRange next = ranges.words("next  " + count + " " + unit, zone);

        assertThat(after(last)).isEqualTo(current.from());
        assertThat(plus(last.from(), unit, count)).isEqualTo(current.from());
        assertThat(next.from()).isEqualTo(after(current));
        assertThat(plus(next.from(), unit, count)).isEqualTo(after(next));
    }

    @Property(tries = 200)
    void writtenDatesAreWholeDaysWhateverTheZone(
            @ForAll @IntRange(min = 0, max = 40_000) int day,
            @ForAll @IntRange(min = 0, max = 5_000) int length,
            @ForAll("zones") ZoneId zone) {
        DateRanges ranges = new DateRanges(SettableClock.at("2026-01-01T00:00:00Z"));
        LocalDate first = NEW_YEAR_1990.toLocalDate().plusDays(day);
        LocalDate last = first.plusDays(length);
        DateRange range = ranges.between(List.of(first.toString(), last.toString()), zone);

        assertThat(range.from()).isEqualTo(first.atStartOfDay());
        assertThat(after(range)).isEqualTo(last.plusDays(1).atStartOfDay());
        assertThat(ranges.words("from " + first + " to " + last, zone)).isEqualTo(range);
    }

    @Property(tries = 300)
    void aTimeThatIsEchoedMeansTheSameAgain(
            @ForAll("moments") Instant now,
            @ForAll("zones") ZoneId zone,
            @ForAll("phrases") String words) {
        DateRanges ranges = new DateRanges(SettableClock.at(now));
        Optional<DateRange> range = read(ranges, words, zone);

        range.ifPresent(
                read ->
                        assertThat(
                                        ranges.between(
                                                List.of(
                                                        DateRanges.LOCAL.format(read.from()),
                                                        DateRanges.LOCAL.format(read.to())),
                                                zone))
                                .isEqualTo(
                                        new DateRange(
                                                read.from().truncatedTo(ChronoUnit.MILLIS),
                                                read.to().truncatedTo(ChronoUnit.MILLIS))));
    }

    /** Sentences of the words that ranges are made of, few of which mean anything. */
    @Provide
    Arbitrary<String> phrases() {
        return Arbitraries.of(
                        "from",
                        "to",
                        "last",
                        "this",
                        "next",
                        "in",
                        "ago",
                        "now",
                        "a",
                        "an",
                        "0",
                        "7",
                        "999999",
                        "-1",
                        "day",
                        "days",
                        "weeks",
                        "month",
                        "quarter",
                        "years",
                        "second",
                        "today",
                        "yesterday",
                        "tomorrow",
                        "2026-01-01",
                        "2026-02-30",
                        "2026-01-01T10:00:00Z",
                        "10:00",
                        "9999-12-31",
                        "Q1",
                        "since",
                        "")
                .list()
                .ofMinSize(1)
                .ofMaxSize(7)
                .map(words -> String.join(" ", words));
    }

    @Property(tries = 400)
    void nonsenseIsRefusedInWords(
            @ForAll("moments") Instant now,
            @ForAll("zones") ZoneId zone,
            @ForAll("phrases") String first,
            @ForAll String second) {
        DateRanges ranges = new DateRanges(SettableClock.at(now));

        assertReads(ranges, List.of(first), zone);
        assertReads(ranges, List.of(second), zone);
        assertReads(ranges, List.of(first, second), zone);
    }

    private static Optional<DateRange> read(DateRanges ranges, String words, ZoneId zone) {
        try {
            return Optional.of(ranges.between(List.of(words), zone));
        } catch (QueryException e) {
            return Optional.empty();
        }
    }

    private static void assertReads(DateRanges ranges, List<String> ends, ZoneId zone) {
        try {
            DateRange range = ranges.between(ends, zone);
            assertThat(range.from().getYear()).isBetween(1, 9999);
            assertThat(range.to().getYear()).isBetween(1, 9999);
        } catch (QueryException e) {
            assertThat(e.kind()).isEqualTo(QueryException.Kind.FORMAT);
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    @Example
    void yearsThatCannotBeWrittenAreRefusedAndNotMistakenForOthers() {
        DateRanges ranges = new DateRanges(SettableClock.at("2026-01-01T00:00:00Z"));
        ZoneId utc = ZoneId.of("UTC");

        for (String text :
                List.of(
                        "last 3000 years",
                        "next 9000 years",
                        "-0044-03-15T00:00:00",
                        "+12026-01-01T00:00:00",
                        "+999999999-12-31T23:59:59+01:00")) {
            assertThatThrownBy(() -> ranges.between(List.of(text), utc))
                    .as(text)
                    .isInstanceOf(QueryException.class)
                    .hasMessageContaining("it may reach from 1 to 9999");
        }
        assertThatThrownBy(() -> ranges.between(List.of("-999999999-01-01T00:00:00+18:00"), utc))
                .isInstanceOf(QueryException.class)
                .hasMessageStartingWith("Can't parse date");
        assertThat(ranges.between(List.of("0001-01-01", "9999-12-31"), utc).to())
                .isEqualTo(LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_000_000));
    }

    private static LocalDateTime after(DateRange range) {
        return range.to().plus(1, ChronoUnit.MILLIS);
    }

    private static LocalDateTime plus(LocalDateTime time, String unit, int count) {
        return switch (unit) {
            case "second" -> time.plusSeconds(count);
            case "minute" -> time.plusMinutes(count);
            case "hour" -> time.plusHours(count);
            case "day" -> time.plusDays(count);
            case "week" -> time.plusWeeks(count);
            case "month" -> time.plusMonths(count);
            case "quarter" -> time.plusMonths(3L * count);
            default -> time.plusYears(count);
        };
    }
}
