package dev.millrace.serving.query;

import dev.millrace.serving.semantic.Query.DateRange;
import dev.millrace.serving.semantic.QueryException;
import dev.millrace.serving.semantic.TimeUnits;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads ranges of time: dates, and words such as {@code last 7 days}, in a time zone's calendar.
 */
final class DateRanges {

    /** How Cube writes local times. */
    static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS");

    private static final String UNIT = "(day|week|month|year|quarter|hour|minute|second)";
    private static final Pattern ONE = Pattern.compile("(this|last|next)\\s+" + UNIT);
    private static final Pattern SEVERAL = Pattern.compile("(last|next)\\s+(\\d{1,6})\\s+" + UNIT);
    private static final Pattern FROM_TO = Pattern.compile("^from (.*) to (.*)$");
    private static final Pattern AGO = Pattern.compile("(\\d{1,6}|an?)\\s+" + UNIT + "s?\\s+ago");
    private static final Pattern AHEAD =
            Pattern.compile("(?:in\\s+)?(\\d{1,6}|an?)\\s+" + UNIT + "s?(?:\\s+from\\s+now)?");

    private final Clock clock;

    DateRanges(Clock clock) {
        this.clock = clock;
    }

    /** A range from its two ends, or from one date that is both. */
    DateRange between(List<String> ends, ZoneId zone) {
        String from = ends.getFirst();
        String to = ends.getLast();
        return new DateRange(written(local(from, false, zone)), written(local(to, true, zone)));
    }

    /** A time that can be written with four digits for its year, as Cube's answers do. */
    private static LocalDateTime written(LocalDateTime time) {
        if (time.getYear() < 1 || time.getYear() > 9999) {
            throw QueryException.format(
                    "A date range reaches to the year %d; it may reach from 1 to 9999"
                            .formatted(time.getYear()));
        }
        return time;
    }

    /** A date or time as queries write it, or else the beginning or end of what words mean. */
    private LocalDateTime local(String text, boolean end, ZoneId zone) {
        Optional<LocalDateTime> written = parse(text, end);
        if (written.isPresent()) {
            return written.get();
        }
        DateRange words = words(text, zone);
        return end ? words.to() : words.from();
    }

    /** The values of a filter: one or two dates, or words. */
    DateRange ofFilter(List<String> values, ZoneId zone) {
        return between(values.size() > 2 ? values.subList(0, 2) : values, zone);
    }

    private static Optional<LocalDateTime> parse(String text, boolean end) {
        Optional<LocalDateTime> local = TimeUnits.parse(text, end);
        if (local.isPresent()) {
            return local;
        }
        try {
            return Optional.of(
                    OffsetDateTime.parse(text)
                            .withOffsetSameInstant(ZoneOffset.UTC)
                            .toLocalDateTime());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** What words mean now. */
    DateRange words(String text, ZoneId zone) {
        String words = text.toLowerCase(Locale.ROOT).strip();
        LocalDateTime now = LocalDateTime.now(clock.withZone(zone));
        Matcher fromTo = FROM_TO.matcher(words);
        return fromTo.matches()
                ? new DateRange(
                        end(fromTo.group(1), words, now).from(),
                        end(fromTo.group(2), words, now).to())
                : units(words, now).orElseGet(() -> end(words, words, now));
    }

    /** Units of the calendar counted from now. */
    private static Optional<DateRange> units(String words, LocalDateTime now) {
        Matcher one = ONE.matcher(words);
        if (one.find()) {
            int steps =
                    switch (one.group(1)) {
                        case "last" -> -1;
                        case "next" -> 1;
                        default -> 0;
                    };
            return Optional.of(units(now, one.group(2), steps, steps));
        }
        Matcher several = SEVERAL.matcher(words);
        if (several.find()) {
            int count = Integer.parseInt(several.group(2));
            return Optional.of(
                    several.group(1).equals("last")
                            ? units(now, several.group(3), -count, -1)
                            : units(now, several.group(3), 1, count));
        }
        return Optional.of(words)
                .filter(w -> w.matches(".*(today|yesterday|tomorrow).*"))
                .map(w -> w.contains("today") ? 0 : w.contains("yesterday") ? -1 : 1)
                .map(day -> units(now, "day", day, day));
    }

    /** One end of a range; how exact it is, all the words tell. */
    private static DateRange end(String part, String words, LocalDateTime now) {
        String unit = exactUnit(words);
        return units(part, now)
                .orElseGet(
                        () -> {
                            LocalDateTime point = point(part, now);
                            return new DateRange(start(point, unit), end(point, unit));
                        });
    }

    private static String exactUnit(String words) {
        return Stream.of("second", "minute", "hour")
                .filter(words::contains)
                .findFirst()
                .orElse("day");
    }

    private static LocalDateTime point(String words, LocalDateTime now) {
        String text = words.strip();
        if (text.equals("now")) {
            return now;
        }
        Matcher ago = AGO.matcher(text);
        if (ago.matches()) {
            return plus(now, ago.group(2), -count(ago.group(1)));
        }
        Matcher ahead = AHEAD.matcher(text);
        if (ahead.matches()) {
            return plus(now, ahead.group(2), count(ahead.group(1)));
        }
        return parse(text.toUpperCase(Locale.ROOT), false)
                .orElseThrow(() -> QueryException.format("Can't parse date: '" + words + "'"));
    }

    private static long count(String text) {
        return text.startsWith("a") ? 1 : Long.parseLong(text);
    }

    private static DateRange units(LocalDateTime now, String unit, long first, long last) {
        return new DateRange(start(plus(now, unit, first), unit), end(plus(now, unit, last), unit));
    }

    private static LocalDateTime plus(LocalDateTime time, String unit, long count) {
        return unit.equals("quarter")
                ? time.plusMonths(3 * count)
                : time.plus(count, ChronoUnit.valueOf(unit.toUpperCase(Locale.ROOT) + "S"));
    }

    private static LocalDateTime start(LocalDateTime time, String unit) {
        LocalDate date = time.toLocalDate();
        return switch (unit) {
            case "year" -> date.withDayOfYear(1).atStartOfDay();
            case "quarter" ->
                    date.with(date.getMonth().firstMonthOfQuarter())
                            .withDayOfMonth(1)
                            .atStartOfDay();
            case "month" -> date.withDayOfMonth(1).atStartOfDay();
            case "week" ->
                    date.with(TemporalAdjusters.previousOrSame(java.time.DayOfWeek.MONDAY))
                            .atStartOfDay();
            case "day" -> date.atStartOfDay();
            default -> time.truncatedTo(ChronoUnit.valueOf(unit.toUpperCase(Locale.ROOT) + "S"));
        };
    }

    private static LocalDateTime end(LocalDateTime time, String unit) {
        return plus(start(time, unit), unit, 1).minus(1, ChronoUnit.MILLIS);
    }
}
