package dev.millrace.contracts.project.alert;

import java.math.BigDecimal;

/** What is wrong with a value. */
public sealed interface Condition {

    /** It is smaller than this. */
    record Below(BigDecimal threshold) implements Condition {}

    /** It is larger than this. */
    record Above(BigDecimal threshold) implements Condition {}

    /** There are no rows at all. */
    record Absent() implements Condition {}

    /**
     * It is far from what it was at the same time of earlier days or weeks.
     *
     * @param sensitivity how many (scaled) median absolute deviations from the median are too far
     * @param history how many seasons are looked at
     */
    record OutsideBaseline(Season season, BigDecimal sensitivity, int history)
            implements Condition {}

    /** After how long the same is expected again. */
    enum Season {
        DAY,
        WEEK
    }
}
