package dev.millrace.serving.query.export;

/** What the values of a column are, in forms that have types. */
public sealed interface ColumnType {

    /** The types that have no parameters. */
    enum Plain implements ColumnType {
        INT32,
        INT64,
        FLOAT32,
        FLOAT64,
        BOOLEAN,
        TEXT,
        DATE,
        /** A time on the clocks of a place that the query knows. */
        LOCAL_TIME,
        INSTANT
    }

    /** A number with so many decimal digits, so many of them after the point. */
    record Decimal(int precision, int scale) implements ColumnType {

        static final int MOST_DIGITS = 38;

        public Decimal {
            if (precision < 1 || precision > MOST_DIGITS || scale < 0 || scale > precision) {
                throw new IllegalArgumentException(
                        "no decimal of 128 bits: " + precision + ", " + scale);
            }
        }
    }

    /**
     * The type of PostgreSQL's {@code numeric(precision, scale)}: decimal where 128 bits are
     * enough, else text to the last digit. Without precision, as sums and averages come, a floating
     * point number: there is no scale that all of its values have.
     *
     * @param scale may be less than zero, and more than the precision
     */
    static ColumnType numeric(int precision, int scale) {
        if (precision == 0) {
            return Plain.FLOAT64;
        }
        int digits = scale < 0 ? precision - scale : Math.max(precision, scale);
        return digits > Decimal.MOST_DIGITS ? Plain.TEXT : new Decimal(digits, Math.max(scale, 0));
    }
}
