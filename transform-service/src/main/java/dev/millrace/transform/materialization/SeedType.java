package dev.millrace.transform.materialization;

import org.jspecify.annotations.Nullable;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;

/** What the values of a seed's column may be, in the order in which dbt tries it. */
enum SeedType {
    /** Nothing but nulls, which dbt takes for whole numbers. */
    NOTHING,
    NUMBER,
    DATE,
    DATE_TIME,
    ISO_DATE_TIME,
    BOOLEAN,
    TEXT;

    private static final DateTimeFormatter WRITTEN =
            new DateTimeFormatterBuilder()
                    .appendPattern("uuuu-MM-dd HH:mm:ss")
                    .appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true)
                    .toFormatter(Locale.ROOT);

    /** The first that all values are. */
    static SeedType of(List<String> values) {
        for (SeedType type : values()) {
            if (values.stream().allMatch(value -> SeedText.isNull(value) || type.holds(value))) {
                return type;
            }
        }
        return TEXT;
    }

    private boolean holds(String value) {
        return switch (this) {
            case NOTHING -> false;
            case NUMBER -> SeedNumber.parse(value) != null;
            case DATE -> SeedTime.date(value) != null;
            case DATE_TIME -> SeedTime.dateTime(value) != null;
            case ISO_DATE_TIME -> SeedTime.iso(value) != null;
            case BOOLEAN -> {
                String flag = flag(value);
                yield flag.equals("true") || flag.equals("false") || SeedText.isNull(flag);
            }
            case TEXT -> true;
        };
    }

    /** The type of a column in PostgreSQL. */
    String sql(List<String> values) {
        return switch (this) {
            case NOTHING -> "integer";
            case NUMBER ->
                    SeedNumber.type(
                            values.stream()
                                    .filter(value -> !SeedText.isNull(value))
                                    .map(SeedNumber::parse)
                                    .filter(java.util.Objects::nonNull)
                                    .toList());
            case DATE -> "date";
            case DATE_TIME, ISO_DATE_TIME -> "timestamp without time zone";
            case BOOLEAN -> "boolean";
            case TEXT -> "text";
        };
    }

    /** A value as PostgreSQL reads it into a column of a type; null for none. */
    @Nullable String written(String value, String type) {
        if (SeedText.isNull(value)) {
            return null;
        }
        return switch (this) {
            case NOTHING -> null;
            case NUMBER -> {
                SeedNumber number = SeedNumber.parse(value);
                yield number == null ? null : number.written(type);
            }
            case DATE -> String.valueOf(SeedTime.date(value));
            case DATE_TIME -> written(SeedTime.dateTime(value));
            case ISO_DATE_TIME -> written(SeedTime.iso(value));
            case BOOLEAN -> SeedText.isNull(flag(value)) ? null : flag(value);
            case TEXT -> value;
        };
    }

    private static @Nullable String written(@Nullable LocalDateTime time) {
        return time == null ? null : WRITTEN.format(time);
    }

    /** Commas are left out, as agate does. */
    private static String flag(String value) {
        return SeedText.strip(value.replace(",", "")).toLowerCase(Locale.ROOT);
    }
}
