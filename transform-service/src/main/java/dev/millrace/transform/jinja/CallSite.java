package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A call as it stands in a template, known without rendering it.
 *
 * @param name what is called, with the dots that it is written with: {@code shop.price}
 * @param positional the constants it passes first, up to the first argument that is none
 * @param keywords the constants it passes by name
 * @param place where the name begins
 */
public record CallSite(
        String name, List<Object> positional, Map<String, Object> keywords, Place place) {

    public CallSite {
        positional = List.copyOf(positional);
        keywords = Map.copyOf(keywords);
    }

    /** The site of a call; null if what is called has no name, such as the result of a call. */
    static @Nullable CallSite of(Expression.Call call) {
        String name = dotted(call.callee());
        if (name == null) {
            return null;
        }
        List<Object> positional = new ArrayList<>();
        for (Expression argument : call.passed().positional()) {
            Object constant = Constants.find(argument);
            if (constant == null) {
                break;
            }
            positional.add(constant);
        }
        Map<String, Object> keywords = new HashMap<>();
        for (Expression.Keyword keyword : call.passed().keywords()) {
            Object constant = Constants.find(keyword.value());
            if (constant != null) {
                keywords.put(keyword.name(), constant);
            }
        }
        return new CallSite(name, positional, keywords, first(call.callee()).place());
    }

    private static @Nullable String dotted(Expression callee) {
        return switch (callee) {
            case Expression.Name name -> name.name();
            case Expression.Attribute attribute -> {
                String target = dotted(attribute.target());
                yield target == null ? null : target + "." + attribute.name();
            }
            default -> null;
        };
    }

    private static Expression first(Expression callee) {
        return callee instanceof Expression.Attribute attribute
                ? first(attribute.target())
                : callee;
    }
}
