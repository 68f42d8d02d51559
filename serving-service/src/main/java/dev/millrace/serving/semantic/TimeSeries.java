package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.contracts.project.cube.RollingWindow;

import org.jspecify.annotations.Nullable;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The units of time that a range touches, one after the other, in local time. */
final class TimeSeries {

    /** As many as a result may have rows. */
    private static final int MOST = 50_000;

    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT);
    private static final Pattern TERM = Pattern.compile("(-?\\d+) ([a-z]+?)s?\\b");

    private final String interval;
    private final String granularity;
    private final LocalDateTime first;
    private final LocalDateTime last;

    private TimeSeries(
            String granularity, String interval, LocalDateTime first, LocalDateTime last) {
        this.granularity = granularity;
        this.interval = interval;
        this.first = first;
        this.last = last;
    }

    /**
     * @param from within the first unit
     * @param to within the last unit
     */
    static TimeSeries of(
            Dimension dimension, String granularity, LocalDateTime from, LocalDateTime to) {
        boolean calendar = TimeUnits.CALENDAR.contains(granularity);
        Optional<Dimension.Granularity> own = TimeUnits.custom(dimension, granularity);
        if (!calendar && own.isEmpty()) {
            throw TimeUnits.unknown(dimension, granularity);
        }
        String interval = calendar ? "1 " + granularity : own.orElseThrow().interval();
        LocalDateTime first =
                calendar
                        ? floor(from, granularity)
                        : CustomGranularity.of(own.orElseThrow()).floor(from);
        long most = Duration.between(first, to).toSeconds() / Math.max(1, shortest(interval)) + 1;
        if (most > MOST) {
            throw QueryException.user(
                    "the range has more than %d units of '%s'; choose a shorter range or a coarser granularity"
                            .formatted(MOST, granularity));
        }
        LocalDateTime last = first;
        for (LocalDateTime next = first; !next.isAfter(to); next = plus(next, interval, 1)) {
            last = next;
        }
        return new TimeSeries(granularity, interval, first, last);
    }

    /** Seconds that the interval has at least. */
    private static long shortest(String interval) {
        LocalDateTime february = LocalDateTime.of(2001, 2, 1, 0, 0);
        return Duration.between(february, plus(february, interval, 1)).toSeconds();
    }

    /** The beginning of the calendar's unit that a time lies in. */
    static LocalDateTime floor(LocalDateTime time, String unit) {
        LocalDateTime day = time.truncatedTo(ChronoUnit.DAYS);
        return switch (unit) {
            case "year" -> day.withDayOfYear(1);
            case "quarter" ->
                    day.withDayOfMonth(1).withMonth((day.getMonthValue() - 1) / 3 * 3 + 1);
            case "month" -> day.withDayOfMonth(1);
            case "week" -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            case "day" -> day;
            case String fine ->
                    time.truncatedTo(ChronoUnit.valueOf(fine.toUpperCase(Locale.ROOT) + "S"));
        };
    }

    /** A time moved by an interval, as PostgreSQL moves it; by none if there is none. */
    static LocalDateTime plus(LocalDateTime time, @Nullable String interval, int sign) {
        if (interval == null || interval.equals(RollingWindow.UNBOUNDED)) {
            return time;
        }
        long months = 0;
        long days = 0;
        long seconds = 0;
        Matcher terms = TERM.matcher(interval);
        while (terms.find()) {
            long count = sign * Long.parseLong(terms.group(1));
            switch (terms.group(2)) {
                case "year" -> months += 12 * count;
                case "quarter" -> months += 3 * count;
                case "month" -> months += count;
                case "week" -> days += 7 * count;
                case "day" -> days += count;
                case "hour" -> seconds += 3_600 * count;
                case "minute" -> seconds += 60 * count;
                default -> seconds += count;
            }
        }
        return time.plusMonths(months).plusDays(days).plusSeconds(seconds);
    }

    LocalDateTime first() {
        return first;
    }

    LocalDateTime last() {
        return last;
    }

    /** The last microsecond of the last unit. */
    LocalDateTime lastEnd() {
        return plus(last, interval, 1).minus(1, ChronoUnit.MICROS);
    }

    /** The coarsest of the calendar's units of which both the series and a window are made. */
    String common(RollingWindow window) {
        List<String> units = TimeUnits.CALENDAR;
        String smallest = units.contains(granularity) ? granularity : smallest(interval);
        for (String side : Arrays.asList(window.trailing(), window.leading())) {
            if (side != null && !side.equals(RollingWindow.UNBOUNDED)) {
                smallest = finer(smallest, smallest(side));
            }
        }
        return window.toDate() == null ? smallest : finer(smallest, window.toDate());
    }

    private static String smallest(String interval) {
        String smallest = "year";
        Matcher terms = TERM.matcher(interval);
        while (terms.find()) {
            smallest = finer(smallest, terms.group(2));
        }
        return smallest;
    }

    /** Weeks do not make up months, nor months weeks: days make up both. */
    private static String finer(String one, String other) {
        boolean weeks = one.equals("week") != other.equals("week");
        List<String> units = TimeUnits.CALENDAR;
        int finest = Math.max(units.indexOf(one), units.indexOf(other));
        return weeks && finest <= units.indexOf("week") ? "day" : units.get(finest);
    }

    /** Writes the units as a table of their first and last moments. */
    void write(SqlWriter sql, String alias) {
        String step = TimeUnits.interval(interval);
        sql.text("(SELECT date_from, date_from + " + step)
                .text(" - interval '1 microsecond' AS date_to FROM generate_series(")
                .value(LOCAL.format(first))
                .text("::timestamp, ")
                .value(LOCAL.format(last))
                .text("::timestamp, " + step + ") AS date_from) AS " + alias);
    }
}
