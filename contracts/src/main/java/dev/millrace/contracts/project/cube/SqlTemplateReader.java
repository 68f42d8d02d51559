package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.YamlValue;
import dev.millrace.contracts.warehouse.SqlText;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes SQL of a model apart into text and references. It knows PostgreSQL's quotes and comments:
 * braces inside a quoted string are text, comments are dropped, and what would leak out of the
 * place where the SQL is put (an open quote or parenthesis, a semicolon) is a problem.
 */
final class SqlTemplateReader {

    // Possessive: a long reference must not exhaust the stack.
    private static final Pattern REFERENCE =
            Pattern.compile("\\{\\s*([A-Za-z_]\\w*(?:\\s*\\.\\s*[A-Za-z_]\\w*)*+)\\s*}");

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

    /** Whether SQL can stand inside of other SQL without changing what that means. */
    static boolean isClosed(String sql) {
        int depth = 0;
        for (int at = 0; at < sql.length(); ) {
            char c = sql.charAt(at);
            int quoted = SqlText.endOfQuote(sql, at);
            if (c == ';' || c == '{' || c == '}' || SqlText.endOfComment(sql, at) != at) {
                return false;
            }
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth < 0 || quoted == SqlText.UNCLOSED) {
                return false;
            }
            at = Math.max(quoted, at + 1);
        }
        return depth == 0;
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
            case '\'', '"' -> quoted();
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
        int end = SqlText.endOfComment(sql, at);
        if (end == SqlText.UNCLOSED) {
            reject("a comment is not closed in: " + sql);
        } else if (end > at) {
            at = end;
            text.append(' ');
        } else if (c == '\\' && (sql.startsWith("\\{", at) || sql.startsWith("\\}", at))) {
            text.append(sql.charAt(at + 1));
            at += 2;
        } else {
            take(1);
        }
    }

    private void quoted() {
        int end = SqlText.endOfQuote(sql, at);
        if (end == SqlText.UNCLOSED) {
            char quote = sql.charAt(at);
            String opening =
                    quote == '$'
                            ? sql.substring(at, sql.indexOf('$', at + 1) + 1)
                            : String.valueOf(quote);
            reject("the quote " + opening + " is not closed in: " + sql);
        } else {
            take(end - at);
        }
    }

    private void dollar() {
        if (SqlText.endOfQuote(sql, at) != at) {
            quoted();
        } else if (!SqlText.continuesWord(sql, at)
                && at + 1 < sql.length()
                && isDigit(sql.charAt(at + 1))) {
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
        if (sql.startsWith("COMPILE_CONTEXT", at + 1)) {
            reject("COMPILE_CONTEXT is not offered: one model serves every caller");
            return;
        }
        Optional<SqlTemplate.Part> context;
        TemplateContext reader = new TemplateContext(sql, at);
        try {
            context = reader.read();
        } catch (IllegalArgumentException e) {
            reject(String.valueOf(e.getMessage()));
            return;
        }
        if (context.isPresent()) {
            flush();
            parts.add(context.get());
            at = reader.end();
            return;
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
