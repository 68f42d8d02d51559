package dev.millrace.serving.alert;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;

/**
 * What is usual: the median of earlier values, and how far from it is too far. That is some scaled
 * median absolute deviations, but never less than a share of the median, or one where all values
 * are whole: a history without any noise makes no noise an alarm.
 */
record Baseline(BigDecimal median, BigDecimal tolerance) {

    /** Makes the deviation comparable to the standard deviation of a normal distribution. */
    private static final BigDecimal SCALE = new BigDecimal("1.4826");

    private static final BigDecimal FLOOR = new BigDecimal("0.05");
    private static final MathContext PRECISION = MathContext.DECIMAL64;

    static Baseline of(List<BigDecimal> history, BigDecimal sensitivity) {
        BigDecimal median = median(history);
        BigDecimal deviation =
                median(history.stream().map(value -> value.subtract(median).abs()).toList());
        BigDecimal spread = sensitivity.multiply(SCALE, PRECISION).multiply(deviation, PRECISION);
        BigDecimal share = median.abs().multiply(FLOOR, PRECISION);
        boolean counts =
                history.stream().allMatch(value -> value.stripTrailingZeros().scale() <= 0);
        BigDecimal floor = counts ? share.max(BigDecimal.ONE) : share;
        return new Baseline(median, spread.max(floor));
    }

    boolean isOutside(BigDecimal value) {
        return value.subtract(median).abs().compareTo(tolerance) > 0;
    }

    private static BigDecimal median(List<BigDecimal> values) {
        List<BigDecimal> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(half)
                : sorted.get(half - 1)
                        .add(sorted.get(half))
                        .divide(BigDecimal.valueOf(2), PRECISION);
    }
}
