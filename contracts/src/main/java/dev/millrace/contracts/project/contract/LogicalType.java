package dev.millrace.contracts.project.contract;

import java.util.Locale;

/** What values mean, whatever they are stored as. */
public enum LogicalType {
    STRING,
    DATE,
    TIMESTAMP,
    TIME,
    NUMBER,
    INTEGER,
    OBJECT,
    ARRAY,
    BOOLEAN;

    /** As contracts write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static LogicalType of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
