package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** Expressions whose value is known without rendering. */
final class Constants {

    private Constants() {}

    /** The value of an expression; null if it depends on what is rendered. */
    static @Nullable Object find(Expression expression) {
        return switch (expression) {
            case Expression.Literal literal -> literal.value();
            case Expression.ListOf list -> {
                List<Object> items = all(list.items());
                yield items == null ? null : new ListValue(items);
            }
            case Expression.TupleOf tuple -> {
                List<Object> items = all(tuple.items());
                yield items == null ? null : new TupleValue(items);
            }
            case Expression.DictOf dict -> {
                DictValue value = new DictValue();
                for (Expression.Entry entry : dict.entries()) {
                    Object key = find(entry.key());
                    Object item = find(entry.value());
                    if (key == null || item == null) {
                        yield null;
                    }
                    value.put(key, item);
                }
                yield value;
            }
            default -> null;
        };
    }

    private static @Nullable List<Object> all(List<Expression> expressions) {
        List<Object> values = new ArrayList<>();
        for (Expression expression : expressions) {
            Object value = find(expression);
            if (value == null) {
                return null;
            }
            values.add(value);
        }
        return values;
    }
}
