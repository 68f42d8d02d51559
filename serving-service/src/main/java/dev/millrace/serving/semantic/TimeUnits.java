package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Dimension;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Cuts time into units, in a time zone's own hours and days. */
public final class TimeUnits {

    /** The calendar's units, from coarse to fine. */
    public static final List<String> CALENDAR =
            List.of("year", "quarter", "month", "week", "day", "hour", "minute", "second");

    /** The granularity of time as it is, in local time. */
    static final String UNCUT = "$uncut";

    /** Those that have the same length always, and so may begin anywhere. */
    private static final Set<String> ALIGNED = Set.of("hour", "minute", "second");

    private static final Pattern QUARTERS = Pattern.compile("(-?\\d+) quarters?");
    private static final DateTimeFormatter UTC = utc("SSSSSS");
    private static final DateTimeFormatter UTC_MILLIS = utc("SSS");
    static final int NANOS_OF_999_MILLIS = 999_000_000;

    private TimeUnits() {}

    /** PostgreSQL takes five digits for a year as well, which the last day of 9999 can come to. */
    private static DateTimeFormatter utc(String fraction) {
        return new DateTimeFormatterBuilder()
                .appendValue(ChronoField.YEAR, 4, 5, SignStyle.NOT_NEGATIVE)
                .appendPattern("-MM-dd'T'HH:mm:ss." + fraction + "'Z'")
                .toFormatter(Locale.ROOT);
    }

    /** The unit's own definition, if it is none of the calendar's. */
    static Optional<Dimension.Granularity> custom(Dimension dimension, String granularity) {
        return dimension.granularities().stream()
                .filter(own -> own.name().equals(granularity))
                .findFirst();
    }

    /**
     * Writes the beginning of the unit that a time lies in, as local time without a zone; in UTC if
     * units begin at a moment of the query's own.
     *
     * @param time writes the time
     */
    static void truncate(
            SqlWriter sql,
            Dimension dimension,
            String granularity,
            Compilation compilation,
            Runnable time) {
        ZoneId zone = compilation.timezone();
        Instant origin = compilation.origin();
        if (granularity.equals(UNCUT)) {
            local(sql, zone, time);
            return;
        }
        if (origin != null && ALIGNED.contains(granularity)) {
            sql.text("(date_bin(interval '1 " + granularity + "', (");
            time.run();
            sql.text(")::timestamptz, timestamptz '")
                    .text(UTC.format(origin.atZone(ZoneId.of("UTC"))))
                    .text("') AT TIME ZONE 'UTC')");
            return;
        }
        truncateLocal(sql, dimension, granularity, () -> local(sql, zone, time));
    }

    /**
     * The same of local time.
     *
     * @param time writes the local time
     */
    static void truncateLocal(
            SqlWriter sql, Dimension dimension, String granularity, Runnable time) {
        if (CALENDAR.contains(granularity)) {
            sql.text("date_trunc('" + granularity + "', ");
            time.run();
            sql.text(")");
            return;
        }
        Dimension.Granularity own =
                custom(dimension, granularity).orElseThrow(() -> unknown(dimension, granularity));
        CustomGranularity.of(own).truncate(sql, time);
    }

    static QueryException unknown(Dimension dimension, String granularity) {
        return QueryException.user(
                "Granularity \"%s\" does not exist in dimension %s"
                        .formatted(granularity, dimension.name()));
    }

    /** An interval in SQL; PostgreSQL knows no quarters. */
    static String interval(String interval) {
        String months =
                QUARTERS.matcher(interval)
                        .replaceAll(q -> 3 * Long.parseLong(q.group(1)) + " months");
        return "interval '" + months + "'";
    }

    /**
     * Writes a time that is later than the one there is.
     *
     * @param intervals of local time, separated by commas, one after the other
     */
    static void shifted(SqlWriter sql, ZoneId zone, String intervals, Runnable time) {
        sql.text("((");
        local(sql, zone, time);
        for (String interval : intervals.split(",", -1)) {
            sql.text(" + " + interval(interval));
        }
        sql.text(") AT TIME ZONE ").value(zone.getId()).text("::text)");
    }

    private static void local(SqlWriter sql, ZoneId zone, Runnable time) {
        sql.text("(");
        time.run();
        sql.text("::timestamptz AT TIME ZONE ").value(zone.getId()).text("::text)");
    }

    /** The instant that a range begins with; where clocks go back, the first of two. */
    static String instantFrom(LocalDateTime local, ZoneId zone) {
        return UTC_MILLIS.format(utc(local.atZone(zone)));
    }

    /**
     * The last instant of a range; where clocks go back, the second of two. A range that is written
     * to the last millisecond of a second is meant to its end: PostgreSQL has microseconds.
     */
    static String instantTo(LocalDateTime local, ZoneId zone) {
        ZonedDateTime last = utc(local.atZone(zone).withLaterOffsetAtOverlap());
        return local.get(ChronoField.NANO_OF_SECOND) == NANOS_OF_999_MILLIS
                ? UTC.format(last.withNano(999_999_000))
                : UTC_MILLIS.format(last);
    }

    private static ZonedDateTime utc(ZonedDateTime time) {
        return time.withZoneSameInstant(ZoneId.of("UTC"));
    }

    /** Reads a date or a local time as queries write them. */
    public static Optional<LocalDateTime> parse(String text, boolean endOfDay) {
        try {
            if (text.length() == 10) {
                LocalDate date = LocalDate.parse(text);
                return Optional.of(
                        date.atTime(
                                endOfDay
                                        ? LocalTime.of(23, 59, 59, NANOS_OF_999_MILLIS)
                                        : LocalTime.MIDNIGHT));
            }
            return Optional.of(LocalDateTime.parse(text.replace(' ', 'T')));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
