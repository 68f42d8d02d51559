package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Operand;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/** Python's {@code datetime}. One without a zone is taken to be in UTC where it matters. */
public final class DateTimeValue implements Operand, HasAttributes {

    private final LocalDateTime local;
    private final @Nullable ZoneValue zone;

    DateTimeValue(LocalDateTime local, @Nullable ZoneValue zone) {
        this.local = Dates.checked(local.truncatedTo(ChronoUnit.MICROS));
        this.zone = zone;
    }

    /** A datetime without a zone. */
    public static DateTimeValue local(LocalDateTime local) {
        return new DateTimeValue(local, null);
    }

    /** A datetime with an offset that it keeps, as a database's driver gives it. */
    public static DateTimeValue at(Instant moment, ZoneOffset offset) {
        return new DateTimeValue(
                LocalDateTime.ofInstant(moment, offset), new OffsetZone(offset.getTotalSeconds()));
    }

    /** A datetime in pytz's UTC. */
    public static DateTimeValue utc(Instant moment) {
        return new DateTimeValue(LocalDateTime.ofInstant(moment, ZoneOffset.UTC), PytzZone.UTC);
    }

    LocalDateTime local() {
        return local;
    }

    @Nullable ZoneValue zone() {
        return zone;
    }

    LocalDateTime utc() {
        return zone == null ? local : local.minusSeconds(zone.offset());
    }

    @Override
    public @Nullable Object apply(String operator, Object other) {
        if (other instanceof TimeDeltaValue(long micros)) {
            return switch (operator) {
                case "+" -> new DateTimeValue(Dates.plus(local, micros), zone);
                case "-" -> new DateTimeValue(Dates.plus(local, -micros), zone);
                default -> null;
            };
        }
        if (operator.equals("-") && other instanceof DateTimeValue right) {
            requireSameKind(right);
            return new TimeDeltaValue(ChronoUnit.MICROS.between(right.utc(), utc()));
        }
        return null;
    }

    @Override
    public @Nullable Object applyReversed(String operator, Object other) {
        return operator.equals("+") ? apply(operator, other) : null;
    }

    private void requireSameKind(DateTimeValue other) {
        if ((zone == null) != (other.zone == null)) {
            throw new JinjaException(
                    "one datetime has a time zone and the other has none; give it one with"
                            + " .replace(tzinfo=modules.pytz.utc)");
        }
    }

    @Override
    public @Nullable Integer order(Object other) {
        if (!(other instanceof DateTimeValue right)) {
            return null;
        }
        requireSameKind(right);
        return utc().compareTo(right.utc());
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "date" -> Dates.constant(name, new DateValue(local.toLocalDate()));
            case "time" -> Dates.constant(name, new TimeValue(local.toLocalTime(), null));
            case "timetz" -> Dates.constant(name, new TimeValue(local.toLocalTime(), zone));
            case "hour", "minute", "second", "microsecond", "tzinfo" ->
                    new TimeValue(local.toLocalTime(), zone).attribute(name);
            case "utcoffset", "tzname", "dst" ->
                    zone == null ? Dates.constant(name, None.NONE) : zone.attribute(name);
            case "isoformat" -> (Invocable) this::isoFormat;
            case "strftime" ->
                    (Invocable) arguments -> format(arguments.bind(name, "format").text("format"));
            case "ctime" -> Dates.constant(name, format("%c"));
            case "timestamp" -> Dates.constant(name, timestamp());
            case "astimezone" -> (Invocable) this::asTimeZone;
            case "replace" -> (Invocable) this::replace;
            case "fold" -> 0L;
            default -> Dates.attribute(local.toLocalDate(), name);
        };
    }

    /** {@code isoformat()}. */
    public String isoFormat() {
        return local.toLocalDate()
                + "T"
                + IsoText.of(local.toLocalTime(), "auto")
                + IsoText.of(zone);
    }

    private Object isoFormat(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("isoformat", "sep", "timespec");
        return local.toLocalDate()
                + bound.text("sep", "T")
                + IsoText.of(local.toLocalTime(), bound.text("timespec", "auto"))
                + IsoText.of(zone);
    }

    private double timestamp() {
        LocalDateTime utc = utc();
        return utc.toEpochSecond(ZoneOffset.UTC)
                + Dates.micros(utc.toLocalTime()) / (double) TimeDeltaValue.SECOND;
    }

    private Object asTimeZone(Arguments arguments) {
        Object asked = arguments.bind("astimezone", "tz").get("tz", OffsetZone.UTC);
        ZoneValue target = Zones.zone(asked, "astimezone");
        return (target == null ? OffsetZone.UTC : target).at(utc());
    }

    private Object replace(Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind(
                        "replace",
                        "year",
                        "month",
                        "day",
                        "hour",
                        "minute",
                        "second",
                        "microsecond",
                        "tzinfo",
                        "fold");
        return new DateTimeValue(
                LocalDateTime.of(
                        Dates.replaced(local.toLocalDate(), bound),
                        Dates.replaced(local.toLocalTime(), bound)),
                bound.find("tzinfo").isEmpty() ? zone : Zones.zone(bound.get("tzinfo"), "replace"));
    }

    @Override
    public String format(String spec) {
        return new TimeFormat(local, zone).format(spec);
    }

    @Override
    public String typeName() {
        return "datetime";
    }

    @Override
    public String representation() {
        return "datetime.datetime(%d, %d, %d, "
                        .formatted(local.getYear(), local.getMonthValue(), local.getDayOfMonth())
                + IsoText.clock(local.toLocalTime())
                + (zone == null ? ")" : ", tzinfo=" + zone.representation() + ")");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DateTimeValue right
                && (zone == null) == (right.zone == null)
                && utc().equals(right.utc());
    }

    @Override
    public int hashCode() {
        return Objects.hash(utc(), zone == null);
    }

    @Override
    public String toString() {
        return local.toLocalDate()
                + " "
                + IsoText.of(local.toLocalTime(), "auto")
                + IsoText.of(zone);
    }
}
