package dev.millrace.transform.run;

import dev.millrace.contracts.warehouse.SqlText;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The names that SQL mentions, as PostgreSQL reads them: in small letters unless they are quoted.
 * What stands in texts and comments is none of them.
 *
 * @param names names, and pairs of names joined by a dot
 * @param star whether all columns of something are taken, as by {@code select *}
 */
record SqlWords(Set<String> names, boolean star) {

    private static final Set<String> BEFORE_STAR = Set.of("select", "distinct", "all", ",", ".");

    static SqlWords of(String sql) {
        Set<String> names = new HashSet<>();
        boolean star = false;
        List<String> tokens = tokens(sql);
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i);
            if (token.equals("*")) {
                star |= i > 0 && BEFORE_STAR.contains(tokens.get(i - 1));
            } else if (!token.equals(".") && !token.equals(",")) {
                names.add(token);
                if (i > 1 && tokens.get(i - 1).equals(".")) {
                    names.add(tokens.get(i - 2) + "." + token);
                }
            }
        }
        return new SqlWords(names, star);
    }

    boolean mention(String name) {
        return names.contains(name);
    }

    private static List<String> tokens(String sql) {
        List<String> tokens = new ArrayList<>();
        int at = 0;
        while (at < sql.length()) {
            int behindComment = SqlText.endOfComment(sql, at);
            int behindQuote = behindComment == at ? SqlText.endOfQuote(sql, at) : at;
            if (behindComment == SqlText.UNCLOSED || behindQuote == SqlText.UNCLOSED) {
                return tokens;
            }
            if (behindComment > at) {
                at = behindComment;
            } else if (behindQuote > at) {
                if (sql.charAt(at) == '"') {
                    tokens.add(sql.substring(at + 1, behindQuote - 1).replace("\"\"", "\""));
                }
                at = behindQuote;
            } else if (isWord(sql.charAt(at))) {
                int end = at;
                while (end < sql.length() && isWord(sql.charAt(end))) {
                    end++;
                }
                tokens.add(sql.substring(at, end).toLowerCase(Locale.ROOT));
                at = end;
            } else {
                if (!Character.isWhitespace(sql.charAt(at))) {
                    tokens.add(String.valueOf(sql.charAt(at)));
                }
                at++;
            }
        }
        return tokens;
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c >= 0x80;
    }
}
