package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.JinjaException;

import org.jspecify.annotations.Nullable;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.IsoFields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code strptime}, with the codes that Python reads. */
final class TimeParse {

    private static final List<String> DAYS =
            List.of("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday");
    private static final List<String> MONTHS =
            List.of(
                    "january",
                    "february",
                    "march",
                    "april",
                    "may",
                    "june",
                    "july",
                    "august",
                    "september",
                    "october",
                    "november",
                    "december");

    /** What each code matches, longest first where it matters. */
    private static final Map<Character, String> CODES =
            Map.ofEntries(
                    Map.entry('d', "3[0-1]|[1-2]\\d|0[1-9]|[1-9]| [1-9]"),
                    Map.entry('f', "[0-9]{1,6}"),
                    Map.entry('H', "2[0-3]|[0-1]\\d|\\d"),
                    Map.entry('I', "1[0-2]|0[1-9]|[1-9]"),
                    Map.entry('G', "\\d\\d\\d\\d"),
                    Map.entry(
                            'j',
                            "36[0-6]|3[0-5]\\d|[1-2]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9]"),
                    Map.entry('m', "1[0-2]|0[1-9]|[1-9]"),
                    Map.entry('M', "[0-5]\\d|\\d"),
                    Map.entry('S', "6[0-1]|[0-5]\\d|\\d"),
                    Map.entry('U', "5[0-3]|[0-4]\\d|\\d"),
                    Map.entry('W', "5[0-3]|[0-4]\\d|\\d"),
                    Map.entry('V', "5[0-3]|0[1-9]|[1-4]\\d|\\d"),
                    Map.entry('u', "[1-7]"),
                    Map.entry('w', "[0-6]"),
                    Map.entry('y', "\\d\\d"),
                    Map.entry('Y', "\\d\\d\\d\\d"),
                    Map.entry('z', "[+-]\\d\\d:?[0-5]\\d(?::?[0-5]\\d(?:\\.\\d{1,6})?)?|(?-i:Z)"),
                    Map.entry('Z', "utc|gmt"),
                    Map.entry('p', "am|pm"),
                    Map.entry('A', String.join("|", DAYS)),
                    Map.entry('a', shortened(DAYS)),
                    Map.entry('B', String.join("|", MONTHS)),
                    Map.entry('b', shortened(MONTHS)));

    private static final Map<Character, String> COMPOUND =
            Map.of('c', "%a %b %d %H:%M:%S %Y", 'x', "%m/%d/%y", 'X', "%H:%M:%S");

    private static final int NAME = 3;
    private static final int MICRO_DIGITS = 6;
    private static final int CENTURY_CHANGES = 68;
    private static final int NOON = 12;
    private static final int WEEK = 7;
    private static final int HOUR = 3600;

    private final String text;
    private final String format;
    private final Map<Character, String> found = new LinkedHashMap<>();

    private TimeParse(String text, String format) {
        this.text = text;
        this.format = format;
    }

    static DateTimeValue parse(String text, String format) {
        TimeParse parse = new TimeParse(text, format);
        parse.match();
        return parse.value();
    }

    private static String shortened(List<String> names) {
        return String.join("|", names.stream().map(name -> name.substring(0, NAME)).toList());
    }

    private void match() {
        int flags = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
        Map<Character, Integer> groups = new LinkedHashMap<>();
        Pattern pattern = Pattern.compile(pattern(format, groups), flags);
        Matcher matcher = pattern.matcher(text);
        if (!matcher.lookingAt()) {
            throw new JinjaException(
                    "strptime(): '" + text + "' does not have the format '" + format + "'");
        }
        if (matcher.end() < text.length()) {
            throw new JinjaException(
                    "strptime(): '"
                            + text.substring(matcher.end())
                            + "' is left after the format '"
                            + format
                            + "'");
        }
        groups.forEach(
                (code, group) -> found.put(code, matcher.group(group).toLowerCase(Locale.ROOT)));
    }

    private static String pattern(String format, Map<Character, Integer> groups) {
        StringBuilder pattern = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (Character.isWhitespace(c)) {
                boolean first = i == 0 || !Character.isWhitespace(format.charAt(i - 1));
                pattern.append(first ? "\\s+" : "");
            } else if (c != '%') {
                pattern.append(Pattern.quote(Character.toString(c)));
            } else if (++i == format.length()) {
                throw new JinjaException("strptime(): a single '%' ends '" + format + "'");
            } else if (format.charAt(i) == '%') {
                pattern.append('%');
            } else {
                pattern.append(code(format, format.charAt(i), groups));
            }
        }
        return pattern.toString();
    }

    private static String code(String format, char code, Map<Character, Integer> groups) {
        String compound = COMPOUND.get(code);
        if (compound != null) {
            return pattern(compound, groups);
        }
        String matches = CODES.get(code);
        if (matches == null) {
            throw new JinjaException(
                    "strptime(): '%" + code + "' in '" + format + "' is no code that it reads");
        }
        if (groups.putIfAbsent(code, groups.size() + 1) != null) {
            throw new JinjaException(
                    "strptime(): '%" + code + "' stands twice in '" + format + "'");
        }
        return "(" + matches + ")";
    }

    private DateTimeValue value() {
        int second = number('S', 0);
        return new DateTimeValue(
                date().atTime(Dates.time(hour(), number('M', 0), Math.min(second, 59), micros())),
                zone());
    }

    private boolean has(char code) {
        return found.containsKey(code);
    }

    private int number(char code, int otherwise) {
        String digits = found.get(code);
        return digits == null ? otherwise : Integer.parseInt(digits.strip());
    }

    private int hour() {
        int hour = number('H', 0);
        if (has('I')) {
            hour = number('I', 0) % NOON + ("pm".equals(found.get('p')) ? NOON : 0);
        }
        return hour;
    }

    private int micros() {
        String digits = found.getOrDefault('f', "0");
        return Integer.parseInt(digits + "0".repeat(MICRO_DIGITS - digits.length()));
    }

    private LocalDate date() {
        int year = year();
        Integer weekday = weekday();
        if (has('G')) {
            return isoDate(weekday);
        }
        if ((has('U') || has('W')) && weekday != null) {
            DayOfWeek first = has('U') ? DayOfWeek.SUNDAY : DayOfWeek.MONDAY;
            LocalDate newYear = LocalDate.of(year, 1, 1);
            int gap = Math.floorMod(first.getValue() - newYear.getDayOfWeek().getValue(), WEEK);
            int day = Math.floorMod(weekday - first.getValue(), WEEK);
            int week = number(has('U') ? 'U' : 'W', 0);
            return Dates.checked(newYear.plusDays(gap + (week - 1L) * WEEK + day));
        }
        if (has('j') && !has('m') && !has('d')) {
            return Dates.checked(LocalDate.of(year, 1, 1).plusDays(number('j', 1) - 1L));
        }
        return Dates.date(year, month(), number('d', 1));
    }

    private LocalDate isoDate(@Nullable Integer weekday) {
        if (!has('V') || weekday == null) {
            throw new JinjaException("strptime(): '%G' needs '%V' and a day of the week");
        }
        return LocalDate.of(number('G', 1), 1, 4)
                .with(IsoFields.WEEK_OF_WEEK_BASED_YEAR, number('V', 1))
                .with(java.time.temporal.ChronoField.DAY_OF_WEEK, weekday);
    }

    private int year() {
        int otherwise =
                has('m') && has('d') && number('m', 1) == 2 && number('d', 1) == 29 ? 1904 : 1900;
        if (has('y')) {
            int year = number('y', 0);
            return year <= CENTURY_CHANGES ? 2000 + year : 1900 + year;
        }
        return number('Y', otherwise);
    }

    private int month() {
        if (has('B')) {
            return MONTHS.indexOf(found.get('B')) + 1;
        }
        return has('b') ? position(MONTHS, found.getOrDefault('b', "")) : number('m', 1);
    }

    /** Monday is 1; null if no code says it. */
    private @Nullable Integer weekday() {
        if (has('A')) {
            return DAYS.indexOf(found.get('A')) + 1;
        }
        if (has('a')) {
            return position(DAYS, found.getOrDefault('a', ""));
        }
        if (has('w')) {
            return number('w', 0) == 0 ? WEEK : number('w', 0);
        }
        return has('u') ? (Integer) number('u', 1) : null;
    }

    private static int position(List<String> names, String start) {
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).startsWith(start)) {
                return i + 1;
            }
        }
        return 0;
    }

    private @Nullable ZoneValue zone() {
        String offset = found.get('z');
        if (offset == null) {
            return null;
        }
        if (offset.equals("z")) {
            return OffsetZone.UTC;
        }
        String digits = offset.substring(1).replace(":", "");
        int seconds =
                Integer.parseInt(digits.substring(0, 2)) * HOUR
                        + Integer.parseInt(digits.substring(2, 4)) * 60
                        + (digits.length() >= MICRO_DIGITS
                                ? Integer.parseInt(digits.substring(4, 6))
                                : 0);
        return new OffsetZone(offset.charAt(0) == '-' ? -seconds : seconds);
    }
}
