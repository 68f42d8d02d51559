package dev.millrace.transform.materialization;

import org.jspecify.annotations.Nullable;
import org.postgresql.core.NativeQuery;
import org.postgresql.core.Parser;
import org.postgresql.core.SqlCommandType;

import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells what a statement did in the words that PostgreSQL has for it; its driver keeps them. */
final class CommandTag {

    private static final Set<String> TWO_WORDS = Set.of("CREATE", "DROP", "ALTER", "REFRESH");
    private static final Set<String> KINDS =
            Set.of("TABLE", "VIEW", "INDEX", "SCHEMA", "FUNCTION", "SEQUENCE", "TYPE", "EXTENSION");
    private static final Set<SqlCommandType> WRITING =
            Set.of(SqlCommandType.INSERT, SqlCommandType.UPDATE, SqlCommandType.DELETE);
    private static final Pattern WORD =
            Pattern.compile(
                    "\\G(?:\\s|--[^\\n]*(?:\\n|\\z)|/\\*.*?\\*/)*([A-Za-z]+)", Pattern.DOTALL);

    /** Where a comment stands, none of the words counts. */
    private static final Pattern COMMENT = Pattern.compile("--[^\\n]*|/\\*.*?\\*/", Pattern.DOTALL);

    private static final Pattern FILLED =
            Pattern.compile(
                    "\\bAS\\s*(?:\\(\\s*)*(?:SELECT|WITH|VALUES|TABLE|EXECUTE)\\b",
                    Pattern.CASE_INSENSITIVE);

    private CommandTag() {}

    /** The words for the last of some statements, which is the one whose result counts. */
    static String of(String sql) {
        NativeQuery last = last(sql);
        if (last == null) {
            return words(sql);
        }
        String words = words(last.nativeSql);
        SqlCommandType type = last.getCommand().getType();
        // A query's WITH may stand before any of these.
        return words.equals("WITH") && WRITING.contains(type) ? type.name() : words;
    }

    /** Statements are told apart as the driver does that, which runs them one by one. */
    private static @Nullable NativeQuery last(String sql) {
        try {
            List<NativeQuery> statements =
                    Parser.parseJdbcSql(sql, true, false, true, false, false);
            return statements.isEmpty() ? null : statements.getLast();
        } catch (SQLException e) {
            return null;
        }
    }

    private static String words(String sql) {
        Matcher matcher = WORD.matcher(sql);
        if (!matcher.find()) {
            return "";
        }
        String first = matcher.group(1).toUpperCase(Locale.ROOT);
        if (!TWO_WORDS.contains(first)) {
            return first;
        }
        boolean materialized = false;
        while (matcher.find()) {
            String word = matcher.group(1).toUpperCase(Locale.ROOT);
            materialized |= word.equals("MATERIALIZED");
            if (KINDS.contains(word)) {
                boolean filled =
                        first.equals("CREATE")
                                && (word.equals("TABLE") || materialized)
                                && FILLED.matcher(COMMENT.matcher(sql).replaceAll(" ")).find();
                // What is made of a query says how many rows that gave.
                return filled ? "SELECT" : first + (materialized ? " MATERIALIZED " : " ") + word;
            }
        }
        return first;
    }
}
