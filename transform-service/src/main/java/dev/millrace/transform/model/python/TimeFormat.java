package dev.millrace.transform.model.python;

import org.jspecify.annotations.Nullable;

import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** {@code strftime}, with the codes of Python and of the C library beneath it. */
final class TimeFormat {

    private static final int WEEK = 7;
    private static final int NOON = 12;
    private static final int CENTURY = 100;
    private static final String FLAGS = "-_0^#";

    private final LocalDateTime time;
    private final @Nullable ZoneValue zone;

    TimeFormat(LocalDateTime time, @Nullable ZoneValue zone) {
        this.time = time;
        this.zone = zone;
    }

    String format(String format) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            boolean flagged = i + 2 < format.length() && FLAGS.indexOf(format.charAt(i + 1)) >= 0;
            int at = i + (flagged ? 2 : 1);
            if (c != '%' || at >= format.length()) {
                text.append(c);
                continue;
            }
            String written = code(format.charAt(at), flagged ? format.charAt(i + 1) : ' ');
            text.append(written == null ? format.substring(i, at + 1) : written);
            i = at;
        }
        return text.toString();
    }

    /** What a code stands for; null if there is none of this letter, which prints it. */
    private @Nullable String code(char code, char flag) {
        return switch (code) {
            case 'Y' -> number(time.getYear(), 1, '0', flag);
            case 'C' -> number(time.getYear() / CENTURY, 2, '0', flag);
            case 'y' -> number(time.getYear() % CENTURY, 2, '0', flag);
            case 'G' -> number(time.get(IsoFields.WEEK_BASED_YEAR), 1, '0', flag);
            case 'g' -> number(time.get(IsoFields.WEEK_BASED_YEAR) % CENTURY, 2, '0', flag);
            case 'm' -> number(time.getMonthValue(), 2, '0', flag);
            case 'd' -> number(time.getDayOfMonth(), 2, '0', flag);
            case 'e' -> number(time.getDayOfMonth(), 2, ' ', flag);
            case 'H' -> number(time.getHour(), 2, '0', flag);
            case 'k' -> number(time.getHour(), 2, ' ', flag);
            case 'I' -> number(hourOfTwelve(), 2, '0', flag);
            case 'l' -> number(hourOfTwelve(), 2, ' ', flag);
            case 'M' -> number(time.getMinute(), 2, '0', flag);
            case 'S' -> number(time.getSecond(), 2, '0', flag);
            case 'j' -> number(time.getDayOfYear(), 3, '0', flag);
            case 'U' -> number(week(DayOfWeek.SUNDAY), 2, '0', flag);
            case 'W' -> number(week(DayOfWeek.MONDAY), 2, '0', flag);
            case 'V' -> number(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2, '0', flag);
            case 'u' -> number(time.getDayOfWeek().getValue(), 1, '0', flag);
            case 'w' -> number(time.getDayOfWeek().getValue() % WEEK, 1, '0', flag);
            case 's' -> Long.toString(epoch());
            default -> flag == ' ' ? text(code) : flagged(code, flag);
        };
    }

    private @Nullable String flagged(char code, char flag) {
        // Python writes these itself, and knows no flags.
        if (code == 'f' || code == 'z' || code == 'Z') {
            return null;
        }
        String text = text(code);
        return text != null && flag == '^' ? text.toUpperCase(Locale.ROOT) : text;
    }

    private @Nullable String text(char code) {
        return switch (code) {
            case 'f' -> "%06d".formatted(Dates.micros(time.toLocalTime()));
            case 'z' -> zone == null ? "" : Zones.written(zone.offset(), "");
            case 'Z' -> zone == null || zone.abbreviation() == null ? "" : zone.abbreviation();
            case 'a' -> day(TextStyle.SHORT);
            case 'A' -> day(TextStyle.FULL);
            case 'b', 'h' -> month(TextStyle.SHORT);
            case 'B' -> month(TextStyle.FULL);
            case 'p' -> time.getHour() < NOON ? "AM" : "PM";
            case 'P' -> time.getHour() < NOON ? "am" : "pm";
            case 'c' -> format("%a %b %e %H:%M:%S %Y");
            case 'x', 'D' -> format("%m/%d/%y");
            case 'X', 'T' -> format("%H:%M:%S");
            case 'F' -> format("%Y-%m-%d");
            case 'R' -> format("%H:%M");
            case 'r' -> format("%I:%M:%S %p");
            case 'n' -> "\n";
            case 't' -> "\t";
            case '%' -> "%";
            default -> null;
        };
    }

    private String day(TextStyle style) {
        return time.getDayOfWeek().getDisplayName(style, Locale.ENGLISH);
    }

    private String month(TextStyle style) {
        String name = time.getMonth().getDisplayName(style, Locale.ENGLISH);
        return style == TextStyle.SHORT ? name.substring(0, 3) : name;
    }

    private int hourOfTwelve() {
        int hour = time.getHour() % NOON;
        return hour == 0 ? NOON : hour;
    }

    /** The week of the year, whose days before the first such day are in week 0. */
    private int week(DayOfWeek first) {
        int day = Math.floorMod(time.getDayOfWeek().getValue() - first.getValue(), WEEK);
        return (time.getDayOfYear() - 1 - day + WEEK) / WEEK;
    }

    private long epoch() {
        return time.toEpochSecond(ZoneOffset.UTC) - (zone == null ? 0 : zone.offset());
    }

    private static String number(long number, int width, char fill, char flag) {
        char chosen =
                switch (flag) {
                    case '_' -> ' ';
                    case '0' -> '0';
                    default -> fill;
                };
        String digits = Long.toString(number);
        return flag == '-'
                ? digits
                : Character.toString(chosen).repeat(Math.max(0, width - digits.length())) + digits;
    }
}
