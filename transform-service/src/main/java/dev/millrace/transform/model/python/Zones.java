package dev.millrace.transform.model.python;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The names of zones, and how offsets are written. */
final class Zones {

    private static final int MINUTE = 60;
    private static final int HOUR = 3600;

    /** By their names in lower case, as pytz finds them. */
    private static final Map<String, String> NAMES = names();

    private static final List<String> COMMON_AREAS =
            List.of(
                    "Africa/",
                    "America/",
                    "Antarctica/",
                    "Arctic/",
                    "Asia/",
                    "Atlantic/",
                    "Australia/",
                    "Canada/",
                    "Europe/",
                    "Indian/",
                    "Pacific/",
                    "US/");

    private Zones() {}

    private static Map<String, String> names() {
        TreeSet<String> names = new TreeSet<>(ZoneId.getAvailableZoneIds());
        names.removeIf(name -> name.startsWith("SystemV/"));
        names.addAll(List.of("EST", "HST", "MST"));
        Map<String, String> byLowerCase = new TreeMap<>();
        names.forEach(name -> byLowerCase.put(name.toLowerCase(Locale.ROOT), name));
        return byLowerCase;
    }

    static List<String> all() {
        return NAMES.values().stream().sorted().toList();
    }

    static List<String> common() {
        List<String> common = new ArrayList<>(all());
        common.removeIf(
                name ->
                        !name.equals("GMT")
                                && !name.equals("UTC")
                                && COMMON_AREAS.stream().noneMatch(name::startsWith));
        return common;
    }

    /** {@code pytz.timezone(name)}. */
    static ZoneValue named(String name) {
        String found = NAMES.get(name.toLowerCase(Locale.ROOT));
        if (found == null) {
            throw new JinjaException(
                    "there is no time zone '" + name + "'" + NearestName.hint(name, all()));
        }
        return PytzZone.of(found);
    }

    /** A tzinfo, or null for None. */
    static @org.jspecify.annotations.Nullable ZoneValue zone(Object value, String callee) {
        return switch (value) {
            case None none -> null;
            case ZoneValue zone -> zone;
            default ->
                    throw new JinjaException(
                            callee
                                    + "() needs a tzinfo or None, not "
                                    + Values.typeName(value)
                                    + "; modules.pytz.timezone('…') gives one");
        };
    }

    static DateTimeValue moment(Arguments arguments, String callee, String parameter) {
        return moment(arguments.bind(callee, parameter).get(parameter), callee);
    }

    static DateTimeValue moment(Object value, String callee) {
        if (value instanceof DateTimeValue moment) {
            return moment;
        }
        throw new JinjaException(callee + "() needs a datetime, not " + Values.typeName(value));
    }

    /** The zone with the offset that it has at the local time passed, which may be None. */
    static ZoneValue at(ZoneValue zone, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("tzinfo", "dt", "is_dst");
        if (zone instanceof PytzZone named
                && bound.get("dt", None.NONE) instanceof DateTimeValue moment
                && moment.zone() == null) {
            return named.localized(moment.local(), bound.get("is_dst", false));
        }
        return zone;
    }

    /** An offset as {@code +01:00}, with seconds if it has any. */
    static String written(int offset, String separator) {
        int seconds = Math.abs(offset);
        String text =
                (offset < 0 ? "-" : "+")
                        + "%02d%s%02d"
                                .formatted(seconds / HOUR, separator, seconds % HOUR / MINUTE);
        return seconds % MINUTE == 0 ? text : text + separator + "%02d".formatted(seconds % MINUTE);
    }
}
