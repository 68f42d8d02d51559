package dev.millrace.serving.query;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

/** The warehouse did not answer a query. */
public final class WarehouseException extends RuntimeException {

    private final Category category;

    /** Who is to do something about it. */
    public enum Category {
        /** A value does not fit what it is compared with. */
        CALLER,
        /** The model names what the warehouse does not have, or computes what cannot be. */
        MODEL,
        /** It took too long. */
        TIMEOUT,
        /** It has no connection to spare. */
        BUSY,
        /** The warehouse cannot be reached, or is in trouble. */
        PLATFORM
    }

    WarehouseException(SQLException cause) {
        super(message(cause), cause);
        this.category = category(cause);
    }

    public Category category() {
        return category;
    }

    private static String message(SQLException cause) {
        String message = String.valueOf(cause.getMessage());
        int end = message.indexOf('\n');
        String first = end < 0 ? message : message.substring(0, end);
        return first.startsWith("ERROR: ") ? first.substring("ERROR: ".length()) : first;
    }

    private static Category category(SQLException cause) {
        String state = cause.getSQLState() == null ? "" : cause.getSQLState();
        if (state.equals("57014")) {
            return Category.TIMEOUT;
        }
        if (state.equals("53300") || isPoolEmpty(cause)) {
            return Category.BUSY;
        }
        if (state.startsWith("22")) {
            return Category.CALLER;
        }
        return state.startsWith("42") ? Category.MODEL : Category.PLATFORM;
    }

    /** Hikari names the reason if connections could not be opened. */
    private static boolean isPoolEmpty(SQLException cause) {
        return cause instanceof SQLTransientConnectionException && cause.getCause() == null;
    }
}
