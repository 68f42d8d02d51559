package dev.millrace.transform.landing;

import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.postgresql.util.ServerErrorMessage;

import java.sql.SQLException;
import java.util.Set;

/** What PostgreSQL's error codes mean to somebody who writes rows. */
final class SqlErrors {

    static final String NO_TABLE = PSQLState.UNDEFINED_TABLE.getState();
    static final String NO_COLUMN = PSQLState.UNDEFINED_COLUMN.getState();

    static final String OVERTAKEN = PSQLState.SERIALIZATION_FAILURE.getState();

    private static final String UNIQUE_VIOLATION = PSQLState.UNIQUE_VIOLATION.getState();
    private static final String DEADLOCK = PSQLState.DEADLOCK_DETECTED.getState();

    /** Column, table or schema missing, or a column of another type. */
    private static final Set<String> OTHER_SHAPE = Set.of(NO_COLUMN, NO_TABLE, "3F000", "42804");

    /** Data exception, constraint, program limit, and what a trigger raises. */
    private static final Set<String> DATA_CLASSES = Set.of("22", "23", "54", "P0", "44");

    /** Errors of these classes, or with no code at all, say nothing of what was to be written. */
    private static final Set<String> CIRCUMSTANCES =
            Set.of("08", "25", "40", "53", "55", "57", "58", "XX");

    /** Too many locks at once, and too long a statement: a smaller portion may do. */
    private static final Set<String> LOAD = Set.of("53200", "57014");

    /** A right that is missing, or something else of that name. */
    private static final Set<String> RELATION = Set.of("42501", "42P07", "42809", "42939");

    private SqlErrors() {}

    static boolean isDuplicate(SQLException e) {
        return UNIQUE_VIOLATION.equals(e.getSQLState());
    }

    /** Whether others were faster with the same rows, and the same goes well once they are done. */
    static boolean isOvertaken(SQLException e) {
        return OVERTAKEN.equals(e.getSQLState()) || isDeadlock(e);
    }

    static boolean isDeadlock(SQLException e) {
        return DEADLOCK.equals(e.getSQLState());
    }

    /** The constraint or unique index that a row breaks; empty if it is about something else. */
    static String constraint(SQLException e) {
        ServerErrorMessage told =
                e instanceof PSQLException refusal ? refusal.getServerErrorMessage() : null;
        String constraint = told == null ? null : told.getConstraint();
        return constraint == null ? "" : constraint;
    }

    /** Whether the same rows would fail again, and others would not. */
    static boolean isAboutData(SQLException e) {
        String state = e.getSQLState();
        return state != null && state.length() == 5 && DATA_CLASSES.contains(state.substring(0, 2));
    }

    /** Whether the same might go well with other, or fewer, records. */
    static boolean mayLieInARecord(SQLException e) {
        String state = e.getSQLState();
        return state != null
                && state.length() == 5
                && (isAboutLoad(e) || !CIRCUMSTANCES.contains(state.substring(0, 2)));
    }

    /** Whether it was too much at once. */
    static boolean isAboutLoad(SQLException e) {
        return LOAD.contains(String.valueOf(e.getSQLState()));
    }

    /** Whether a table cannot be made or changed at all, whatever was to be written. */
    static boolean isAboutRelation(SQLException e) {
        return RELATION.contains(String.valueOf(e.getSQLState()));
    }

    /** Whether the table is not as it was when it was last looked at. */
    static boolean isAboutShape(SQLException e) {
        String state = e.getSQLState();
        return state != null && OTHER_SHAPE.contains(state);
    }
}
