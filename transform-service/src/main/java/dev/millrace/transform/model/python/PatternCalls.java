package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.ListValue;

/** The functions of a pattern, with the parameters that Python gives them. */
record PatternCalls(PatternValue pattern) {

    Object call(String name, Arguments arguments) {
        return switch (name) {
            case "match" -> match(name, arguments, PatternValue.Place.AT_START);
            case "search" -> match(name, arguments, PatternValue.Place.ANYWHERE);
            case "fullmatch" -> match(name, arguments, PatternValue.Place.WHOLE);
            case "findall" -> pattern.findAll(only(name, arguments));
            case "finditer" -> new ListValue(pattern.matches(only(name, arguments), 0));
            case "split" -> {
                Arguments.Bound bound = arguments.bind(name, "string", "maxsplit");
                yield pattern.split(bound.text("string"), bound.integer("maxsplit", 0));
            }
            case "sub" -> replace(name, arguments).getFirst();
            case "subn" -> replace(name, arguments);
            default -> throw new JinjaException("a pattern has no function '" + name + "'");
        };
    }

    private Object match(String name, Arguments arguments, PatternValue.Place place) {
        return pattern.match(only(name, arguments), place);
    }

    private static String only(String name, Arguments arguments) {
        return arguments.bind(name, "string").text("string");
    }

    private java.util.List<Object> replace(String name, Arguments arguments) {
        Arguments.Bound bound = arguments.bind(name, "repl", "string", "count");
        return pattern.replace(bound.get("repl"), bound.text("string"), bound.integer("count", 0));
    }
}
