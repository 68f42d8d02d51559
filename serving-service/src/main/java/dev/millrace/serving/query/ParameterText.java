package dev.millrace.serving.query;

/**
 * Turns SQL with parameters {@code $1}, {@code $2}, … into JDBC's form with {@code ?}. A question
 * mark that is an operator is doubled; what stands in quotes stays as it is.
 */
final class ParameterText {

    private final String sql;
    private final StringBuilder jdbc;
    private int at;

    private ParameterText(String sql) {
        this.sql = sql;
        this.jdbc = new StringBuilder(sql.length() + 16);
    }

    static String toJdbc(String sql) {
        return new ParameterText(sql).convert();
    }

    private String convert() {
        while (at < sql.length()) {
            char c = sql.charAt(at);
            switch (c) {
                case '\'' -> copyTo(endOfQuote('\'', isEscapeString()));
                case '"' -> copyTo(endOfQuote('"', false));
                case '$' -> dollar();
                case '?' -> {
                    jdbc.append("??");
                    at++;
                }
                default -> copyTo(at + 1);
            }
        }
        return jdbc.toString();
    }

    private void dollar() {
        int end = at + 1;
        while (end < sql.length() && Character.isDigit(sql.charAt(end))) {
            end++;
        }
        boolean insideWord = at > 0 && Character.isJavaIdentifierPart(sql.charAt(at - 1));
        if (end > at + 1 && !insideWord) {
            jdbc.append('?');
            at = end;
            return;
        }
        int tagEnd = sql.indexOf('$', at + 1);
        boolean opens =
                !insideWord
                        && tagEnd > 0
                        && sql.substring(at + 1, tagEnd)
                                .chars()
                                .allMatch(Character::isJavaIdentifierPart);
        if (!opens) {
            copyTo(at + 1);
            return;
        }
        String tag = sql.substring(at, tagEnd + 1);
        int close = sql.indexOf(tag, tagEnd + 1);
        copyTo(close < 0 ? sql.length() : close + tag.length());
    }

    private boolean isEscapeString() {
        return at > 0
                && Character.toLowerCase(sql.charAt(at - 1)) == 'e'
                && (at == 1 || !Character.isJavaIdentifierPart(sql.charAt(at - 2)));
    }

    private int endOfQuote(char quote, boolean backslashes) {
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
        return sql.length();
    }

    private void copyTo(int end) {
        jdbc.append(sql, at, Math.min(end, sql.length()));
        at = end;
    }
}
