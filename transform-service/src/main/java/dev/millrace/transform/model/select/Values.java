package dev.millrace.transform.model.select;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Values of YAML and JSON in a form in which those that mean the same are equal. */
final class Values {

    private static final Object NOTHING = "";

    private Values() {}

    /** What says nothing, such as null and an empty list, is empty text. */
    static Object normal(@Nullable Object value) {
        return normal(value, null);
    }

    /** The same where false says nothing either. */
    static Object withoutFalse(@Nullable Object value) {
        return normal(value, Boolean.FALSE);
    }

    private static Object normal(@Nullable Object value, @Nullable Boolean left) {
        if (value == null || value.equals(left)) {
            return NOTHING;
        }
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, Object> result = new TreeMap<>();
                map.forEach(
                        (key, item) -> {
                            Object each = normal(item, left);
                            if (!each.equals(NOTHING)) {
                                result.put(String.valueOf(key), each);
                            }
                        });
                yield result.isEmpty() ? NOTHING : result;
            }
            case Collection<?> items -> {
                List<Object> result = new ArrayList<>();
                items.forEach(item -> result.add(normal(item, left)));
                yield result.isEmpty() ? NOTHING : result;
            }
            case Number number -> number(number);
            case Boolean flag -> flag.toString();
            default -> value.toString();
        };
    }

    private static String number(Number number) {
        try {
            return new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
        } catch (NumberFormatException _) {
            return number.toString();
        }
    }
}
