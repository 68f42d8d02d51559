package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code modules.re}. */
record PatternModule() implements HasAttributes {

    private static final String SPECIAL = "()[]{}?*+-|^$\\.&~# \t\n\r\u000b\f";

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "compile" ->
                    (Invocable)
                            arguments -> {
                                Arguments.Bound bound = arguments.bind(name, "pattern", "flags");
                                return pattern(bound.get("pattern"), bound.integer("flags", 0));
                            };
            case "escape" ->
                    (Invocable)
                            arguments -> escape(arguments.bind(name, "pattern").text("pattern"));
            case "purge" -> Dates.constant(name, None.NONE);
            case "match", "search", "fullmatch", "findall", "finditer" -> function(name, "string");
            case "split" -> function(name, "string", "maxsplit");
            case "sub", "subn" -> function(name, "repl", "string", "count");
            case "NOFLAG" -> 0L;
            default -> {
                long flag = PatternFlags.ofName(name);
                yield flag == 0 ? null : (Object) flag;
            }
        };
    }

    /** A function of patterns, called with the pattern before its own parameters and flags last. */
    private static Invocable function(String name, String... parameters) {
        List<String> all = new ArrayList<>(List.of(parameters));
        all.addFirst("pattern");
        all.add("flags");
        return arguments -> {
            Arguments.Bound bound = arguments.bind(name, all.toArray(String[]::new));
            Map<String, Object> rest = new LinkedHashMap<>(bound.values());
            rest.remove("pattern");
            rest.remove("flags");
            PatternValue pattern = pattern(bound.get("pattern"), bound.integer("flags", 0));
            return new PatternCalls(pattern).call(name, new Arguments(List.of(), rest));
        };
    }

    private static PatternValue pattern(Object pattern, int flags) {
        return switch (pattern) {
            case PatternValue compiled -> compiled;
            case String text -> PatternValue.compile(text, flags);
            default ->
                    throw new JinjaException(
                            "a pattern must be text, not " + Values.typeName(pattern));
        };
    }

    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            escaped.append(SPECIAL.indexOf(c) >= 0 ? "\\" : "").append(c);
        }
        return escaped.toString();
    }
}
