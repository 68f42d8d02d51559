package dev.millrace.serving.query;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.time.ZoneId;
import java.util.List;

/**
 * Which rollups are kept.
 *
 * @param enabled whether any are
 * @param timeZones in whose days, weeks and longer units they are kept; hours and what is finer is
 *     the same in all time zones but those that differ by a part of an hour
 */
@ConfigurationProperties("millrace.serving.rollups")
record RollupSettings(
        @DefaultValue("true") boolean enabled, @DefaultValue("UTC") List<ZoneId> timeZones) {

    RollupSettings {
        timeZones = List.copyOf(timeZones);
        if (timeZones.isEmpty()) {
            throw new IllegalArgumentException(
                    "millrace.serving.rollups.time-zones names at least one time zone, such as"
                            + " UTC");
        }
    }
}
