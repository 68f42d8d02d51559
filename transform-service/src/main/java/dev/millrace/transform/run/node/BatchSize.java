package dev.millrace.transform.run.node;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How much time the batches of a model are about. */
enum BatchSize {
    HOUR(ChronoUnit.HOURS, "uuuuMMdd'T'HH"),
    DAY(ChronoUnit.DAYS, "uuuuMMdd"),
    MONTH(ChronoUnit.MONTHS, "uuuuMMdd"),
    YEAR(ChronoUnit.YEARS, "uuuuMMdd");

    private final ChronoUnit unit;
    private final DateTimeFormatter format;

    BatchSize(ChronoUnit unit, String format) {
        this.unit = unit;
        this.format = DateTimeFormatter.ofPattern(format).withZone(ZoneOffset.UTC);
    }

    static Optional<BatchSize> named(String name) {
        return Stream.of(values())
                .filter(size -> size.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst();
    }

    /** The first moment of the batch that a moment is in. */
    Instant floor(Instant moment) {
        LocalDateTime time = LocalDateTime.ofInstant(moment, ZoneOffset.UTC);
        LocalDateTime start =
                switch (this) {
                    case HOUR -> time.truncatedTo(ChronoUnit.HOURS);
                    case DAY -> time.truncatedTo(ChronoUnit.DAYS);
                    case MONTH -> time.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1);
                    case YEAR -> time.truncatedTo(ChronoUnit.DAYS).withDayOfYear(1);
                };
        return start.toInstant(ZoneOffset.UTC);
    }

    /** The moment itself where a batch begins with it, or else the first one of the next. */
    Instant ceiling(Instant moment) {
        Instant floor = floor(moment);
        return floor.equals(moment) ? moment : plus(floor, 1);
    }

    Instant plus(Instant moment, long batches) {
        return LocalDateTime.ofInstant(moment, ZoneOffset.UTC)
                .plus(batches, unit)
                .toInstant(ZoneOffset.UTC);
    }

    /** dbt's name for the batch that begins then. */
    String id(Instant start) {
        return format.format(start);
    }
}
