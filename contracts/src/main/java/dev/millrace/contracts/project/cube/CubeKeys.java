package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/** Keys that cubes, views and their members have in common. */
final class CubeKeys {

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final int MAX_NAME = 60;

    /** The units of the calendar, from fine to coarse. */
    static final List<String> UNITS =
            List.of("second", "minute", "hour", "day", "week", "month", "quarter", "year");

    private static final String TERM = "-?\\d+ (?:" + String.join("|", UNITS) + ")s?";

    // Possessive: a long text must not exhaust the stack.
    private static final Pattern INTERVAL = Pattern.compile(TERM + "(?: " + TERM + ")*+");
    private static final List<String> RESERVED =
            List.of("CUBE", "FILTER_PARAMS", "FILTER_GROUP", "SECURITY_CONTEXT", "COMPILE_CONTEXT");

    private CubeKeys() {}

    static String name(YamlMapping mapping) {
        String name = mapping.requiredText("name");
        if (name.isEmpty()) {
            return name;
        }
        if (!NAME.matcher(name).matches() || name.length() > MAX_NAME) {
            mapping.reject(
                    "name",
                    "the name '%s' must begin with a letter and hold only letters, digits and _, at most %d"
                            .formatted(name, MAX_NAME));
        } else if (RESERVED.contains(name)) {
            mapping.reject("name", "the name '" + name + "' has a meaning in Cube's SQL");
        }
        return name;
    }

    static About about(YamlMapping mapping) {
        @Nullable Boolean shown = null;
        for (String key : List.of("public", "shown")) {
            if (mapping.take(key).isPresent()) {
                shown = mapping.flag(key, true);
            }
        }
        return new About(
                mapping.text("title"),
                mapping.text("description"),
                shown,
                mapping.take("meta").map(YamlValue::plain).orElse(null));
    }

    /** Reports a name that is not among those there are. */
    static void reject(YamlValue at, String what, String written, Collection<String> known) {
        at.reject(
                "there is no %s '%s'%s".formatted(what, written, NearestName.hint(written, known)));
    }

    /** Text such as {@code 1 day} or {@code 3 months}. */
    static boolean isInterval(String text) {
        return INTERVAL.matcher(text).matches();
    }

    static @Nullable String interval(YamlMapping mapping, String key) {
        String text = mapping.text(key);
        if (text != null && !isInterval(text)) {
            mapping.reject(key, "'" + text + "' is no interval; write it as in '3 months'");
        }
        return text;
    }
}
