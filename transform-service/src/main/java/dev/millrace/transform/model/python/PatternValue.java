package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Operand;
import dev.millrace.transform.jinja.TupleValue;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A compiled pattern of {@code re}.
 *
 * @param source as it was written
 * @param flags those passed and those that it begins with
 * @param pattern the same, of Java
 * @param names the numbers of the groups with a name
 */
record PatternValue(String source, long flags, Pattern pattern, Map<String, Integer> names)
        implements Operand, HasAttributes {

    private static final int MAX_LENGTH = 20_000;
    private static final int MAX_MATCHES = 1_000_000;
    private static final int MAX_RESULT = 16_000_000;

    static PatternValue compile(String source, long flags) {
        if (source.length() > MAX_LENGTH) {
            throw new JinjaException(
                    "a pattern may have " + MAX_LENGTH + " characters, not " + source.length());
        }
        try {
            PatternTranslation translation = new PatternTranslation(source, flags);
            Pattern pattern =
                    Pattern.compile(translation.text(), PatternFlags.ofJava(translation.flags()));
            return new PatternValue(source, translation.flags(), pattern, translation.names());
        } catch (PatternSyntaxException e) {
            throw mistake(source, e.getDescription());
        } catch (StackOverflowError e) {
            throw mistake(source, "it is nested too deeply");
        }
    }

    static JinjaException mistake(String source, String problem) {
        return new JinjaException("the pattern '" + source + "' cannot be read: " + problem);
    }

    /** How a match has to stand in its text. */
    enum Place {
        AT_START,
        ANYWHERE,
        WHOLE
    }

    Object match(String text, Place place) {
        Matcher matcher = pattern.matcher(new TimedText(text));
        boolean found =
                guarded(
                        () ->
                                switch (place) {
                                    case AT_START -> matcher.lookingAt();
                                    case ANYWHERE -> matcher.find();
                                    case WHOLE -> matcher.matches();
                                });
        return found ? new MatchValue(this, text, matcher.toMatchResult()) : None.NONE;
    }

    /** Every match, at most so many if the number is not 0. */
    List<MatchValue> matches(String text, long most) {
        Matcher matcher = pattern.matcher(new TimedText(text));
        List<MatchValue> matches = new ArrayList<>();
        while ((most <= 0 || matches.size() < most) && guarded(matcher::find)) {
            if (matches.size() == MAX_MATCHES) {
                throw new JinjaException(
                        "the pattern '" + source + "' has more than " + MAX_MATCHES + " matches");
            }
            matches.add(new MatchValue(this, text, matcher.toMatchResult()));
        }
        return matches;
    }

    private boolean guarded(java.util.function.BooleanSupplier search) {
        try {
            return search.getAsBoolean();
        } catch (StackOverflowError e) {
            throw new JinjaException(
                    "the pattern '" + source + "' repeats a group too often on this text");
        }
    }

    ListValue findAll(String text) {
        ListValue found = new ListValue();
        for (MatchValue match : matches(text, 0)) {
            TupleValue groups = match.groups("");
            found.add(
                    switch (groups.size()) {
                        case 0 -> match.text();
                        case 1 -> groups.get(0);
                        default -> groups;
                    });
        }
        return found;
    }

    ListValue split(String text, long most) {
        ListValue parts = new ListValue();
        int from = 0;
        for (MatchValue match : matches(text, most)) {
            MatchResult result = match.result();
            parts.add(text.substring(from, result.start()));
            parts.addAll(match.groups(None.NONE));
            from = result.end();
        }
        parts.add(text.substring(from));
        return parts;
    }

    /** The text with matches replaced, and how many were. */
    TupleValue replace(Object by, String text, long most) {
        StringBuilder replaced = new StringBuilder();
        int from = 0;
        List<MatchValue> matches = matches(text, most);
        for (MatchValue match : matches) {
            MatchResult result = match.result();
            String replacement =
                    by instanceof Invocable function
                            ? Values.text(function.call(Arguments.of(match)))
                            : match.expand(Values.text(by));
            replaced.append(text, from, result.start()).append(replacement);
            from = result.end();
            if (replaced.length() > MAX_RESULT) {
                throw new JinjaException("sub() makes more than " + MAX_RESULT + " characters");
            }
        }
        return TupleValue.of(
                replaced.append(text, from, text.length()).toString(), (long) matches.size());
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "pattern" -> source;
            case "flags" -> flags;
            case "groups" -> (long) pattern.matcher("").groupCount();
            case "groupindex" -> Values.of(names);
            case "match", "search", "fullmatch", "findall", "finditer", "split", "sub", "subn" ->
                    (Invocable) arguments -> new PatternCalls(this).call(name, arguments);
            default -> null;
        };
    }

    /** The names of groups with their texts. */
    DictValue byName(MatchValue match, Object otherwise) {
        DictValue dict = new DictValue();
        names.forEach((name, number) -> dict.put(name, match.group(number, otherwise)));
        return dict;
    }

    @Override
    public String typeName() {
        return "re.Pattern";
    }

    @Override
    public String representation() {
        return "re.compile(" + Values.representation(source) + ")";
    }

    @Override
    public String toString() {
        return representation();
    }
}
