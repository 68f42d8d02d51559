package dev.millrace.transform.jinja;

import dev.millrace.transform.jinja.Token.Kind;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a template into tokens, as Jinja does with its default settings. Names are interned. */
final class Lexer {

    private static final Pattern RAW_BEGIN = Pattern.compile("\\{%[-+]?\\s*raw\\s*(-?)%}");
    private static final Pattern RAW_END = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%}");
    private static final Pattern FLOAT =
            Pattern.compile(
                    "(?:\\d+_)*\\d+(?:(?:\\.(?:\\d+_)*\\d+)?[eE][+-]?(?:\\d+_)*\\d+|\\.(?:\\d+_)*\\d+)");
    private static final Pattern INTEGER =
            Pattern.compile(
                    "0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[0-9a-fA-F])+|[1-9](?:_?\\d)*|0(?:_?0)*");

    private final String source;
    private final Set<String> blockTags;
    private final Places places;
    private final List<Token> tokens = new ArrayList<>();
    private final Deque<Character> open = new ArrayDeque<>();
    private final int end;
    private int at;

    private Lexer(Source source, Set<String> blockTags, int end) {
        this.source = source.whole();
        this.blockTags = blockTags;
        this.places = new Places(source);
        this.at = source.from();
        this.end = end;
    }

    static List<Token> tokens(Source source, Set<String> blockTags) {
        Lexer lexer = new Lexer(source, blockTags, withoutLastNewline(source));
        lexer.run();
        return lexer.tokens;
    }

    /** As Jinja does by default: the newline that ends a file is no part of what it renders to. */
    private static int withoutLastNewline(Source source) {
        String text = source.whole();
        int end = source.to();
        if (end > source.from() && text.charAt(end - 1) == '\n') {
            end--;
        }
        return end > source.from() && text.charAt(end - 1) == '\r' ? end - 1 : end;
    }

    private void run() {
        while (at < end) {
            int tag = nextTag();
            if (tag < 0) {
                data(at, end);
                break;
            }
            char kind = source.charAt(tag + 1);
            char sign = tag + 2 < end ? source.charAt(tag + 2) : ' ';
            data(at, sign == '-' ? beforeSpace(at, tag) : tag);
            at = tag;
            if (kind == '#') {
                comment();
            } else if (kind != '%' || !raw()) {
                tag(kind, sign);
            }
        }
        tokens.add(new Token(Kind.END, "", places.at(end), end, end));
    }

    private int nextTag() {
        for (int i = source.indexOf('{', at, end);
                i >= 0 && i + 1 < end;
                i = source.indexOf('{', i + 1, end)) {
            char next = source.charAt(i + 1);
            if (next == '{' || next == '%' || next == '#') {
                return i;
            }
        }
        return -1;
    }

    private void tag(char kind, char sign) {
        int tag = at;
        int first = tokens.size() + 1;
        boolean block = kind == '%';
        at = tag + (sign == '-' || (sign == '+' && block) ? 3 : 2);
        tokens.add(
                new Token(
                        block ? Kind.BLOCK_BEGIN : Kind.VARIABLE_BEGIN,
                        block ? "{%" : "{{",
                        places.at(tag),
                        tag,
                        at));
        code(block ? "%}" : "}}", block ? Kind.BLOCK_END : Kind.VARIABLE_END);
        if (block && !blockTags.isEmpty() && blockTags.contains(tokens.get(first).text())) {
            verbatim(tokens.get(first));
        }
    }

    /** The body of a block tag, up to its end tag. */
    private void verbatim(Token tag) {
        int bodyEnd = BlockScanner.endOf(source, tag.text(), at, end);
        if (bodyEnd < 0) {
            throw new JinjaException(
                    "'{% " + tag.text() + " %}' has no '{% end" + tag.text() + " %}'", tag.place());
        }
        int textEnd = source.charAt(bodyEnd + 2) == '-' ? beforeSpace(at, bodyEnd) : bodyEnd;
        tokens.add(
                new Token(
                        Kind.VERBATIM, source.substring(at, textEnd), places.at(at), at, textEnd));
        at = bodyEnd;
    }

    private void data(int from, int to) {
        if (from < to) {
            tokens.add(
                    new Token(
                            Kind.DATA,
                            Source.normalized(source.substring(from, to)),
                            places.at(from),
                            from,
                            to));
        }
    }

    /** Where the space begins that ends before an offset. */
    private int beforeSpace(int from, int to) {
        int last = to;
        while (last > from && Texts.isSpace(source.charAt(last - 1))) {
            last--;
        }
        return last;
    }

    private void comment() {
        int close = source.indexOf("#}", at + 2, end);
        if (close < 0) {
            throw new JinjaException("the comment '{#' has no end '#}'", places.at(at));
        }
        boolean strips = close > at + 2 && source.charAt(close - 1) == '-';
        at = close + 2;
        if (strips) {
            skipSpace();
        }
    }

    /** Reads raw text, if that is what begins here. */
    private boolean raw() {
        Matcher begin = RAW_BEGIN.matcher(source).region(at, end);
        if (!begin.lookingAt()) {
            return false;
        }
        Matcher close = RAW_END.matcher(source).region(begin.end(), end);
        if (!close.find()) {
            throw new JinjaException("'{% raw %}' has no '{% endraw %}'", places.at(at));
        }
        at = begin.end();
        if ("-".equals(begin.group(1))) {
            skipSpace();
        }
        int from = Math.min(at, close.start());
        data(from, "-".equals(close.group(1)) ? beforeSpace(from, close.start()) : close.start());
        at = close.end();
        if ("-".equals(close.group(2))) {
            skipSpace();
        }
        return true;
    }

    private void code(String closing, Kind closingKind) {
        open.clear();
        Place opened = tokens.getLast().place();
        while (true) {
            skipSpace();
            if (at >= end) {
                throw new JinjaException(
                        "the tag '"
                                + (closing.equals("%}") ? "{%" : "{{")
                                + "' has no end '"
                                + closing
                                + "'",
                        opened);
            }
            if (open.isEmpty() && closes(closing, closingKind)) {
                return;
            }
            token();
        }
    }

    private boolean closes(String closing, Kind closingKind) {
        char sign = source.charAt(at);
        boolean signed =
                (sign == '-' || (sign == '+' && closingKind == Kind.BLOCK_END))
                        && source.startsWith(closing, at + 1);
        if (!signed && !source.startsWith(closing, at)) {
            return false;
        }
        add(closingKind, closing, at + (signed ? 3 : 2));
        if (signed && sign == '-') {
            skipSpace();
        }
        return true;
    }

    private void token() {
        char c = source.charAt(at);
        if (Character.isUnicodeIdentifierStart(source.codePointAt(at)) || c == '_') {
            int next = at;
            while (next < end && isNamePart(source.codePointAt(next))) {
                next += Character.charCount(source.codePointAt(next));
            }
            add(Kind.NAME, source.substring(at, next).intern(), next);
        } else if (c == '\'' || c == '"') {
            string(c);
        } else if (c >= '0' && c <= '9') {
            number();
        } else {
            operator(c);
        }
    }

    private static boolean isNamePart(int point) {
        return point == '_' || (Character.isUnicodeIdentifierPart(point) && point > ' ');
    }

    private void string(char quote) {
        int close = at + 1;
        while (close < end && source.charAt(close) != quote) {
            close += source.charAt(close) == '\\' ? 2 : 1;
        }
        if (close >= end) {
            throw new JinjaException("the string that begins here has no end", places.at(at));
        }
        String literal = Source.normalized(source.substring(at + 1, close));
        add(Kind.STRING, StringEscapes.decode(literal, places.at(at)), close + 1);
    }

    private void number() {
        boolean afterDot = tokens.getLast().isOperator(".");
        Matcher matcher = FLOAT.matcher(source).region(at, end);
        if (!afterDot && matcher.lookingAt()) {
            add(Kind.FLOAT, matcher.group().replace("_", ""), matcher.end());
            return;
        }
        matcher = INTEGER.matcher(source).region(at, end);
        if (!matcher.lookingAt()) {
            throw new JinjaException("this is no number", places.at(at));
        }
        add(Kind.INTEGER, matcher.group().replace("_", ""), matcher.end());
    }

    private void operator(char c) {
        String operator = Operator.at(c, at + 1 < end ? source.charAt(at + 1) : ' ');
        if (operator.isEmpty()) {
            throw new JinjaException(
                    "unexpected character '" + Character.toString(source.codePointAt(at)) + "'",
                    places.at(at));
        }
        switch (c) {
            case '(' -> open.push(')');
            case '[' -> open.push(']');
            case '{' -> open.push('}');
            case ')', ']', '}' -> close(c);
            default -> {
                // no bracket
            }
        }
        add(Kind.OPERATOR, operator, at + operator.length());
    }

    private void close(char bracket) {
        if (open.isEmpty()) {
            throw new JinjaException("unexpected '" + bracket + "'", places.at(at));
        }
        char expected = open.pop();
        if (expected != bracket) {
            throw new JinjaException(
                    "unexpected '" + bracket + "', expected '" + expected + "'", places.at(at));
        }
    }

    private void add(Kind kind, String text, int next) {
        tokens.add(new Token(kind, text, places.at(at), at, next));
        at = next;
    }

    private void skipSpace() {
        while (at < end && Texts.isSpace(source.charAt(at))) {
            at++;
        }
    }
}
