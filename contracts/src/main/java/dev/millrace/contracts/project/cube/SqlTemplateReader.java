package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.YamlValue;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes SQL of a model apart into text and references. It knows PostgreSQL's quotes and comments:
 * braces inside a quoted string are text, comments are dropped, and what would leak out of the
 * place where the SQL is put (an open quote or parenthesis, a semicolon) is a problem.
 */
final class SqlTemplateReader {

    private static final Pattern REFERENCE =
            Pattern.compile("\\{\\s*([A-Za-z_]\\w*(?:\\s*\\.\\s*[A-Za-z_]\\w*)*)\\s*}");
    private static final Pattern DOLLAR_QUOTE =
            Pattern.compile("\\$(?:[A-Za-z_\\x80-\\uffff][\\w\\x80-\\uffff]*)?\\$");

    private final YamlValue value;
    private final String sql;
    private final List<SqlTemplate.Part> parts = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private int at;
    private int depth;
    private boolean broken;

    private SqlTemplateReader(YamlValue value, String sql) {
        this.value = value;
        this.sql = sql;
    }

    /** Reads one template; mistakes are reported at the value. */
    static SqlTemplate read(YamlValue value) {
        return new SqlTemplateReader(value, value.text().orElse("").strip()).read();
    }

    private SqlTemplate read() {
        if (sql.isEmpty()) {
            reject("the SQL is empty");
        }
        while (at < sql.length() && !broken) {
            step();
        }
        if (depth > 0 && !broken) {
            reject("a parenthesis is not closed in: " + sql);
        }
        flush();
        return new SqlTemplate(value.position(), parts);
    }

    private void step() {
        char c = sql.charAt(at);
        switch (c) {
            case '\'' -> quoted('\'', isEscapeString());
            case '"' -> quoted('"', false);
            case '$' -> dollar();
            case '{' -> reference();
            case '}' ->
                    reject("a brace is closed that was not opened; write \\} for the character");
            case '(' -> {
                depth++;
                take(1);
            }
            case ')' -> {
                depth--;
                take(1);
                if (depth < 0) {
                    reject("a parenthesis is closed that was not opened in: " + sql);
                }
            }
            case ';' -> reject("a semicolon ends a statement; leave it out here");
            case '\0' -> reject("SQL cannot hold the character NUL");
            default -> plain(c);
        }
    }

    private void plain(char c) {
        if (sql.startsWith("--", at)) {
            int end = sql.indexOf('\n', at);
            at = end < 0 ? sql.length() : end;
            text.append(' ');
        } else if (sql.startsWith("/*", at)) {
            blockComment();
        } else if (c == '\\' && (sql.startsWith("\\{", at) || sql.startsWith("\\}", at))) {
            text.append(sql.charAt(at + 1));
            at += 2;
        } else {
            take(1);
        }
    }

    private void blockComment() {
        int open = 0;
        do {
            if (sql.startsWith("/*", at)) {
                open++;
                at += 2;
            } else if (sql.startsWith("*/", at)) {
                open--;
                at += 2;
            } else {
                at++;
            }
        } while (open > 0 && at < sql.length());
        if (open > 0) {
            reject("a comment is not closed in: " + sql);
        }
        text.append(' ');
    }

    private boolean isEscapeString() {
        if (at == 0 || Character.toLowerCase(sql.charAt(at - 1)) != 'e') {
            return false;
        }
        return at == 1 || !isWord(sql.charAt(at - 2));
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$';
    }

    private void quoted(char quote, boolean backslashes) {
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
                take(end + 1 - at);
                return;
            }
        }
        reject("the quote " + quote + " is not closed in: " + sql);
    }

    private void dollar() {
        Matcher opening = DOLLAR_QUOTE.matcher(sql).region(at, sql.length());
        boolean insideWord = at > 0 && isWord(sql.charAt(at - 1));
        if (!insideWord && opening.lookingAt()) {
            int end = sql.indexOf(opening.group(), opening.end());
            if (end < 0) {
                reject("the quote " + opening.group() + " is not closed in: " + sql);
            } else {
                take(end + opening.group().length() - at);
            }
        } else if (!insideWord && at + 1 < sql.length() && isDigit(sql.charAt(at + 1))) {
            reject("a parameter such as $1 has no value here");
        } else {
            take(1);
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private void reference() {
        if (sql.startsWith("{{", at) || sql.startsWith("{%", at)) {
            reject("Jinja is not offered in cubes by this version");
            return;
        }
        for (String context : List.of("FILTER_PARAMS", "FILTER_GROUP", "SECURITY_CONTEXT")) {
            if (sql.startsWith(context, at + 1)) {
                reject(context + " is not offered by this version");
                return;
            }
        }
        Matcher matcher = REFERENCE.matcher(sql).region(at, sql.length());
        if (!matcher.lookingAt()) {
            reject(
                    "braces hold the name of a member, as in {status} or {orders.status}; write \\{"
                            + " and \\} for the characters: "
                            + sql.substring(at, Math.min(sql.length(), at + 30)));
            return;
        }
        flush();
        parts.add(new SqlTemplate.Reference(List.of(matcher.group(1).split("\\s*\\.\\s*"))));
        at = matcher.end();
    }

    private void take(int length) {
        text.append(sql, at, at + length);
        at += length;
    }

    private void flush() {
        if (!text.isEmpty()) {
            parts.add(new SqlTemplate.Text(text.toString()));
            text.setLength(0);
        }
    }

    private void reject(String message) {
        value.reject(message);
        broken = true;
    }
}
