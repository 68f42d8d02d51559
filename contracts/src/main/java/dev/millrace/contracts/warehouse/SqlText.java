package dev.millrace.contracts.warehouse;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands in PostgreSQL's quotes: puts text into them, and finds where they and comments end,
 * so that what stands in them is never taken for SQL. Each place is that of a character in the
 * text.
 */
public final class SqlText {

    /** What is never closed ends nowhere. */
    public static final int UNCLOSED = -1;

    private static final Pattern DOLLAR_QUOTE =
            Pattern.compile("\\$(?:[A-Za-z_\\x80-\\uffff][\\w\\x80-\\uffff]*)?\\$");

    private SqlText() {}

    /** Text as a constant, however the server takes backslashes. */
    public static String literal(String text) {
        String doubled = text.replace("'", "''");
        return text.contains("\\")
                ? "E'" + doubled.replace("\\", "\\\\") + "'"
                : "'" + doubled + "'";
    }

    /**
     * The place behind the quoted piece that begins here ({@code '…'}, {@code E'…'}, {@code "…"},
     * {@code $tag$…$tag$}); here itself if none begins here; or {@link #UNCLOSED}.
     */
    public static int endOfQuote(String sql, int at) {
        return switch (sql.charAt(at)) {
            case '\'' -> endOfQuote(sql, at, isEscapeString(sql, at));
            case '"' -> endOfQuote(sql, at, false);
            case '$' -> endOfDollarQuote(sql, at);
            default -> at;
        };
    }

    /**
     * The place behind the comment that begins here, without the end of its line; here itself if
     * none begins here; or {@link #UNCLOSED}. Comments between slashes and stars nest.
     */
    public static int endOfComment(String sql, int at) {
        if (sql.startsWith("--", at)) {
            int end = at;
            while (end < sql.length() && sql.charAt(end) != '\n' && sql.charAt(end) != '\r') {
                end++;
            }
            return end;
        }
        return sql.startsWith("/*", at) ? endOfBlockComment(sql, at) : at;
    }

    /** Whether the character here belongs to the word before it, as the dollar of {@code a$1}. */
    public static boolean continuesWord(String sql, int at) {
        return at > 0 && isWord(sql.charAt(at - 1));
    }

    private static int endOfQuote(String sql, int at, boolean backslashes) {
        char quote = sql.charAt(at);
        int end = at + 1;
        while (end < sql.length()) {
            char c = sql.charAt(end);
            if (c == '\\' && backslashes) {
                end += 2;
            } else if (c != quote) {
                end++;
            } else if (end + 1 < sql.length() && sql.charAt(end + 1) == quote) {
                end += 2;
            } else {
                return end + 1;
            }
        }
        return UNCLOSED;
    }

    private static int endOfDollarQuote(String sql, int at) {
        Matcher opening = DOLLAR_QUOTE.matcher(sql).region(at, sql.length());
        if (continuesWord(sql, at) || !opening.lookingAt()) {
            return at;
        }
        int end = sql.indexOf(opening.group(), opening.end());
        return end < 0 ? UNCLOSED : end + opening.group().length();
    }

    private static int endOfBlockComment(String sql, int at) {
        int end = at;
        int open = 0;
        do {
            if (sql.startsWith("/*", end)) {
                open++;
                end += 2;
            } else if (sql.startsWith("*/", end)) {
                open--;
                end += 2;
            } else {
                end++;
            }
        } while (open > 0 && end < sql.length());
        return open > 0 ? UNCLOSED : end;
    }

    private static boolean isEscapeString(String sql, int at) {
        return at > 0
                && Character.toLowerCase(sql.charAt(at - 1)) == 'e'
                && !continuesWord(sql, at - 1);
    }

    /** PostgreSQL takes every character beyond ASCII for a letter. */
    private static boolean isWord(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '_'
                || c == '$'
                || c >= 0x80;
    }
}
