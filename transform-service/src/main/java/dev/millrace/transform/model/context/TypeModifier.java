package dev.millrace.transform.model.context;

import org.jspecify.annotations.Nullable;
import org.postgresql.core.Oid;

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

    /** Length of a text in characters, or of a string of bits. */
    @Nullable Long length() {
        if (modifier == NONE) {
            return null;
        }
        return switch ((int) type) {
            case Oid.BPCHAR, Oid.VARCHAR -> (long) modifier - HEADER;
            case Oid.BIT, Oid.VARBIT -> (long) modifier;
            default -> null;
        };
    }

    /** Digits of a number: decimal ones of numeric, binary ones of others. */
    @Nullable Long precision() {
        return switch ((int) type) {
            case Oid.INT2 -> 16L;
            case Oid.INT4 -> 32L;
            case Oid.INT8 -> 64L;
            case Oid.FLOAT4 -> 24L;
            case Oid.FLOAT8 -> 53L;
            case Oid.NUMERIC ->
                    modifier == NONE ? null : (long) ((modifier - HEADER) >> HALF & LOW);
            default -> null;
        };
    }

    /** Digits behind the point. */
    @Nullable Long scale() {
        return switch ((int) type) {
            case Oid.INT2, Oid.INT4, Oid.INT8 -> 0L;
            case Oid.NUMERIC -> modifier == NONE ? null : (long) (modifier - HEADER & LOW);
            default -> null;
        };
    }
}
