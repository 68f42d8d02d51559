package dev.millrace.contracts.project.cube;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what in a template depends on the query or on the caller: {@code FILTER_PARAMS}, {@code
 * FILTER_GROUP}, {@code SECURITY_CONTEXT}, and another cube's SQL.
 */
final class TemplateContext {

    private static final String NAME = "\\s*\\.\\s*([A-Za-z_]\\w*)";
    private static final Pattern PARAMETER =
            Pattern.compile("\\s*FILTER_PARAMS" + NAME + NAME + "\\s*\\.\\s*filter\\s*\\(\\s*");
    private static final Pattern GROUP = Pattern.compile("\\s*FILTER_GROUP\\s*\\(");
    private static final Pattern CLAIM =
            Pattern.compile("\\s*SECURITY_CONTEXT((?:\\s*\\.\\s*[A-Za-z_]\\w*)++)\\s*\\(\\s*");
    private static final Pattern RELATION =
            Pattern.compile("\\s*([A-Za-z_]\\w*)\\s*\\.\\s*sql\\s*\\(\\s*\\)");

    private final String sql;
    private int at;

    /**
     * @param at where the opening brace stands
     */
    TemplateContext(String sql, int at) {
        this.sql = sql;
        this.at = at + 1;
    }

    /** Where the SQL goes on behind the closing brace. */
    int end() {
        return at;
    }

    /**
     * The part; nothing if the brace opens something else.
     *
     * @throws IllegalArgumentException if it is one, but with a mistake
     */
    Optional<SqlTemplate.Part> read() {
        Matcher group = matcher(GROUP);
        if (group.lookingAt()) {
            at = group.end();
            return Optional.of(close(group()));
        }
        if (matcher(PARAMETER).lookingAt()) {
            return Optional.of(close(new SqlTemplate.FilterGroup(List.of(parameter()))));
        }
        Matcher claim = matcher(CLAIM);
        if (claim.lookingAt()) {
            at = claim.end();
            return Optional.of(close(claim(claim.group(1))));
        }
        Matcher relation = matcher(RELATION);
        if (relation.lookingAt()) {
            at = relation.end();
            return Optional.of(close(new SqlTemplate.Relation(relation.group(1))));
        }
        if (sql.startsWith("FILTER_", at) || sql.startsWith("SECURITY_CONTEXT", at)) {
            throw mistake(
                    "write it as in {FILTER_PARAMS.orders.created_at.filter('created_at')} or"
                            + " {SECURITY_CONTEXT.tenant_id.filter('tenant_id')}");
        }
        return Optional.empty();
    }

    private SqlTemplate.FilterGroup group() {
        List<SqlTemplate.FilterParameter> parameters = new ArrayList<>();
        do {
            if (!matcher(PARAMETER).lookingAt()) {
                throw mistake("FILTER_GROUP holds FILTER_PARAMS…filter(…), separated by commas");
            }
            parameters.add(parameter());
        } while (skip(','));
        expect(')');
        return new SqlTemplate.FilterGroup(parameters);
    }

    private SqlTemplate.FilterParameter parameter() {
        Matcher matcher = matcher(PARAMETER);
        if (!matcher.lookingAt()) {
            throw mistake("expected FILTER_PARAMS");
        }
        at = matcher.end();
        String column = argument();
        return new SqlTemplate.FilterParameter(matcher.group(1), matcher.group(2), column);
    }

    private SqlTemplate.ContextFilter claim(String path) {
        List<String> names = new ArrayList<>(List.of(path.strip().split("\\s*\\.\\s*")));
        names.removeFirst();
        String method = names.removeLast();
        boolean required = method.equals("requiredFilter") || method.equals("required_filter");
        if (method.equals("unsafeValue") || method.equals("unsafe_value")) {
            throw mistake(
                    "a value of the caller's never becomes SQL here; use"
                            + " {SECURITY_CONTEXT.….filter('column')}");
        }
        if (names.isEmpty() || !(required || method.equals("filter"))) {
            throw mistake("SECURITY_CONTEXT offers filter(…) and requiredFilter(…)");
        }
        return new SqlTemplate.ContextFilter(names, argument(), required);
    }

    /** The text in quotes, and the parenthesis behind it. */
    private String argument() {
        char quote = at < sql.length() ? sql.charAt(at) : ' ';
        int close = quote == '\'' || quote == '"' ? sql.indexOf(quote, at + 1) : -1;
        if (close < 0) {
            throw mistake("it takes a column, or SQL over columns, in quotes");
        }
        String column = sql.substring(at + 1, close).strip();
        if (column.isEmpty() || !SqlTemplateReader.isClosed(column)) {
            throw mistake("'" + column + "' is no SQL that can stand alone");
        }
        at = close + 1;
        expect(')');
        return column;
    }

    private SqlTemplate.Part close(SqlTemplate.Part part) {
        expect('}');
        return part;
    }

    private void expect(char wanted) {
        if (!skip(wanted)) {
            throw mistake("expected '" + wanted + "'");
        }
    }

    private boolean skip(char wanted) {
        while (at < sql.length() && Character.isWhitespace(sql.charAt(at))) {
            at++;
        }
        boolean found = at < sql.length() && sql.charAt(at) == wanted;
        at += found ? 1 : 0;
        return found;
    }

    private Matcher matcher(Pattern pattern) {
        return pattern.matcher(sql).region(at, sql.length());
    }

    private IllegalArgumentException mistake(String what) {
        return new IllegalArgumentException(
                what
                        + ": "
                        + sql.substring(
                                Math.min(at, sql.length()), Math.min(sql.length(), at + 40)));
    }
}
