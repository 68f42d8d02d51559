package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.JinjaException;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code sub} puts in the place of a match: text with references to its groups. */
record PatternTemplate(String template, MatchValue match) {

    private static final Pattern REFERENCE =
            Pattern.compile(
                    "\\\\(?:g<(?<name>[^>]*)>|(?<octal>0[0-7]{0,2}|[1-3][0-7]{2})"
                            + "|(?<number>[1-9]\\d?)|(?<other>.))",
                    Pattern.DOTALL);
    private static final int OCTAL = 8;

    String expand() {
        if (template.indexOf('\\') < 0) {
            return template;
        }
        Matcher matcher = REFERENCE.matcher(template);
        StringBuilder text = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(text, Matcher.quoteReplacement(part(matcher)));
        }
        return matcher.appendTail(text).toString();
    }

    private String part(Matcher matcher) {
        String name = matcher.group("name");
        if (name != null) {
            boolean number =
                    !name.isEmpty()
                            && name.length() < 4
                            && name.chars().allMatch(Character::isDigit);
            return group(number ? (Object) Long.valueOf(name) : name);
        }
        if (matcher.group("octal") != null) {
            return Character.toString(Integer.parseInt(matcher.group("octal"), OCTAL));
        }
        return matcher.group("number") != null
                ? group(Long.valueOf(matcher.group("number")))
                : escape(matcher.group("other").charAt(0));
    }

    private String group(Object asked) {
        return match.group(match.number(asked), "").toString();
    }

    private String escape(char c) {
        return switch (c) {
            case 'a' -> "\u0007";
            case 'b' -> "\b";
            case 'f' -> "\f";
            case 'n' -> "\n";
            case 'r' -> "\r";
            case 't' -> "\t";
            case 'v' -> "\u000b";
            case '\\' -> "\\";
            default -> {
                if (c < 128 && Character.isLetter(c)) {
                    throw new JinjaException(
                            "'\\" + c + "' in the replacement '" + template + "' is no escape");
                }
                yield "\\" + c;
            }
        };
    }
}
