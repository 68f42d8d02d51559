package dev.millrace.contracts.project.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

class BusinessCalendarTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final List<String> DAYS = List.of("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su");

    /** A rule as it is written, and what it says, apart from each other. */
    record Rule(List<Integer> days, List<int[]> spans) {

        String text() {
            String written = days.stream().map(DAYS::get).collect(Collectors.joining(","));
            String times =
                    spans.stream()
                            .map(s -> clock(s[0]) + "-" + clock(s[1]))
                            .collect(Collectors.joining(","));
            return written + " " + (times.isEmpty() ? "off" : times);
        }

        private static String clock(int minute) {
            return "%02d:%02d".formatted(minute / 60, minute % 60);
        }
    }

    @Property(tries = 300)
    void itIsOpenExactlyWhenTheClockOnTheWallIsWithinItsHours(
            @ForAll("rules") List<Rule> rules, @ForAll @IntRange(max = 366 * 24 * 60) int minute) {
        BusinessCalendar calendar =
                calendar(rules.stream().map(Rule::text).collect(Collectors.joining("; ")));
        Instant at = Instant.parse("2026-01-01T00:00:30Z").plusSeconds(minute * 60L);

        assertThat(calendar.isOpen(at))
                .isEqualTo(isOpenByWall(rules, at.atZone(BERLIN).toLocalDateTime()));
    }

    @Property(tries = 100)
    void openTimeIsTheSumOfOpenMinutes(
            @ForAll("rules") List<Rule> rules,
            @ForAll @IntRange(max = 366 * 24 * 60) int minute,
            @ForAll @IntRange(max = 3_000) int length) {
        BusinessCalendar calendar =
                calendar(rules.stream().map(Rule::text).collect(Collectors.joining("; ")));
        Instant from = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(minute * 60L);
        long open = 0;
        for (int i = 0; i < length; i++) {
            Instant at = from.plusSeconds(i * 60L + 30);
            open += isOpenByWall(rules, at.atZone(BERLIN).toLocalDateTime()) ? 1 : 0;
        }

        assertThat(calendar.openTime(from, from.plusSeconds(length * 60L)))
                .isEqualTo(Duration.ofMinutes(open));
    }

    /** The last rule of a day is its rule; what goes past midnight began the day before. */
    private static boolean isOpenByWall(List<Rule> rules, LocalDateTime wall) {
        int now = wall.getHour() * 60 + wall.getMinute();
        return isWithin(rules, wall.toLocalDate(), now)
                || isWithin(rules, wall.toLocalDate().minusDays(1), now + 24 * 60);
    }

    private static boolean isWithin(List<Rule> rules, LocalDate day, int minute) {
        int index = day.getDayOfWeek().getValue() - 1;
        return rules.reversed().stream()
                .filter(rule -> rule.days().contains(index))
                .findFirst()
                .stream()
                .flatMap(rule -> rule.spans().stream())
                .anyMatch(
                        s -> {
                            int end = s[1] <= s[0] ? s[1] + 24 * 60 : s[1];
                            return s[0] <= minute && minute < end;
                        });
    }

    @Provide
    Arbitrary<List<Rule>> rules() {
        Arbitrary<List<Integer>> days =
                Arbitraries.integers()
                        .between(0, 6)
                        .list()
                        .ofMinSize(1)
                        .ofMaxSize(5)
                        .uniqueElements();
        // Not between two and four, when clocks change: those have tests of their own.
        Arbitrary<Integer> times =
                Arbitraries.integers().between(0, 24 * 60 - 1).filter(m -> m < 120 || m > 240);
        Arbitrary<int[]> span = Combinators.combine(times, times).as((a, b) -> new int[] {a, b});
        return Combinators.combine(days, span.list().ofMaxSize(3))
                .as(Rule::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    @Property(tries = 500)
    void whateverIsWrittenIsReadOrRefusedWithAReason(
            @ForAll @StringLength(max = 40) String any, @ForAll("almost") String almost) {
        for (String text : List.of(any, almost)) {
            try {
                OpeningHours hours = OpeningHours.parse(text);
                for (DayOfWeek day : DayOfWeek.values()) {
                    assertThat(hours.on(day))
                            .allSatisfy(span -> assertThat(span.from()).isLessThan(span.to()));
                }
            } catch (OpeningHours.Unreadable e) {
                assertThat(e.text()).isNotBlank();
            }
        }
    }

    @Provide
    Arbitrary<String> almost() {
        return Arbitraries.of(
                        "Mo", "-", "Fr", ",", " ", "08:00", "-22:00", ";", "off", "24/7", "99:99",
                        "mo")
                .list()
                .ofMaxSize(12)
                .map(parts -> String.join("", parts));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    Mo-Sa 08:00-22:00                   | 2026-11-23T08:00 | true
                    Mo-Sa 08:00-22:00                   | 2026-11-23T07:59 | false
                    Mo-Sa 08:00-22:00                   | 2026-11-28T22:00 | false
                    Mo-Sa 08:00-22:00; Su 10:00-16:00   | 2026-11-29T15:59 | true
                    Fr-Mo 10:00-12:00                   | 2026-11-30T11:00 | true
                    Fr-Mo 10:00-12:00                   | 2026-12-01T11:00 | false
                    mo,We 10:00-12:00,13:00-14:00       | 2026-11-25T13:30 | true
                    Sa 22:00-04:00                      | 2026-11-29T03:59 | true
                    Sa 22:00-28:00                      | 2026-11-29T04:00 | false
                    24/7                                | 2026-11-29T04:00 | true
                    24/7; Su off                        | 2026-11-29T04:00 | false
                    Mo-Su 08:00-20:00; We closed        | 2026-11-25T12:00 | false
                    22:00-06:00                         | 2026-11-25T05:00 | true
                    08:00-24:00                         | 2026-11-25T23:59 | true
                    """)
    void hoursMeanWhatOpenStreetMapSays(String hours, LocalDateTime wall, boolean open) {
        assertThat(calendar(hours).isOpen(wall.atZone(BERLIN).toInstant())).isEqualTo(open);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    Mo-Xx 08:00-22:00    | 'Xx' is not one of Mo Tu We Th Fr Sa Su
                    Mo-We-Fr 08:00-22:00 | 'Mo-We-Fr' are no days; write them as in Mo-Fr
                    Mo 8-22              | '8-22' is no span of time; write it as in 08:00-22:00
                    Mo 08:60-22:00       | an hour has 60 minutes, not 60
                    Mo 24:00-25:00       | '24:00-25:00': a day has 24 hours; a span may end at 48:00 at most
                    PH off               | 'PH' is not one of Mo Tu We Th Fr Sa Su
                    sunrise-sunset       | 'sunrise-sunset' is no rule; write days and times, as in 'Mo-Sa 08:00-22:00'
                    ;                    | there are no hours in it; write them as in 'Mo-Sa 08:00-22:00'
                    """)
    void hoursThatCannotBeReadAreExplained(String hours, String message) {
        assertThatThrownBy(() -> OpeningHours.parse(hours)).hasMessage(message);
    }

    @Test
    void hoursThatAreFarTooLongAreRefused() {
        assertThatThrownBy(() -> OpeningHours.parse("Mo 08:00-22:00;".repeat(100)))
                .hasMessageContaining("longer than");
    }

    @Test
    void aDayOnWhichClocksGoForwardIsAnHourShorter() {
        BusinessCalendar always = calendar("24/7");
        BusinessCalendar nights = calendar("22:00-06:00");

        assertThat(openOn(always, "2026-03-29")).isEqualTo(Duration.ofHours(23));
        assertThat(openOn(always, "2026-10-25")).isEqualTo(Duration.ofHours(25));
        assertThat(openOn(nights, "2026-03-29")).isEqualTo(Duration.ofHours(7));
        assertThat(openOn(nights, "2026-10-25")).isEqualTo(Duration.ofHours(9));
    }

    @Test
    void aTimeThatClocksSkipIsTheMomentAtWhichTheyDo() {
        Instant change = Instant.parse("2026-03-29T01:00:00Z");

        assertThat(calendar("Su 02:30-05:00").isOpen(change)).isTrue();
        assertThat(calendar("Su 02:30-05:00").isOpen(change.minusMillis(1))).isFalse();
        assertThat(calendar("Su 00:00-02:30").isOpen(change.minusMillis(1))).isTrue();
        assertThat(calendar("Su 00:00-02:30").isOpen(change)).isFalse();
    }

    @Test
    void aTimeThatClocksShowTwiceOpensAtTheFirstAndClosesAtTheSecond() {
        Instant first = Instant.parse("2026-10-25T00:30:00Z");

        assertThat(calendar("Su 02:30-05:00").isOpen(first)).isTrue();
        assertThat(calendar("Su 02:30-05:00").isOpen(first.minusMillis(1))).isFalse();
        assertThat(calendar("Su 00:00-02:30").isOpen(first.plusSeconds(3_599))).isTrue();
        assertThat(calendar("Su 00:00-02:30").isOpen(first.plusSeconds(3_600))).isFalse();
        assertThat(openOn(calendar("Su 00:00-02:00"), "2026-10-25")).isEqualTo(Duration.ofHours(2));
    }

    @Test
    void nothingBeginsOnADayThatIsClosed() throws Exception {
        BusinessCalendar calendar =
                new BusinessCalendar(
                        OpeningHours.parse("22:00-02:00"),
                        BERLIN,
                        Set.of(LocalDate.parse("2026-12-25")));

        // The night before lasts until two.
        assertThat(openOn(calendar, "2026-12-25")).isEqualTo(Duration.ofHours(2));
        assertThat(openOn(calendar, "2026-12-26")).isEqualTo(Duration.ofHours(2));
        assertThat(openOn(calendar, "2026-12-27")).isEqualTo(Duration.ofHours(4));
    }

    private static Duration openOn(BusinessCalendar calendar, String day) {
        LocalDate date = LocalDate.parse(day);
        return calendar.openTime(
                date.atStartOfDay(BERLIN).toInstant(),
                date.plusDays(1).atStartOfDay(BERLIN).toInstant());
    }

    private static BusinessCalendar calendar(String hours) {
        try {
            return new BusinessCalendar(OpeningHours.parse(hours), BERLIN, Set.of());
        } catch (OpeningHours.Unreadable e) {
            throw new IllegalArgumentException(e);
        }
    }
}
