package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.JinjaException;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes a pattern of Python's as Java has it. */
final class PatternTranslation {

    private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*");
    private static final Pattern REPETITION = Pattern.compile("\\{(\\d*)(?:(,)(\\d*))?\\}");
    private static final Pattern FLAGS = Pattern.compile("\\(\\?([aiLmsux]+)\\)");
    private static final Pattern SCOPED = Pattern.compile("\\(\\?([aiLmsux]*)(-[imsx]+)?:");

    private final String source;
    private final StringBuilder out = new StringBuilder();
    private final Map<String, Integer> names = new LinkedHashMap<>();
    private long flags;
    private int groups;
    private int at;

    PatternTranslation(String source, long flags) {
        this.source = source;
        this.flags = flags;
        takeFlags();
        while (at < source.length()) {
            step();
        }
    }

    String text() {
        return out.toString();
    }

    /** The flags, also those that the pattern begins with. */
    long flags() {
        return flags;
    }

    /** The numbers of the groups with a name. */
    Map<String, Integer> names() {
        return names;
    }

    private void takeFlags() {
        Matcher matcher = FLAGS.matcher(source).region(at, source.length());
        while (matcher.lookingAt()) {
            for (char letter : matcher.group(1).toCharArray()) {
                flags |= PatternFlags.ofLetter(letter);
            }
            at = matcher.end();
            matcher.region(at, source.length());
        }
    }

    private void step() {
        char c = source.charAt(at);
        switch (c) {
            case '\\' -> escape();
            case '[' -> new CharacterClass().translate();
            case '(' -> group();
            case '{' -> repetition();
            case '^' -> {
                // Java's ^ does not match after a line end that is the last character.
                out.append((flags & PatternFlags.MULTILINE) != 0 ? "(?<![^\\n])" : "^");
                at++;
            }
            case '#' -> {
                boolean comment = (flags & PatternFlags.VERBOSE) != 0;
                int end = comment ? source.indexOf('\n', at) : at + 1;
                out.append(comment ? "" : "#");
                at = end < 0 ? source.length() : end;
            }
            default -> {
                out.append(c == '}' || c == ']' ? "\\" : "").append(c);
                at++;
            }
        }
    }

    /** {@code {,3}} is {@code {0,3}}; what is no repetition is a brace. */
    private void repetition() {
        Matcher matcher = REPETITION.matcher(source).region(at, source.length());
        boolean repeats = matcher.lookingAt() && !matcher.group().equals("{}");
        if (!repeats) {
            out.append("\\{");
            at++;
            return;
        }
        String least = matcher.group(1).isEmpty() ? "0" : matcher.group(1);
        String most = matcher.group(2) == null ? "" : "," + matcher.group(3);
        out.append('{').append(least).append(most).append('}');
        at = matcher.end();
    }

    private void group() {
        if (!source.startsWith("(?", at)) {
            groups++;
            out.append('(');
            at++;
        } else if (source.startsWith("(?P<", at)) {
            String name = name(at + 4, '>');
            if (names.putIfAbsent(name, ++groups) != null) {
                throw mistake("two groups are named '" + name + "'");
            }
            out.append('(');
            at += name.length() + 5;
        } else if (source.startsWith("(?P=", at)) {
            String name = name(at + 4, ')');
            Integer number = names.get(name);
            if (number == null) {
                throw mistake("there is no group '" + name + "' before");
            }
            out.append("(?:\\").append(number).append(')');
            at += name.length() + 5;
        } else if (source.startsWith("(?#", at)) {
            int end = source.indexOf(')', at);
            at = end < 0 ? source.length() : end + 1;
        } else {
            special();
        }
    }

    private void special() {
        Matcher scoped = SCOPED.matcher(source).region(at, source.length());
        if (scoped.lookingAt()) {
            String without = scoped.group(2) == null ? "" : scoped.group(2);
            out.append("(?")
                    .append(scoped.group(1).replaceAll("[aLu]", ""))
                    .append(without)
                    .append(':');
            at = scoped.end();
            return;
        }
        for (String opening : new String[] {"(?=", "(?!", "(?<=", "(?<!", "(?>"}) {
            if (source.startsWith(opening, at)) {
                out.append(opening);
                at += opening.length();
                return;
            }
        }
        throw mistake("the group at position " + at + " is of a kind that is not offered");
    }

    private String name(int from, char end) {
        int to = source.indexOf(end, from);
        String name = to < 0 ? "" : source.substring(from, to);
        if (!NAME.matcher(name).matches()) {
            throw mistake("the name of a group is missing at position " + from);
        }
        return name;
    }

    private void escape() {
        if (at + 1 == source.length()) {
            throw mistake("a single backslash ends it");
        }
        char c = source.charAt(at + 1);
        if (c >= '1' && c <= '9') {
            backReference();
            return;
        }
        PatternEscapes escape = PatternEscapes.at(source, at);
        at = escape.end();
        out.append(escape.text());
    }

    private void backReference() {
        int end = at + 2;
        while (end < source.length() && end < at + 3 && Character.isDigit(source.charAt(end))) {
            end++;
        }
        int number = Integer.parseInt(source.substring(at + 1, end));
        if (number > groups) {
            throw mistake("there is no group " + number + " before");
        }
        out.append("(?:\\").append(number).append(')');
        at = end;
    }

    private JinjaException mistake(String problem) {
        return PatternValue.mistake(source, problem);
    }

    /** {@code […]}, in which Java gives more characters a meaning. */
    private final class CharacterClass {

        void translate() {
            out.append('[');
            at++;
            if (source.startsWith("^", at)) {
                out.append('^');
                at++;
            }
            boolean first = true;
            while (first || !source.startsWith("]", at)) {
                if (at >= source.length()) {
                    throw mistake("a '[' has no ']'");
                }
                member();
                first = false;
            }
            out.append(']');
            at++;
        }

        private void member() {
            char c = source.charAt(at);
            if (c == '\\' && at + 1 < source.length()) {
                PatternEscapes escape = PatternEscapes.inClassAt(source, at);
                at = escape.end();
                out.append(escape.text());
                return;
            }
            boolean special = "[]&#^\\".indexOf(c) >= 0 || Character.isWhitespace(c);
            out.append(special ? "\\x{" + Integer.toHexString(c) + "}" : Character.toString(c));
            at++;
        }
    }
}
