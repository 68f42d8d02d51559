package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.ListValue;

import org.jspecify.annotations.Nullable;

/** {@code modules.pytz}. */
record PytzModule() implements HasAttributes {

    private static final int MINUTE = 60;
    private static final int DAY = 24 * MINUTE;

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "timezone" ->
                    (Invocable) arguments -> Zones.named(arguments.bind(name, "zone").text("zone"));
            case "utc", "UTC" -> PytzZone.UTC;
            case "FixedOffset" ->
                    (Invocable)
                            arguments -> fixed(arguments.bind(name, "minutes").integer("minutes"));
            case "all_timezones", "all_timezones_set" -> new ListValue(Zones.all());
            case "common_timezones", "common_timezones_set" -> new ListValue(Zones.common());
            case "country_timezones", "country_names" ->
                    throw new JinjaException(
                            "modules.pytz."
                                    + name
                                    + " is not offered: zones are known by their names only; name"
                                    + " the one that you mean, such as"
                                    + " modules.pytz.timezone('Europe/Berlin')");
            default -> null;
        };
    }

    private static ZoneValue fixed(int minutes) {
        if (minutes <= -DAY || minutes >= DAY) {
            throw new JinjaException("FixedOffset(): " + minutes + " minutes are a day or more");
        }
        return minutes == 0 ? PytzZone.UTC : new OffsetZone(minutes * MINUTE);
    }
}
