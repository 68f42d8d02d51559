package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text that may be a literal of Python: a number, string, list, dict, tuple, set or constant. */
final class NativeValue {

    private static final int MAX_DEPTH = 100;
    private static final Pattern NUMBER =
            Pattern.compile(
                    "(?<whole>(?:0(?:_?0)*|[1-9](?:_?\\d)*)(?![\\w.])|0[xX](?:_?[0-9a-fA-F])+"
                            + "|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+)"
                            + "|(?:\\d(?:_?\\d)*\\.?(?:\\d(?:_?\\d)*)?|\\.\\d(?:_?\\d)*)"
                            + "(?:[eE][+-]?\\d(?:_?\\d)*)?");
    private static final Pattern WORD = Pattern.compile("(?:True|False|None)(?!\\w)");

    private final String text;
    private int at;
    private int depth;

    private NativeValue(String text) {
        this.text = text;
    }

    /** The value that a text is the literal of, or else the text itself. */
    public static Object of(String text) {
        NativeValue parser = new NativeValue(text);
        parser.skipSpace();
        Object value = parser.tuple('\0');
        parser.skipSpace();
        return value == null || parser.at < text.length() ? text : value;
    }

    /** A value, or several with commas between them; null if there is none. */
    private @Nullable Object tuple(char end) {
        Object first = value();
        skipSpace();
        if (first == null || !skip(',')) {
            return first;
        }
        ListValue items = new ListValue();
        items.add(first);
        while (!ends(end)) {
            Object item = value();
            if (item == null) {
                return null;
            }
            items.add(item);
            skipSpace();
            if (!skip(',')) {
                break;
            }
        }
        return new TupleValue(items);
    }

    private boolean ends(char end) {
        skipSpace();
        return at >= text.length() || text.charAt(at) == end;
    }

    private @Nullable Object value() {
        skipSpace();
        if (at >= text.length() || depth >= MAX_DEPTH) {
            return null;
        }
        depth++;
        try {
            return switch (text.charAt(at)) {
                case '\'', '"' -> strings();
                case '[' -> list();
                case '(' -> parenthesis();
                case '{' -> braces();
                case '-', '+' -> signed();
                case 'T', 'F', 'N' -> word();
                default -> number();
            };
        } finally {
            depth--;
        }
    }

    private @Nullable Object word() {
        Matcher matcher = WORD.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            return null;
        }
        at = matcher.end();
        return switch (matcher.group()) {
            case "True" -> true;
            case "False" -> false;
            default -> None.NONE;
        };
    }

    private @Nullable Object signed() {
        boolean negative = text.charAt(at++) == '-';
        skipSpace();
        Object number = at < text.length() ? number() : null;
        return number == null || !negative ? number : Arithmetic.negate(number);
    }

    private @Nullable Object number() {
        Matcher matcher = NUMBER.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            return null;
        }
        at = matcher.end();
        String digits = matcher.group().replace("_", "");
        if (matcher.group("whole") == null) {
            // Python reads no whole number that begins with a zero.
            return digits.chars().allMatch(Character::isDigit) ? null : Double.valueOf(digits);
        }
        boolean prefixed = digits.length() > 2 && Character.isLetter(digits.charAt(1));
        int radix =
                !prefixed
                        ? 10
                        : switch (digits.charAt(1)) {
                            case 'x', 'X' -> 16;
                            case 'o', 'O' -> 8;
                            default -> 2;
                        };
        return Arithmetic.simplest(new BigInteger(prefixed ? digits.substring(2) : digits, radix));
    }

    private @Nullable Object strings() {
        StringBuilder joined = new StringBuilder();
        while (at < text.length() && (text.charAt(at) == '\'' || text.charAt(at) == '"')) {
            char quote = text.charAt(at);
            int close = at + 1;
            while (close < text.length() && text.charAt(close) != quote) {
                if (text.charAt(close) == '\n') {
                    return null;
                }
                close += text.charAt(close) == '\\' ? 2 : 1;
            }
            if (close >= text.length()) {
                return null;
            }
            try {
                joined.append(
                        StringEscapes.decode(
                                text.substring(at + 1, close), new Place("", 1, at + 1)));
            } catch (JinjaException e) {
                return null;
            }
            at = close + 1;
            skipSpace();
        }
        return joined.toString();
    }

    private @Nullable Object list() {
        at++;
        ListValue items = new ListValue();
        while (!ends(']')) {
            Object item = value();
            if (item == null) {
                return null;
            }
            items.add(item);
            skipSpace();
            if (!skip(',')) {
                break;
            }
        }
        return skip(']') ? items : null;
    }

    private @Nullable Object parenthesis() {
        at++;
        if (ends(')')) {
            return skip(')') ? TupleValue.of() : null;
        }
        Object inner = tuple(')');
        skipSpace();
        return inner != null && skip(')') ? inner : null;
    }

    private @Nullable Object braces() {
        at++;
        DictValue dict = new DictValue();
        SetValue set = new SetValue();
        try {
            while (!ends('}')) {
                Object key = value();
                skipSpace();
                if (key == null) {
                    return null;
                }
                if (skip(':')) {
                    Object item = value();
                    if (item == null) {
                        return null;
                    }
                    dict.put(key, item);
                } else {
                    set.add(key);
                }
                skipSpace();
                if (!skip(',')) {
                    break;
                }
            }
        } catch (JinjaException e) {
            return null; // a list cannot be a key
        }
        boolean mixed = !dict.isEmpty() && !set.isEmpty();
        return mixed || !skip('}') ? null : set.isEmpty() ? dict : set;
    }

    private boolean skip(char c) {
        boolean there = at < text.length() && text.charAt(at) == c;
        if (there) {
            at++;
        }
        return there;
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n\f".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }
}
