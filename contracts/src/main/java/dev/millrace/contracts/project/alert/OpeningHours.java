package dev.millrace.contracts.project.alert;

import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Weekly opening hours, in the part of OpenStreetMap's opening_hours that has days of the week and
 * times: {@code Mo-Fr 08:00-12:00,13:00-18:00; Sa 22:00-04:00; Su off}. As there, a rule replaces
 * what earlier ones say of its days, and a span that ends before it begins ends on the next day.
 */
final class OpeningHours {

    static final int DAY = 24 * 60;

    private static final int MAX_LENGTH = 1_000;
    private static final List<String> DAYS = List.of("mo", "tu", "we", "th", "fr", "sa", "su");
    private static final Pattern TIMES =
            Pattern.compile("(\\d{1,2}):(\\d{2})\\s*-\\s*(\\d{1,2}):(\\d{2})");
    private static final Pattern RULE =
            Pattern.compile("(?:([A-Za-z]{2}[A-Za-z,\\s-]*?)\\s+)?(off|closed|24/7|\\d.*)");

    private final Map<DayOfWeek, List<Span>> spans;

    /**
     * From one minute of a day to another, which it does not include.
     *
     * @param to more than {@link #DAY} for a time of the next day
     */
    record Span(int from, int to) {}

    /** Opening hours that cannot be read, with what to write instead. */
    static final class Unreadable extends Exception {
        Unreadable(String message) {
            super(message);
        }

        String text() {
            return String.valueOf(getMessage());
        }
    }

    private OpeningHours(Map<DayOfWeek, List<Span>> spans) {
        this.spans = spans;
    }

    static OpeningHours parse(String text) throws Unreadable {
        if (text.length() > MAX_LENGTH) {
            throw new Unreadable("the hours are longer than " + MAX_LENGTH + " characters");
        }
        Map<DayOfWeek, List<Span>> spans = new EnumMap<>(DayOfWeek.class);
        boolean any = false;
        for (String rule : text.split(";", -1)) {
            if (rule.isBlank()) {
                continue;
            }
            any = true;
            read(rule.strip(), spans);
        }
        if (!any) {
            throw new Unreadable("there are no hours in it; write them as in 'Mo-Sa 08:00-22:00'");
        }
        return new OpeningHours(spans);
    }

    /** What begins on such a day, in order and apart from each other. */
    List<Span> on(DayOfWeek day) {
        return spans.getOrDefault(day, List.of());
    }

    private static void read(String rule, Map<DayOfWeek, List<Span>> spans) throws Unreadable {
        Matcher matcher = RULE.matcher(rule);
        if (!matcher.matches()) {
            throw new Unreadable(
                    "'%s' is no rule; write days and times, as in 'Mo-Sa 08:00-22:00'"
                            .formatted(rule));
        }
        String days = matcher.group(1);
        Set<DayOfWeek> of = days == null ? EnumSet.allOf(DayOfWeek.class) : days(days);
        List<Span> times =
                switch (matcher.group(2)) {
                    case "off", "closed" -> List.of();
                    case "24/7" -> List.of(new Span(0, DAY));
                    case String written -> times(written);
                };
        of.forEach(day -> spans.put(day, times));
    }

    private static Set<DayOfWeek> days(String text) throws Unreadable {
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (String part : text.split(",", -1)) {
            String[] ends = part.strip().split("\\s*-\\s*", -1);
            if (ends.length > 2) {
                throw new Unreadable("'%s' are no days; write them as in Mo-Fr".formatted(part));
            }
            DayOfWeek day = day(ends[0]);
            DayOfWeek last = day(ends[ends.length - 1]);
            days.add(day);
            // Over the end of the week as well: Sa-Mo.
            while (day != last) {
                day = day.plus(1);
                days.add(day);
            }
        }
        return days;
    }

    private static DayOfWeek day(String text) throws Unreadable {
        int index = DAYS.indexOf(text.toLowerCase(Locale.ROOT));
        if (index < 0) {
            throw new Unreadable("'%s' is not one of Mo Tu We Th Fr Sa Su".formatted(text));
        }
        return DayOfWeek.of(index + 1);
    }

    private static List<Span> times(String text) throws Unreadable {
        List<Span> spans = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher times = TIMES.matcher(part.strip());
            if (!times.matches()) {
                throw new Unreadable(
                        "'%s' is no span of time; write it as in 08:00-22:00"
                                .formatted(part.strip()));
            }
            int from = minute(times.group(1), times.group(2));
            int to = minute(times.group(3), times.group(4));
            if (from >= DAY || to > 2 * DAY) {
                throw new Unreadable(
                        "'%s': a day has 24 hours; a span may end at 48:00 at most"
                                .formatted(part.strip()));
            }
            // Also all around the clock: 08:00-08:00.
            spans.add(new Span(from, to <= from ? to + DAY : to));
        }
        return joined(spans);
    }

    private static int minute(String hours, String minutes) throws Unreadable {
        int minute = Integer.parseInt(minutes);
        if (minute > 59) {
            throw new Unreadable("an hour has 60 minutes, not " + minutes);
        }
        return Integer.parseInt(hours) * 60 + minute;
    }

    private static List<Span> joined(Collection<Span> spans) {
        List<Span> joined = new ArrayList<>();
        spans.stream()
                .sorted(Comparator.comparingInt(Span::from))
                .forEach(
                        span -> {
                            if (joined.isEmpty() || joined.getLast().to() < span.from()) {
                                joined.add(span);
                            } else {
                                Span last = joined.removeLast();
                                joined.add(new Span(last.from(), Math.max(last.to(), span.to())));
                            }
                        });
        return joined;
    }
}
