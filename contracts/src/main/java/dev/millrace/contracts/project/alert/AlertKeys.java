package dev.millrace.contracts.project.alert;

import dev.millrace.contracts.project.DurationText;
import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Values that several keys of alerts have. */
final class AlertKeys {

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,99}");
    private static final Set<String> ZONES = Set.copyOf(ZoneId.getAvailableZoneIds());

    /** A number beyond this is a slip, and would take long to compute with. */
    private static final int MAX_NUMBER = 40;

    private AlertKeys() {}

    static String name(YamlMapping mapping) {
        String name = mapping.requiredText("name");
        if (!name.isEmpty() && !NAME.matcher(name).matches()) {
            mapping.reject(
                    "name",
                    "the name must begin with a letter and hold only letters, digits, _ and -, at"
                            + " most 100");
        }
        return name;
    }

    static Duration duration(
            YamlMapping mapping, String key, Duration least, Duration most, Duration otherwise) {
        Optional<YamlValue> found = mapping.take(key);
        if (found.isEmpty()) {
            return otherwise;
        }
        String text = found.get().text().orElse("");
        Optional<Duration> read = DurationText.parse(text);
        if (read.isEmpty()) {
            found.get()
                    .reject(
                            "'%s' is no length of time; write it as in 30s, 5m, 2h"
                                    .formatted(text));
            return otherwise;
        }
        Duration length = read.get();
        if (length.compareTo(least) < 0
                || length.compareTo(most) > 0
                || length.toMillis() % 1_000 != 0) {
            found.get()
                    .reject(
                            "'%s' is not from %s to %s, in whole seconds"
                                    .formatted(
                                            text,
                                            DurationText.write(least),
                                            DurationText.write(most)));
            return otherwise;
        }
        return length;
    }

    static @Nullable BigDecimal number(YamlMapping mapping, String key) {
        Optional<YamlValue> found = mapping.take(key);
        if (found.isEmpty()) {
            return null;
        }
        String text = found.get().text().orElse("");
        try {
            BigDecimal number = text.length() > MAX_NUMBER ? null : new BigDecimal(text);
            if (number != null && Math.abs((long) number.scale()) <= MAX_NUMBER) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        found.get().reject("'%s' is no number".formatted(text));
        return null;
    }

    static ZoneId zone(YamlMapping mapping, String key) {
        Optional<YamlValue> found = mapping.take(key);
        String text = found.flatMap(YamlValue::text).orElse("UTC");
        if (ZONES.contains(text)) {
            return ZoneId.of(text);
        }
        found.ifPresent(
                value ->
                        value.reject(
                                "'%s' is no time zone%s"
                                        .formatted(text, NearestName.hint(text, ZONES))));
        return ZoneId.of("UTC");
    }
}
