package dev.millrace.transform.jinja;

import dev.millrace.transform.jinja.Token.Kind;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a template into tokens, as Jinja does with its default settings. */
final class Lexer {

    private static final Pattern RAW_BEGIN = Pattern.compile("\\{%[-+]?\\s*raw\\s*(-?)%}");
    private static final Pattern RAW_END = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%}");
    private static final Pattern FLOAT =
            Pattern.compile(
                    "(?:\\d+_)*\\d+(?:(?:\\.(?:\\d+_)*\\d+)?[eE][+-]?(?:\\d+_)*\\d+|\\.(?:\\d+_)*\\d+)");
    private static final Pattern INTEGER =
            Pattern.compile(
                    "0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[0-9a-fA-F])+|[1-9](?:_?\\d)*|0(?:_?0)*");
    private static final List<String> OPERATORS =
            List.of(
                    "**", "//", "==", "!=", "<=", ">=", "+", "-", "/", "*", "%", "~", "[", "]", "(",
                    ")", "{", "}", "<", ">", "=", ".", ":", "|", ",", ";");

    private final String template;
    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private final Deque<String> open = new ArrayDeque<>();
    private int at;
    private int line = 1;
    private int lineStart;
    private int counted;

    private Lexer(String template, String source) {
        this.template = template;
        this.source = source;
    }

    static List<Token> tokens(String template, String source) {
        String text = source.replace("\r\n", "\n").replace('\r', '\n');
        // As Jinja does by default: the newline that ends a file is no part of what it renders to.
        Lexer lexer =
                new Lexer(
                        template,
                        text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        while (at < source.length()) {
            int tag = nextTag();
            if (tag < 0) {
                data(source.substring(at), place(at));
                at = source.length();
                break;
            }
            char kind = source.charAt(tag + 1);
            Place dataPlace = place(at);
            String before = source.substring(at, tag);
            char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
            data(sign == '-' ? before.stripTrailing() : before, dataPlace);
            at = tag;
            Matcher raw = RAW_BEGIN.matcher(source).region(tag, source.length());
            if (kind == '#') {
                comment();
            } else if (raw.lookingAt()) {
                raw(raw);
            } else {
                boolean signed = sign == '-' || (sign == '+' && kind == '%');
                tokens.add(
                        new Token(
                                kind == '%' ? Kind.BLOCK_BEGIN : Kind.VARIABLE_BEGIN,
                                source.substring(tag, tag + 2),
                                place(tag)));
                at = tag + (signed ? 3 : 2);
                code(kind == '%' ? "%}" : "}}", kind == '%' ? Kind.BLOCK_END : Kind.VARIABLE_END);
            }
        }
        tokens.add(new Token(Kind.END, "", place(source.length())));
    }

    private int nextTag() {
        for (int i = source.indexOf('{', at);
                i >= 0 && i + 1 < source.length();
                i = source.indexOf('{', i + 1)) {
            char next = source.charAt(i + 1);
            if (next == '{' || next == '%' || next == '#') {
                return i;
            }
        }
        return -1;
    }

    private void data(String text, Place place) {
        if (!text.isEmpty()) {
            tokens.add(new Token(Kind.DATA, text, place));
        }
    }

    private void comment() {
        int end = source.indexOf("#}", at + 2);
        if (end < 0) {
            throw new JinjaException("the comment '{#' has no end '#}'", place(at));
        }
        boolean strips = end > at + 2 && source.charAt(end - 1) == '-';
        at = end + 2;
        if (strips) {
            skipSpace();
        }
    }

    private void raw(Matcher begin) {
        Place opened = place(at);
        Matcher end = RAW_END.matcher(source);
        if (!end.find(begin.end())) {
            throw new JinjaException("'{% raw %}' has no '{% endraw %}'", opened);
        }
        String text = source.substring(begin.end(), end.start());
        Place place = place(begin.end());
        if ("-".equals(begin.group(1))) {
            text = text.stripLeading();
        }
        data("-".equals(end.group(1)) ? text.stripTrailing() : text, place);
        at = end.end();
        if ("-".equals(end.group(2))) {
            skipSpace();
        }
    }

    private void code(String closing, Kind closingKind) {
        open.clear();
        Place opened = tokens.getLast().place();
        while (true) {
            skipSpace();
            if (at >= source.length()) {
                throw new JinjaException(
                        "the tag '" + tokenBefore(closing) + "' has no end '" + closing + "'",
                        opened);
            }
            if (open.isEmpty() && closes(closing, closingKind)) {
                return;
            }
            token();
        }
    }

    private static String tokenBefore(String closing) {
        return closing.equals("%}") ? "{%" : "{{";
    }

    private boolean closes(String closing, Kind closingKind) {
        char sign = source.charAt(at);
        boolean signed =
                (sign == '-' || (sign == '+' && closingKind == Kind.BLOCK_END))
                        && source.startsWith(closing, at + 1);
        if (!signed && !source.startsWith(closing, at)) {
            return false;
        }
        tokens.add(new Token(closingKind, closing, place(at)));
        at += signed ? 3 : 2;
        if (signed && sign == '-') {
            skipSpace();
        }
        return true;
    }

    private void token() {
        char c = source.charAt(at);
        if (Character.isUnicodeIdentifierStart(source.codePointAt(at)) || c == '_') {
            int end = at;
            while (end < source.length() && isNamePart(source.codePointAt(end))) {
                end += Character.charCount(source.codePointAt(end));
            }
            add(Kind.NAME, source.substring(at, end), end);
        } else if (c == '\'' || c == '"') {
            string(c);
        } else if (c >= '0' && c <= '9') {
            number();
        } else {
            operator();
        }
    }

    private static boolean isNamePart(int point) {
        return point == '_' || (Character.isUnicodeIdentifierPart(point) && point > ' ');
    }

    private void string(char quote) {
        int end = at + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw new JinjaException("the string that begins here has no end", place(at));
        }
        String text = StringEscapes.decode(source.substring(at + 1, end), place(at));
        add(Kind.STRING, text, end + 1);
    }

    private void number() {
        boolean afterDot = !tokens.isEmpty() && tokens.getLast().isOperator(".");
        Matcher matcher = FLOAT.matcher(source).region(at, source.length());
        if (!afterDot && matcher.lookingAt()) {
            add(Kind.FLOAT, matcher.group().replace("_", ""), matcher.end());
            return;
        }
        matcher = INTEGER.matcher(source).region(at, source.length());
        if (!matcher.lookingAt()) {
            throw new JinjaException("this is no number", place(at));
        }
        add(Kind.INTEGER, matcher.group().replace("_", ""), matcher.end());
    }

    private void operator() {
        String operator =
                OPERATORS.stream()
                        .filter(candidate -> source.startsWith(candidate, at))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new JinjaException(
                                                "unexpected character '"
                                                        + Character.toString(source.codePointAt(at))
                                                        + "'",
                                                place(at)));
        switch (operator) {
            case "(" -> open.push(")");
            case "[" -> open.push("]");
            case "{" -> open.push("}");
            case ")", "]", "}" -> {
                if (open.isEmpty()) {
                    throw new JinjaException("unexpected '" + operator + "'", place(at));
                }
                String expected = open.pop();
                if (!expected.equals(operator)) {
                    throw new JinjaException(
                            "unexpected '" + operator + "', expected '" + expected + "'",
                            place(at));
                }
            }
            default -> {
                // no bracket
            }
        }
        add(Kind.OPERATOR, operator, at + operator.length());
    }

    private void add(Kind kind, String text, int end) {
        tokens.add(new Token(kind, text, place(at)));
        at = end;
    }

    private void skipSpace() {
        while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
            at++;
        }
    }

    /** Offsets only grow, so that lines are counted once over. */
    private Place place(int offset) {
        for (; counted < offset && counted < source.length(); counted++) {
            if (source.charAt(counted) == '\n') {
                line++;
                lineStart = counted + 1;
            }
        }
        return new Place(template, line, Math.max(0, offset - lineStart) + 1);
    }
}
