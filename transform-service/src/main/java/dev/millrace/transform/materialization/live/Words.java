package dev.millrace.transform.materialization.live;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The words of an SQL text: what PostgreSQL takes for names, signs and constants, without comments.
 */
final class Words {

    private final String sql;
    private int at;
    private final List<Word> words = new ArrayList<>();

    private Words(String sql) {
        this.sql = sql;
    }

    /** What a word is. */
    enum Kind {
        NAME,
        QUOTED_NAME,
        CONSTANT,
        SIGN
    }

    /**
     * A word.
     *
     * @param text a name as PostgreSQL folds it; anything else as it is written
     * @param position where it begins, from 0
     */
    record Word(Kind kind, String text, int position) {

        boolean isName() {
            return kind == Kind.NAME || kind == Kind.QUOTED_NAME;
        }

        boolean isSign(String sign) {
            return kind == Kind.SIGN && text.equals(sign);
        }

        /** Whether it is this word of the language. */
        boolean isKeyword(String keyword) {
            return kind == Kind.NAME && text.equals(keyword);
        }
    }

    static List<Word> of(String sql) {
        Words words = new Words(sql);
        while (words.at < sql.length()) {
            words.next();
        }
        return words.words;
    }

    /** A name as PostgreSQL knows it, from how it is written. */
    static String fold(String written) {
        return written.length() > 1 && written.startsWith("\"") && written.endsWith("\"")
                ? written.substring(1, written.length() - 1).replace("\"\"", "\"")
                : written.toLowerCase(Locale.ROOT);
    }

    private void next() {
        char c = sql.charAt(at);
        int begin = at;
        if (Character.isWhitespace(c)) {
            at++;
        } else if (sql.startsWith("--", at)) {
            at = endOf("\n", at);
        } else if (sql.startsWith("/*", at)) {
            skipComment();
        } else if (c == '"') {
            at = closing('"', at, false);
            add(Kind.QUOTED_NAME, fold(sql.substring(begin, at)), begin);
        } else if (c == '\'') {
            at = closing('\'', at, false);
            add(Kind.CONSTANT, sql.substring(begin, at), begin);
        } else if ((c == 'e' || c == 'E') && sql.startsWith("'", at + 1)) {
            at = closing('\'', at + 1, true);
            add(Kind.CONSTANT, sql.substring(begin, at), begin);
        } else if (c == '$' && dollarTag() > 0) {
            String tag = sql.substring(at, dollarTag());
            at = endOf(tag, at + tag.length());
            add(Kind.CONSTANT, sql.substring(begin, at), begin);
        } else if (Character.isDigit(c)) {
            while (at < sql.length() && (isNamePart(sql.charAt(at)) || isPoint())) {
                at++;
            }
            add(Kind.CONSTANT, sql.substring(begin, at), begin);
        } else if (isNamePart(c)) {
            while (at < sql.length() && isNamePart(sql.charAt(at))) {
                at++;
            }
            add(Kind.NAME, fold(sql.substring(begin, at)), begin);
        } else {
            at++;
            add(Kind.SIGN, String.valueOf(c), begin);
        }
    }

    private void add(Kind kind, String text, int position) {
        words.add(new Word(kind, text, position));
    }

    private boolean isPoint() {
        return sql.charAt(at) == '.' && !sql.startsWith("..", at);
    }

    private static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c > 127;
    }

    private int endOf(String mark, int from) {
        int found = sql.indexOf(mark, from);
        return found < 0 ? sql.length() : found + mark.length();
    }

    private void skipComment() {
        int depth = 0;
        do {
            if (sql.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (sql.startsWith("*/", at)) {
                depth--;
                at += 2;
            } else {
                at++;
            }
        } while (depth > 0 && at < sql.length());
    }

    /** The place after a quoted text, in which a doubled quote is one. */
    private int closing(char quote, int from, boolean escapes) {
        int i = from + 1;
        while (i < sql.length()) {
            char c = sql.charAt(i);
            if (escapes && c == '\\') {
                i += 2;
            } else if (c != quote) {
                i++;
            } else if (i + 1 < sql.length() && sql.charAt(i + 1) == quote) {
                i += 2;
            } else {
                return i + 1;
            }
        }
        return sql.length();
    }

    /** The place after the tag that begins here; 0 if none does. */
    private int dollarTag() {
        int i = at + 1;
        while (i < sql.length() && isNamePart(sql.charAt(i)) && sql.charAt(i) != '$') {
            i++;
        }
        boolean isTag =
                i < sql.length() && sql.charAt(i) == '$' && !Character.isDigit(sql.charAt(at + 1));
        return isTag ? i + 1 : 0;
    }
}
