package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.HasItems;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Operand;
import dev.millrace.transform.jinja.TupleValue;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;

/**
 * A match of {@code re}.
 *
 * @param pattern what was looked for
 * @param string what it was looked for in
 * @param result where it was found
 */
record MatchValue(PatternValue pattern, String string, MatchResult result)
        implements Operand, HasAttributes, HasItems {

    String text() {
        return result.group();
    }

    Object group(int number, Object otherwise) {
        String text = result.group(number);
        return text == null ? otherwise : text;
    }

    TupleValue groups(Object otherwise) {
        List<Object> groups = new ArrayList<>();
        for (int i = 1; i <= result.groupCount(); i++) {
            groups.add(group(i, otherwise));
        }
        return new TupleValue(groups);
    }

    String expand(String template) {
        return new PatternTemplate(template, this).expand();
    }

    /** The number of a group from its number or name. */
    int number(Object group) {
        Integer number = known(group);
        if (number == null) {
            throw new JinjaException(
                    "the pattern '" + pattern.source() + "' has no group " + Values.text(group));
        }
        return number;
    }

    private @Nullable Integer known(Object group) {
        return switch (group) {
            case Long given when given >= 0 && given <= result.groupCount() -> given.intValue();
            case String name -> pattern.names().get(name);
            default -> null;
        };
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "group" -> (Invocable) this::group;
            case "groups" ->
                    (Invocable)
                            arguments ->
                                    groups(
                                            arguments
                                                    .bind(name, "default")
                                                    .get("default", None.NONE));
            case "groupdict" ->
                    (Invocable)
                            arguments ->
                                    pattern.byName(
                                            this,
                                            arguments
                                                    .bind(name, "default")
                                                    .get("default", None.NONE));
            case "start" -> (Invocable) arguments -> position(result.start(asked(name, arguments)));
            case "end" -> (Invocable) arguments -> position(result.end(asked(name, arguments)));
            case "span" -> (Invocable) arguments -> span(asked(name, arguments));
            case "expand" ->
                    (Invocable)
                            arguments -> expand(arguments.bind(name, "template").text("template"));
            case "string" -> string;
            case "re" -> pattern;
            default -> null;
        };
    }

    private int asked(String name, Arguments arguments) {
        return number(arguments.bind(name, "group").get("group", 0L));
    }

    private TupleValue span(int group) {
        return TupleValue.of(position(result.start(group)), position(result.end(group)));
    }

    /** Python counts characters, Java halves of some. */
    private long position(int index) {
        return index < 0 ? -1 : string.codePointCount(0, index);
    }

    private Object group(Arguments arguments) {
        List<Object> texts = new ArrayList<>();
        for (Object asked : arguments.positional()) {
            texts.add(group(number(asked), None.NONE));
        }
        return switch (texts.size()) {
            case 0 -> text();
            case 1 -> texts.getFirst();
            default -> new TupleValue(texts);
        };
    }

    @Override
    public @Nullable Object item(Object key) {
        Integer number = known(key);
        return number == null ? null : group(number, None.NONE);
    }

    @Override
    public String typeName() {
        return "re.Match";
    }

    @Override
    public String representation() {
        return "<re.Match object; span="
                + Values.text(span(0))
                + ", match="
                + Values.representation(text())
                + ">";
    }

    @Override
    public String toString() {
        return representation();
    }
}
