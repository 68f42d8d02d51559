package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code refresh_key}: of a cube it is only checked, as rows are always read as they are. */
final class RefreshKeys {

    private static final Pattern EVERY =
            Pattern.compile("(\\d{1,6}) (second|minute|hour|day|week)s?");

    private RefreshKeys() {}

    static void check(YamlMapping owner) {
        every(owner);
    }

    /** How often it is to be looked at; null if it does not say so, or by times of day. */
    static @Nullable Duration every(YamlMapping owner) {
        @Nullable Duration[] every = {null};
        owner.take("refresh_key")
                .ifPresent(
                        found -> {
                            YamlMapping key = found.mapping();
                            key.take("every")
                                    .flatMap(YamlValue::text)
                                    .ifPresent(text -> every[0] = length(text));
                            key.take("sql").ifPresent(SqlTemplateReader::read);
                            key.take("timezone").ifPresent(YamlValue::text);
                            key.flag("incremental", false);
                            CubeKeys.interval(key, "update_window");
                            key.flag("immutable", false);
                            key.rejectUnknown();
                        });
        return every[0];
    }

    private static @Nullable Duration length(String text) {
        Matcher parts = EVERY.matcher(text.strip());
        if (!parts.matches()) {
            return null;
        }
        long count = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "second" -> Duration.ofSeconds(count);
            case "minute" -> Duration.ofMinutes(count);
            case "hour" -> Duration.ofHours(count);
            case "day" -> Duration.ofDays(count);
            default -> Duration.ofDays(7 * count);
        };
    }
}
