package dev.millrace.serving.semantic;

import org.jspecify.annotations.Nullable;

/** A query that cannot be answered as it stands, with what Cube says of it. */
public final class QueryException extends RuntimeException {

    private final Kind kind;

    /** Who is to do something about it. */
    public enum Kind {
        /** The query has a wrong form. */
        FORMAT,
        /** The query asks for something that is not there. */
        USER,
        /** The query goes over a limit; Cube answers this as an error of its own. */
        LIMIT
    }

    private QueryException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public static QueryException format(String message) {
        return new QueryException(Kind.FORMAT, message);
    }

    public static QueryException user(String message) {
        return new QueryException(Kind.USER, message);
    }

    public static QueryException limit(String message) {
        return new QueryException(Kind.LIMIT, message);
    }

    public static QueryException notOffered(String what) {
        return user(what + " is not offered by this version of Millrace");
    }

    /**
     * For a member that may not be shown; in Cube's words.
     *
     * @param alias what its column would be called in SQL
     */
    public static QueryException hidden(String alias) {
        return format(
                "You requested hidden member: '%s'. Please make it visible using `shown: true`. Please note primaryKey fields are `shown: false` by default: https://cube.dev/docs/schema/reference/joins#setting-a-primary-key."
                        .formatted(alias));
    }

    public Kind kind() {
        return kind;
    }

    @Override
    public String getMessage() {
        @Nullable String message = super.getMessage();
        return message == null ? "" : message;
    }
}
