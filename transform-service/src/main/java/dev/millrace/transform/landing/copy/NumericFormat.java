package dev.millrace.transform.landing.copy;

import dev.millrace.transform.landing.value.Bytes;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * PostgreSQL's binary {@code numeric}: how many digits, the weight of the first, the sign, the
 * digits after the point that are shown, and the digits themselves, each to the base of 10,000.
 */
final class NumericFormat {

    private static final int BASE = 10_000;
    private static final int DIGITS = 4;
    private static final int POSITIVE = 0x0000;
    private static final int NEGATIVE = 0x4000;
    private static final long[] POWERS = {1, 10, 100, 1_000};

    private NumericFormat() {}

    static void write(Bytes out, BigDecimal number) {
        BigInteger unscaled = number.unscaledValue();
        int scale = number.scale();
        if (scale >= 0 && unscaled.bitLength() < 50) {
            write(out, unscaled.longValue(), scale);
        } else {
            writeLarge(out, number);
        }
    }

    /**
     * A number of few digits.
     *
     * @param unscaled the digits without the point
     * @param scale how many of them stand after it
     */
    static void write(Bytes out, long unscaled, int scale) {
        if (unscaled == 0) {
            header(out, 0, 0, POSITIVE, scale);
            return;
        }
        // Fill up the last group after the point, so that groups begin at the point.
        int fractionGroups = (scale + DIGITS - 1) / DIGITS;
        long fill = POWERS[fractionGroups * DIGITS - scale];
        if (unscaled == Long.MIN_VALUE || Math.abs(unscaled) > Long.MAX_VALUE / fill) {
            writeLarge(out, BigDecimal.valueOf(unscaled, scale));
            return;
        }
        long rest = Math.abs(unscaled) * fill;
        int groups = 0;
        for (long r = rest; r != 0; r /= BASE) {
            groups++;
        }
        int weight = groups - fractionGroups - 1;
        long divisor = 1;
        for (int i = 1; i < groups; i++) {
            divisor *= BASE;
        }
        int begin = out.size();
        header(out, groups, weight, unscaled < 0 ? NEGATIVE : POSITIVE, scale);
        int last = 0;
        for (int i = 0; i < groups; i++) {
            int digit = (int) (rest / divisor);
            rest %= divisor;
            divisor /= BASE;
            out.addShort(digit);
            if (digit != 0) {
                last = i + 1;
            }
        }
        strip(out, begin, groups, last);
    }

    private static void writeLarge(Bytes out, BigDecimal number) {
        String digits = number.unscaledValue().abs().toString();
        int scale = Math.max(0, number.scale());
        int fractionGroups = (scale + DIGITS - 1) / DIGITS;
        // Zeros behind the digits: up to the point, or up to the end of the last group after it.
        int zeros = Math.max(0, -number.scale()) + fractionGroups * DIGITS - scale;
        int total = digits.length() + zeros;
        int groups = (total + DIGITS - 1) / DIGITS;
        int lead = groups * DIGITS - total;
        // Groups of nothing but those zeros are not written: 1e131071 is one digit and a weight.
        int written = (lead + digits.length() + DIGITS - 1) / DIGITS;
        int begin = out.size();
        header(
                out,
                written,
                groups - fractionGroups - 1,
                number.signum() < 0 ? NEGATIVE : POSITIVE,
                scale);
        int last = 0;
        for (int group = 0; group < written; group++) {
            int digit = 0;
            for (int i = group * DIGITS - lead; i < group * DIGITS - lead + DIGITS; i++) {
                digit = digit * 10 + (i >= 0 && i < digits.length() ? digits.charAt(i) - '0' : 0);
            }
            out.addShort(digit);
            if (digit != 0) {
                last = group + 1;
            }
        }
        strip(out, begin, written, last);
    }

    /** PostgreSQL keeps no zero groups at the end. */
    private static void strip(Bytes out, int begin, int groups, int last) {
        if (last < groups) {
            out.truncate(out.size() - (groups - last) * Short.BYTES);
            byte[] bytes = out.array();
            bytes[begin] = (byte) (last >> 8);
            bytes[begin + 1] = (byte) last;
        }
    }

    private static void header(Bytes out, int groups, int weight, int sign, int scale) {
        out.addShort(groups);
        out.addShort(weight);
        out.addShort(sign);
        out.addShort(scale);
    }
}
