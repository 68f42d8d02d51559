package dev.millrace.serving.alert;

import dev.millrace.contracts.project.DurationText;
import dev.millrace.contracts.project.alert.Alert;
import dev.millrace.contracts.project.alert.Condition;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;

/** Holds a value to the condition of an alert. */
final class Judge {

    private final Condition condition;
    private final @Nullable BigDecimal resolveAt;

    /**
     * A value.
     *
     * @param present whether there were rows that it comes from
     * @param usual what is usual; null if nobody knows, or nobody asks
     */
    record Point(BigDecimal value, boolean present, @Nullable Baseline usual) {

        static final Point NOTHING = new Point(BigDecimal.ZERO, false, null);
    }

    Judge(Alert alert) {
        this.condition = alert.condition();
        this.resolveAt = alert.resolveAt();
    }

    Verdict.Standing of(Point point) {
        return switch (condition) {
            case Condition.Below(BigDecimal threshold) ->
                    point.value().compareTo(threshold) < 0
                            ? Verdict.Standing.WRONG
                            : clearIf(point.value().compareTo(end(threshold)) >= 0);
            case Condition.Above(BigDecimal threshold) ->
                    point.value().compareTo(threshold) > 0
                            ? Verdict.Standing.WRONG
                            : clearIf(point.value().compareTo(end(threshold)) <= 0);
            case Condition.Absent _ ->
                    point.present() ? Verdict.Standing.CLEAR : Verdict.Standing.WRONG;
            case Condition.OutsideBaseline _ -> {
                Baseline usual = point.usual();
                if (usual == null) {
                    yield Verdict.Standing.UNKNOWN;
                }
                yield usual.isOutside(point.value())
                        ? Verdict.Standing.WRONG
                        : Verdict.Standing.CLEAR;
            }
        };
    }

    /**
     * Whether what is known of a length of time decides it, although only a part of it counts: more
     * rows can make a sum larger, never smaller.
     */
    boolean isDecidedByPart(Verdict.Standing standing) {
        return switch (condition) {
            case Condition.Below _, Condition.Absent _ -> standing != Verdict.Standing.WRONG;
            case Condition.Above _ -> standing == Verdict.Standing.WRONG;
            case Condition.OutsideBaseline _ -> false;
        };
    }

    private BigDecimal end(BigDecimal threshold) {
        return resolveAt == null ? threshold : resolveAt;
    }

    private static Verdict.Standing clearIf(boolean clear) {
        return clear ? Verdict.Standing.CLEAR : Verdict.Standing.BETWEEN;
    }

    /** The condition as people read it. */
    static String words(Alert alert) {
        String condition =
                switch (alert.condition()) {
                    case Condition.Below(BigDecimal threshold) ->
                            "below " + threshold.toPlainString();
                    case Condition.Above(BigDecimal threshold) ->
                            "above " + threshold.toPlainString();
                    case Condition.Absent _ -> "absent";
                    case Condition.OutsideBaseline _ -> "outside its baseline";
                };
        return alert.holdFor().isZero()
                ? condition
                : condition + " for " + DurationText.write(alert.holdFor());
    }
}
