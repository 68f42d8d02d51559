package dev.millrace.contracts.project.contract;

import org.jspecify.annotations.Nullable;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How a contract writes its dates or times. A day that no calendar has is none: nothing is bent
 * until it fits.
 */
public final class TemporalForm {

    private static final Pattern QUOTED = Pattern.compile("'[^']*'");
    private static final Pattern ZONE = Pattern.compile("[VzOXxZ]");
    private static final long NANOS_PER_MICRO = 1_000;
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final ZonedDateTime SAMPLE =
            ZonedDateTime.of(2026, 11, 22, 13, 14, 15, 0, ZoneOffset.UTC);

    /** ISO 8601, with a space for the T as well. */
    private static final DateTimeFormatter ISO_MOMENT =
            strict(
                    new DateTimeFormatterBuilder()
                            .appendPattern("yyyy-MM-dd[' ']['T']HH:mm[:ss]")
                            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
                            .appendPattern("[XXX][XX][X]")
                            .parseDefaulting(ChronoField.SECOND_OF_MINUTE, 0));

    private final LogicalType type;
    private final @Nullable String format;
    private final boolean zoned;
    private final @Nullable ZoneId defaultZone;
    private final DateTimeFormatter formatter;

    /**
     * @param format a pattern of {@link DateTimeFormatter}; null for ISO 8601
     * @param timezone whether a zone belongs to the values; null if the contract does not say
     * @param defaultZone the zone of a text that names none
     * @throws IllegalArgumentException if the pattern is none
     */
    TemporalForm(
            LogicalType type,
            @Nullable String format,
            @Nullable Boolean timezone,
            @Nullable ZoneId defaultZone) {
        this.type = type;
        this.format = format;
        boolean formatHasZone =
                format == null || ZONE.matcher(QUOTED.matcher(format).replaceAll("")).find();
        this.zoned =
                switch (type) {
                    case TIMESTAMP ->
                            timezone == null ? formatHasZone || defaultZone != null : timezone;
                    case TIME -> timezone != null && timezone;
                    default -> false;
                };
        // By the standard, UTC is meant where neither the text nor the contract names a zone.
        this.defaultZone =
                defaultZone == null && zoned && !formatHasZone ? ZoneOffset.UTC : defaultZone;
        this.formatter = format == null ? iso(type) : strict(format);
    }

    /** ISO 8601, for a column that only its physical type describes. */
    public static TemporalForm iso(LogicalType type, boolean zoned) {
        return new TemporalForm(type, null, zoned, null);
    }

    private static DateTimeFormatter iso(LogicalType type) {
        return switch (type) {
            case DATE -> strict("yyyy-MM-dd");
            case TIME -> DateTimeFormatter.ISO_TIME.withResolverStyle(ResolverStyle.STRICT);
            default -> ISO_MOMENT;
        };
    }

    private static DateTimeFormatter strict(String pattern) {
        return strict(new DateTimeFormatterBuilder().appendPattern(pattern));
    }

    private static DateTimeFormatter strict(DateTimeFormatterBuilder pattern) {
        return pattern
                // Or else "yyyy" would want BC or AD beside it.
                .parseDefaulting(ChronoField.ERA, 1)
                .toFormatter(Locale.ENGLISH)
                .withResolverStyle(ResolverStyle.STRICT);
    }

    /** The pattern; null for ISO 8601. */
    public @Nullable String format() {
        return format;
    }

    /** Whether the values are moments, as a zone belongs to them. */
    public boolean isZoned() {
        return zoned;
    }

    /** Whether a text without a zone is in a zone all the same. */
    public boolean hasDefaultZone() {
        return defaultZone != null;
    }

    /** Whether the format has all that its type needs. */
    boolean isComplete() {
        if (format == null) {
            return true;
        }
        try {
            return position(formatter.format(SAMPLE)) != null;
        } catch (DateTimeException e) {
            return false;
        }
    }

    /**
     * Where a text stands: a date in days since 1970, a timestamp in microseconds since 1970 (as if
     * its clock showed UTC, if it is without a zone), a time in microseconds since midnight.
     *
     * @return null if the text is not of this form
     */
    public @Nullable Long position(String text) {
        return position(text, formatter);
    }

    /** The same for a limit, which contracts also write by ISO 8601 instead of the format. */
    @Nullable Long positionOfLimit(String text) {
        Long position = position(text);
        return position == null ? position(text, iso(type)) : position;
    }

    private @Nullable Long position(String text, DateTimeFormatter by) {
        try {
            TemporalAccessor parsed = by.parse(text);
            boolean hasZone = parsed.query(TemporalQueries.zone()) != null;
            return switch (type) {
                case DATE -> LocalDate.from(parsed).toEpochDay();
                case TIME -> time(parsed, hasZone);
                default -> moment(parsed, hasZone);
            };
        } catch (DateTimeException | ArithmeticException e) {
            return null;
        }
    }

    private @Nullable Long moment(TemporalAccessor parsed, boolean hasZone) {
        if (hasZone != zoned && (hasZone || defaultZone == null)) {
            return null;
        }
        if (!zoned) {
            return micros(LocalDateTime.from(parsed).toInstant(ZoneOffset.UTC));
        }
        return micros(
                hasZone || defaultZone == null
                        ? Instant.from(parsed)
                        : LocalDateTime.from(parsed).atZone(defaultZone).toInstant());
    }

    private @Nullable Long time(TemporalAccessor parsed, boolean hasZone) {
        if (hasZone != zoned && (hasZone || defaultZone == null)) {
            return null;
        }
        long nanos =
                hasZone
                        ? OffsetTime.from(parsed)
                                .withOffsetSameInstant(ZoneOffset.UTC)
                                .toLocalTime()
                                .toNanoOfDay()
                        : LocalTime.from(parsed).toNanoOfDay();
        return nanos / NANOS_PER_MICRO;
    }

    private static long micros(Instant instant) {
        return Math.addExact(
                Math.multiplyExact(instant.getEpochSecond(), MICROS_PER_SECOND),
                (instant.getNano() + NANOS_PER_MICRO / 2) / NANOS_PER_MICRO);
    }
}
