package dev.millrace.contracts.project.source;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;

/** The periods of event time, in UTC, that have a partition of their own in a stream's table. */
public enum PartitionBy {
    DAY,
    /** From Monday on, as ISO 8601 has it. */
    WEEK,
    MONTH;

    /** The first day of a day's period. */
    public LocalDate begin(LocalDate day) {
        return switch (this) {
            case DAY -> day;
            case WEEK -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            case MONTH -> day.withDayOfMonth(1);
        };
    }

    /** The first day of a period some periods later. */
    public LocalDate plus(LocalDate begin, int periods) {
        return switch (this) {
            case DAY -> begin.plusDays(periods);
            case WEEK -> begin.plusWeeks(periods);
            case MONTH -> begin.plusMonths(periods);
        };
    }
}
