package dev.millrace.transform.landing.row;

import org.jspecify.annotations.Nullable;

/** What a change does to the row of its key; the letters are Debezium's. */
public enum Operation {
    CREATE,
    UPDATE,
    DELETE,
    /** The row as a snapshot found it. */
    READ,
    /** All rows go. */
    TRUNCATE;

    /** The operation of a letter, or null if there is none. */
    public static @Nullable Operation of(String letter) {
        return switch (letter) {
            case "c" -> CREATE;
            case "u" -> UPDATE;
            case "d" -> DELETE;
            case "r" -> READ;
            case "t" -> TRUNCATE;
            default -> null;
        };
    }

    public String letter() {
        return name().substring(0, 1).toLowerCase(java.util.Locale.ROOT);
    }

    /** Whether the change carries a row. */
    public boolean hasRow() {
        return this != DELETE && this != TRUNCATE;
    }
}
