package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Dimension;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A unit of a model's own, such as a fiscal year: either a number of months, which differ in
 * length, or a fixed length of time.
 */
final class CustomGranularity {

    private static final Pattern PART =
            Pattern.compile("(-?\\d+) (second|minute|hour|day|week|month|quarter|year)s?");
    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS");
    // Weeks begin on Monday, as this day does; years, quarters and months begin with it as well.
    private static final LocalDateTime EPOCH = LocalDateTime.of(1900, 1, 1, 0, 0);

    private final long months;
    private final long seconds;
    private final LocalDateTime origin;

    private CustomGranularity(long months, long seconds, LocalDateTime origin) {
        this.months = months;
        this.seconds = seconds;
        this.origin = origin;
    }

    static CustomGranularity of(Dimension.Granularity definition) {
        long months = 0;
        long seconds = 0;
        Matcher parts = PART.matcher(definition.interval());
        while (parts.find()) {
            long count = Long.parseLong(parts.group(1));
            switch (parts.group(2)) {
                case "year" -> months += 12 * count;
                case "quarter" -> months += 3 * count;
                case "month" -> months += count;
                case "week" -> seconds += 7 * 86_400 * count;
                case "day" -> seconds += 86_400 * count;
                case "hour" -> seconds += 3_600 * count;
                case "minute" -> seconds += 60 * count;
                default -> seconds += count;
            }
        }
        if (months < 0 || seconds < 0 || (months > 0) == (seconds > 0)) {
            throw QueryException.notOffered(
                    "The granularity '%s' of %s"
                            .formatted(definition.name(), definition.interval()));
        }
        return new CustomGranularity(months, seconds, origin(definition, months, seconds));
    }

    /** A point at which a unit begins. */
    private static LocalDateTime origin(
            Dimension.Granularity definition, long months, long seconds) {
        @Nullable String origin = definition.origin();
        if (origin != null) {
            return TimeUnits.parse(origin, false)
                    .orElseThrow(
                            () ->
                                    QueryException.user(
                                            "the origin '%s' of the granularity '%s' is no date"
                                                    .formatted(origin, definition.name())));
        }
        boolean aligned =
                months > 0 ? 12 % months == 0 : 86_400 % seconds == 0 || seconds == 7 * 86_400;
        if (!aligned) {
            throw QueryException.user(
                    "the granularity '%s' of %s needs an 'origin' to count from"
                            .formatted(definition.name(), definition.interval()));
        }
        @Nullable String offset = definition.offset();
        return offset == null ? EPOCH : shifted(offset);
    }

    private static LocalDateTime shifted(String offset) {
        LocalDateTime shifted = EPOCH;
        Matcher parts = PART.matcher(offset);
        while (parts.find()) {
            long count = Long.parseLong(parts.group(1));
            shifted =
                    switch (parts.group(2)) {
                        case "quarter" -> shifted.plusMonths(3 * count);
                        case String unit ->
                                shifted.plus(
                                        count,
                                        ChronoUnit.valueOf(unit.toUpperCase(Locale.ROOT) + "S"));
                    };
        }
        return shifted;
    }

    /** The beginning of the unit that a time lies in. */
    LocalDateTime floor(LocalDateTime time) {
        if (seconds > 0) {
            long since = Duration.between(origin, time).toSeconds();
            return origin.plusSeconds(Math.floorDiv(since, seconds) * seconds);
        }
        Duration intoMonth =
                Duration.between(origin.toLocalDate().withDayOfMonth(1).atStartOfDay(), origin);
        LocalDateTime moved = time.minus(intoMonth).toLocalDate().withDayOfMonth(1).atStartOfDay();
        long first = origin.getYear() * 12L + origin.getMonthValue();
        long since = moved.getYear() * 12L + moved.getMonthValue() - first;
        return moved.minusMonths(Math.floorMod(since, months)).plus(intoMonth);
    }

    /** Whether each is a number of whole units of the calendar, of a day at most or of a month. */
    boolean isMadeOf(String unit) {
        long length =
                switch (unit) {
                    case "second" -> 1;
                    case "minute" -> 60;
                    case "hour" -> 3_600;
                    case "day" -> 86_400;
                    default -> Long.MAX_VALUE;
                };
        boolean whole =
                months > 0 ? length <= 86_400 || unit.equals("month") : seconds % length == 0;
        return whole && TimeSeries.floor(origin, unit).equals(origin);
    }

    void truncate(SqlWriter sql, Runnable local) {
        if (seconds > 0) {
            sql.text("date_bin(interval '" + seconds + " seconds', ");
            local.run();
            sql.text(", timestamp '" + LOCAL.format(origin) + "')");
            return;
        }
        // Moved so that units begin with a month, cut to the month, then back to the unit's first.
        Duration intoMonth =
                Duration.between(origin.toLocalDate().withDayOfMonth(1).atStartOfDay(), origin);
        String shift = "interval '" + intoMonth.toSeconds() + " seconds'";
        long first = origin.getYear() * 12L + origin.getMonthValue();
        sql.text("(date_trunc('month', ");
        local.run();
        sql.text(" - " + shift + ") - interval '1 month' * mod(" + months + " + mod((");
        for (String field : List.of("year", "month")) {
            sql.text("extract(" + field + " FROM (");
            local.run();
            sql.text(" - " + shift + "))" + (field.equals("year") ? " * 12 + " : ""));
        }
        sql.text(" - " + first + ")::int, " + months + "), " + months + ") + " + shift + ")");
    }
}
