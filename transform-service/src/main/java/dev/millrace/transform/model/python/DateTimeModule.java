package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** {@code modules.datetime}; what is local to the machine is UTC. */
record DateTimeModule(Clock clock) implements HasAttributes {

    private static final LocalDateTime MIN = LocalDateTime.of(1, 1, 1, 0, 0);
    private static final LocalDateTime MAX =
            LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_000);
    private static final BigDecimal MICROS = BigDecimal.valueOf(TimeDeltaValue.SECOND);
    private static final double MAX_SECONDS = 1e12;
    private static final int HOURS = 24 * 3600;

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "datetime" -> new PythonType(name, this::dateTime, this::ofDateTime);
            case "date" -> new PythonType(name, DateTimeModule::date, this::ofDate);
            case "time" -> new PythonType(name, DateTimeModule::time, DateTimeModule::ofTime);
            case "timedelta" ->
                    new PythonType(name, TimeDeltaValue::of, DateTimeModule::ofTimeDelta);
            case "timezone" ->
                    new PythonType(
                            name,
                            DateTimeModule::timeZone,
                            member -> member.equals("utc") ? OffsetZone.UTC : null);
            default -> null;
        };
    }

    private LocalDateTime now() {
        return LocalDateTime.ofInstant(clock.instant(), ZoneOffset.UTC)
                .truncatedTo(ChronoUnit.MICROS);
    }

    private Object dateTime(Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind(
                        "datetime",
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
                Dates.date(bound.integer("year"), bound.integer("month"), bound.integer("day"))
                        .atTime(Dates.replaced(LocalTime.MIDNIGHT, bound)),
                Zones.zone(bound.get("tzinfo", None.NONE), "datetime"));
    }

    private @Nullable Object ofDateTime(String name) {
        return switch (name) {
            case "now" ->
                    (Invocable)
                            arguments -> at(now(), arguments.bind(name, "tz").get("tz", None.NONE));
            case "utcnow", "today" -> (Invocable) arguments -> DateTimeValue.local(now());
            case "fromtimestamp" ->
                    (Invocable)
                            arguments -> {
                                Arguments.Bound bound = arguments.bind(name, "timestamp", "tz");
                                return at(
                                        moment(bound.get("timestamp")), bound.get("tz", None.NONE));
                            };
            case "utcfromtimestamp" ->
                    (Invocable)
                            arguments ->
                                    DateTimeValue.local(
                                            moment(
                                                    arguments
                                                            .bind(name, "timestamp")
                                                            .get("timestamp")));
            case "strptime" ->
                    (Invocable)
                            arguments -> {
                                Arguments.Bound bound =
                                        arguments.bind(name, "date_string", "format");
                                return TimeParse.parse(
                                        bound.text("date_string"), bound.text("format"));
                            };
            case "fromisoformat" ->
                    (Invocable) arguments -> IsoParse.dateTime(text(arguments, name));
            case "combine" -> (Invocable) DateTimeModule::combine;
            case "fromordinal" ->
                    (Invocable)
                            arguments ->
                                    DateTimeValue.local(ordinal(arguments).date().atStartOfDay());
            case "min" -> DateTimeValue.local(MIN);
            case "max" -> DateTimeValue.local(MAX);
            case "resolution" -> new TimeDeltaValue(1);
            default -> null;
        };
    }

    private static DateTimeValue at(LocalDateTime utc, Object zone) {
        ZoneValue asked = Zones.zone(zone, "datetime");
        return asked == null ? DateTimeValue.local(utc) : asked.at(utc);
    }

    private static LocalDateTime moment(Object timestamp) {
        double seconds =
                switch (timestamp) {
                    case Long number -> (double) number;
                    case Double number -> number;
                    default ->
                            throw new JinjaException(
                                    "fromtimestamp() needs a number, not "
                                            + Values.typeName(timestamp));
                };
        if (!(Math.abs(seconds) < MAX_SECONDS)) {
            throw new JinjaException("the timestamp " + seconds + " is not in the years 1 to 9999");
        }
        long micros =
                new BigDecimal(seconds)
                        .multiply(MICROS)
                        .setScale(0, RoundingMode.HALF_EVEN)
                        .longValueExact();
        return Dates.plus(LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC), micros);
    }

    private static Object combine(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("combine", "date", "time", "tzinfo");
        Object day = bound.get("date");
        Object time = bound.get("time");
        DateValue date =
                day instanceof DateTimeValue moment
                        ? new DateValue(moment.local().toLocalDate())
                        : day instanceof DateValue value ? value : null;
        if (date == null || !(time instanceof TimeValue clock)) {
            throw new JinjaException(
                    "combine() needs a date and a time, not "
                            + Values.typeName(day)
                            + " and "
                            + Values.typeName(time));
        }
        return new DateTimeValue(
                date.date().atTime(clock.time()),
                bound.find("tzinfo").isEmpty()
                        ? clock.zone()
                        : Zones.zone(bound.get("tzinfo"), "combine"));
    }

    private static String text(Arguments arguments, String callee) {
        return arguments.bind(callee, "text").text("text");
    }

    private static Object date(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("date", "year", "month", "day");
        return new DateValue(
                Dates.date(bound.integer("year"), bound.integer("month"), bound.integer("day")));
    }

    private @Nullable Object ofDate(String name) {
        return switch (name) {
            case "today" -> Dates.constant(name, new DateValue(now().toLocalDate()));
            case "fromtimestamp" ->
                    (Invocable)
                            arguments ->
                                    new DateValue(
                                            moment(
                                                            arguments
                                                                    .bind(name, "timestamp")
                                                                    .get("timestamp"))
                                                    .toLocalDate());
            case "fromisoformat" -> (Invocable) arguments -> IsoParse.date(text(arguments, name));
            case "fromordinal" -> (Invocable) DateTimeModule::ordinal;
            case "min" -> new DateValue(MIN.toLocalDate());
            case "max" -> new DateValue(MAX.toLocalDate());
            case "resolution" -> new TimeDeltaValue(TimeDeltaValue.DAY);
            default -> null;
        };
    }

    private static DateValue ordinal(Arguments arguments) {
        return new DateValue(
                Dates.ofOrdinal(arguments.bind("fromordinal", "ordinal").integer("ordinal")));
    }

    private static Object time(Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind("time", "hour", "minute", "second", "microsecond", "tzinfo", "fold");
        return new TimeValue(
                Dates.replaced(LocalTime.MIDNIGHT, bound),
                Zones.zone(bound.get("tzinfo", None.NONE), "time"));
    }

    private static @Nullable Object ofTime(String name) {
        return switch (name) {
            case "fromisoformat" -> (Invocable) arguments -> IsoParse.time(text(arguments, name));
            case "min" -> new TimeValue(MIN.toLocalTime(), null);
            case "max" -> new TimeValue(MAX.toLocalTime(), null);
            case "resolution" -> new TimeDeltaValue(1);
            default -> null;
        };
    }

    private static @Nullable Object ofTimeDelta(String name) {
        return name.equals("resolution") ? new TimeDeltaValue(1) : null;
    }

    private static Object timeZone(Arguments arguments) {
        Object offset = arguments.bind("timezone", "offset").get("offset");
        if (!(offset instanceof TimeDeltaValue(long micros))
                || Math.abs(micros) >= HOURS * TimeDeltaValue.SECOND) {
            throw new JinjaException("timezone() needs a timedelta of less than 24 hours");
        }
        return new OffsetZone((int) (micros / TimeDeltaValue.SECOND));
    }
}
