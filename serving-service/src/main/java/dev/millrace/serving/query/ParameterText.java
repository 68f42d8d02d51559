package dev.millrace.serving.query;

import dev.millrace.contracts.warehouse.SqlText;

/**
 * Turns SQL with parameters {@code $1}, {@code $2}, … into JDBC's form with {@code ?}. A question
 * mark that is an operator is doubled; what stands in quotes or comments stays as it is.
 */
final class ParameterText {

    private ParameterText() {}

    static String toJdbc(String sql) {
        StringBuilder jdbc = new StringBuilder(sql.length() + 16);
        int at = 0;
        while (at < sql.length()) {
            int next = endOfLiteral(sql, at);
            int parameter = endOfParameter(sql, at);
            if (next > at) {
                jdbc.append(sql, at, next);
            } else if (parameter > at) {
                jdbc.append('?');
                next = parameter;
            } else {
                char c = sql.charAt(at);
                jdbc.append(c == '?' ? "??" : String.valueOf(c));
                next = at + 1;
            }
            at = next;
        }
        return jdbc.toString();
    }

    /** The place behind the quotes or the comment that begins here, or here itself. */
    private static int endOfLiteral(String sql, int at) {
        int quote = SqlText.endOfQuote(sql, at);
        int end = quote == at ? SqlText.endOfComment(sql, at) : quote;
        return end == SqlText.UNCLOSED ? sql.length() : end;
    }

    private static int endOfParameter(String sql, int at) {
        if (sql.charAt(at) != '$' || SqlText.continuesWord(sql, at)) {
            return at;
        }
        int end = at + 1;
        while (end < sql.length() && sql.charAt(end) >= '0' && sql.charAt(end) <= '9') {
            end++;
        }
        return end > at + 1 ? end : at;
    }
}
