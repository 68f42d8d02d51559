package dev.millrace.transform.schema;

import java.util.Locale;

/** The types of column that landing makes, and what each of them can hold. */
public enum ColumnType {
    BIGINT,
    NUMERIC,
    /** Only where a schema or a contract says so: no decimal number becomes one by itself. */
    DOUBLE,
    BOOLEAN,
    TIMESTAMPTZ,
    /** A date and time without a zone. */
    TIMESTAMP,
    DATE,
    TIME,
    UUID,
    BYTEA,
    TEXT,
    JSONB,
    /** A type that somebody else gave a column; landing writes nothing into it. */
    OTHER;

    /** How many types there are. */
    public static int count() {
        return values().length;
    }

    /** Its place among them, for arrays by type that live no longer than the process. */
    @SuppressWarnings("EnumOrdinal")
    public int index() {
        return ordinal();
    }

    /** As PostgreSQL spells it. */
    public String sql() {
        return this == DOUBLE ? "double precision" : word();
    }

    /** In the name of a column. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The type of a column that exists, from what {@code format_type} says of it. */
    public static ColumnType parse(String formatted) {
        return switch (formatted) {
            case "bigint" -> BIGINT;
            case "numeric" -> NUMERIC;
            case "double precision" -> DOUBLE;
            case "boolean" -> BOOLEAN;
            case "timestamp with time zone" -> TIMESTAMPTZ;
            case "timestamp without time zone" -> TIMESTAMP;
            case "date" -> DATE;
            case "time without time zone" -> TIME;
            case "uuid" -> UUID;
            case "bytea" -> BYTEA;
            case "text", "character varying" -> TEXT;
            case "jsonb" -> JSONB;
            default -> OTHER;
        };
    }

    /** Whether a column of this type holds every value of another type without losing anything. */
    public boolean holds(ColumnType value) {
        return switch (this) {
            case TEXT -> value != JSONB && value != OTHER;
            case NUMERIC -> value == NUMERIC || value == BIGINT;
            case JSONB -> value != OTHER;
            case OTHER -> false;
            case BIGINT, DOUBLE, BOOLEAN, TIMESTAMPTZ, TIMESTAMP, DATE, TIME, UUID, BYTEA ->
                    value == this;
        };
    }

    /** The narrowest type that holds the values of both. */
    public ColumnType join(ColumnType other) {
        if (holds(other)) {
            return this;
        }
        if (other.holds(this)) {
            return other;
        }
        return this == JSONB || other == JSONB ? JSONB : TEXT;
    }
}
