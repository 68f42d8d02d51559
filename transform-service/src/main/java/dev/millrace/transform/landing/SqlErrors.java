package dev.millrace.transform.landing;

import java.sql.SQLException;
import java.util.Set;

/** What PostgreSQL's error codes mean to somebody who writes rows. */
final class SqlErrors {

    private static final String UNIQUE_VIOLATION = "23505";

    /** Column, table or schema missing, or a column of another type. */
    private static final Set<String> OTHER_SHAPE = Set.of("42703", "42P01", "3F000", "42804");

    /** Data exception, constraint, program limit, and what a trigger raises. */
    private static final Set<String> DATA_CLASSES = Set.of("22", "23", "54", "P0", "44");

    private SqlErrors() {}

    static boolean isDuplicate(SQLException e) {
        return UNIQUE_VIOLATION.equals(e.getSQLState());
    }

    /** Whether the same rows would fail again, and others would not. */
    static boolean isAboutData(SQLException e) {
        String state = e.getSQLState();
        return state != null && state.length() == 5 && DATA_CLASSES.contains(state.substring(0, 2));
    }

    /** Whether the table is not as it was when it was last looked at. */
    static boolean isAboutShape(SQLException e) {
        String state = e.getSQLState();
        return state != null && OTHER_SHAPE.contains(state);
    }
}
