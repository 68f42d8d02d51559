package dev.millrace.transform.model.context;

import org.jspecify.annotations.Nullable;

/**
 * What is in the parentheses behind a type, as {@code information_schema.columns} has it. Its own
 * functions for that cost more than all else of the query that they stand in.
 *
 * @param type oid of the type
 * @param modifier {@code atttypmod}; -1 if nothing is in parentheses
 */
record TypeModifier(long type, int modifier) {

    private static final int NONE = -1;
    private static final int HEADER = 4;
    private static final int HALF = 16;
    private static final int LOW = 0xffff;

    /** Oids of types; PostgreSQL never changes them. */
    private static final int SMALLINT = 21;

    private static final int INTEGER = 23;
    private static final int BIGINT = 20;
    private static final int REAL = 700;
    private static final int DOUBLE = 701;
    private static final int NUMERIC = 1700;
    private static final int CHARACTER = 1042;
    private static final int VARYING = 1043;
    private static final int BIT = 1560;
    private static final int BIT_VARYING = 1562;

    /** Length of a text in characters, or of a string of bits. */
    @Nullable Long length() {
        if (modifier == NONE) {
            return null;
        }
        return switch ((int) type) {
            case CHARACTER, VARYING -> (long) modifier - HEADER;
            case BIT, BIT_VARYING -> (long) modifier;
            default -> null;
        };
    }

    /** Digits of a number: decimal ones of numeric, binary ones of others. */
    @Nullable Long precision() {
        return switch ((int) type) {
            case SMALLINT -> 16L;
            case INTEGER -> 32L;
            case BIGINT -> 64L;
            case REAL -> 24L;
            case DOUBLE -> 53L;
            case NUMERIC -> modifier == NONE ? null : (long) ((modifier - HEADER) >> HALF & LOW);
            default -> null;
        };
    }

    /** Digits behind the point. */
    @Nullable Long scale() {
        return switch ((int) type) {
            case SMALLINT, INTEGER, BIGINT -> 0L;
            case NUMERIC -> modifier == NONE ? null : (long) (modifier - HEADER & LOW);
            default -> null;
        };
    }
}
