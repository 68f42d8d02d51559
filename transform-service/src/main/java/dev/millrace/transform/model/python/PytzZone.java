package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.None;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Locale;
import java.util.TimeZone;

/**
 * A zone of pytz with one of its offsets.
 *
 * @param zone its name
 * @param offset seconds ahead of UTC, whole minutes as pytz rounds them
 * @param abbreviation the name for this offset
 * @param saved seconds of summer time in the offset
 */
record PytzZone(String zone, int offset, String abbreviation, int saved) implements ZoneValue {

    static final PytzZone UTC = new PytzZone("UTC", 0, "UTC", 0);

    private static final int MINUTE = 60;

    /** The zone as it is before it is asked for a moment: its local mean time of long ago. */
    static PytzZone of(String zone) {
        ZoneRules rules = rules(zone);
        if (zone.equals("UTC")) {
            return UTC;
        }
        return rules.isFixedOffset() || rules.getTransitions().isEmpty()
                ? in(zone, Instant.EPOCH)
                : new PytzZone(zone, rounded(rules.getOffset(Instant.MIN)), "LMT", 0);
    }

    private static PytzZone in(String zone, Instant moment) {
        ZoneRules rules = rules(zone);
        int offset = rounded(rules.getOffset(moment));
        int saved = (int) rules.getDaylightSavings(moment).toSeconds();
        if (!rules.isFixedOffset() && moment.isBefore(first(rules))) {
            return new PytzZone(zone, offset, "LMT", 0);
        }
        return new PytzZone(zone, offset, name(zone, offset, saved != 0), saved);
    }

    private static Instant first(ZoneRules rules) {
        return rules.getTransitions().isEmpty()
                ? Instant.MIN
                : rules.getTransitions().getFirst().getInstant();
    }

    /** The runtime writes GMT+01:00 where the zone's own name is +01. */
    private static String name(String zone, int offset, boolean summer) {
        String name =
                TimeZone.getTimeZone(zone).getDisplayName(summer, TimeZone.SHORT, Locale.ENGLISH);
        return switch (name) {
            case "HAST" -> "HST";
            case "HADT" -> "HDT";
            default ->
                    name.startsWith("GMT+") || name.startsWith("GMT-")
                            ? Zones.written(offset, "").replaceFirst("(?<=^...)00$", "")
                            : name;
        };
    }

    private static int rounded(ZoneOffset offset) {
        return Math.floorDiv(offset.getTotalSeconds() + MINUTE / 2, MINUTE) * MINUTE;
    }

    private static ZoneRules rules(String zone) {
        return switch (zone) {
            case "EST" -> ZoneOffset.ofHours(-5).getRules();
            case "MST" -> ZoneOffset.ofHours(-7).getRules();
            case "HST" -> ZoneOffset.ofHours(-10).getRules();
            default -> ZoneId.of(zone).getRules();
        };
    }

    @Override
    public Object daylight() {
        return TimeDeltaValue.ofSeconds(saved);
    }

    @Override
    public DateTimeValue at(LocalDateTime utc) {
        PytzZone then = in(zone, utc.toInstant(ZoneOffset.UTC));
        return new DateTimeValue(utc.plusSeconds(then.offset), then);
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "zone" -> zone;
            case "localize" -> (Invocable) this::localize;
            case "normalize" ->
                    (Invocable)
                            arguments -> {
                                DateTimeValue moment = Zones.moment(arguments, name, "dt");
                                if (moment.zone() == null) {
                                    throw new JinjaException(
                                            "normalize(): the datetime has no zone; localize() it");
                                }
                                return at(moment.utc());
                            };
            default -> ZoneValue.super.attribute(name);
        };
    }

    private Object localize(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("localize", "dt", "is_dst");
        DateTimeValue moment = Zones.moment(bound.get("dt"), "localize");
        if (moment.zone() != null) {
            throw new JinjaException(
                    "localize() is for a datetime without a zone; astimezone() converts one");
        }
        return new DateTimeValue(
                moment.local(), localized(moment.local(), bound.get("is_dst", false)));
    }

    /** The zone with the offset that a local time has; where it has two, or none, as asked. */
    PytzZone localized(LocalDateTime local, Object summer) {
        ZoneRules rules = rules(zone);
        ZoneOffsetTransition transition = rules.getTransition(local);
        if (transition == null) {
            return in(zone, local.toInstant(rules.getOffset(local)));
        }
        if (summer == None.NONE) {
            throw new JinjaException(
                    local
                            + (transition.isGap() ? " does not exist in " : " exists twice in ")
                            + zone
                            + "; pass is_dst=true or false");
        }
        PytzZone before = in(zone, transition.getInstant().minusNanos(1));
        PytzZone after = in(zone, transition.getInstant());
        boolean wanted = summer.equals(true);
        return (before.saved != 0) == wanted ? before : after;
    }

    @Override
    public String typeName() {
        return "tzinfo";
    }

    @Override
    public String representation() {
        if (zone.equals("UTC")) {
            return "<UTC>";
        }
        return rules(zone).isFixedOffset()
                ? "<StaticTzInfo '" + zone + "'>"
                : "<DstTzInfo '"
                        + zone
                        + "' "
                        + abbreviation
                        + TimeDeltaValue.ofSeconds(offset).signed()
                        + (saved == 0 ? " STD>" : " DST>");
    }

    @Override
    public String toString() {
        return zone;
    }
}
