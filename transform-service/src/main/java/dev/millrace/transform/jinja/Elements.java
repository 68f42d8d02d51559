package dev.millrace.transform.jinja;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** What values hold, as Python goes through them. */
final class Elements {

    private Elements() {}

    /** What {@code for} goes through: items, keys of a dict, characters of a text. */
    static List<Object> iterate(Object value) {
        return switch (value) {
            case Collection<?> items -> new ArrayList<>(items);
            case Map<?, ?> map -> new ArrayList<>(map.keySet());
            case String text -> characters(text);
            case HasElements elements -> {
                List<Object> items = new ArrayList<>(elements.length());
                elements.forEach(items::add);
                yield items;
            }
            case Undefined undefined -> {
                if (!undefined.empty()) {
                    throw undefined.mistake();
                }
                yield new ArrayList<>();
            }
            default ->
                    throw new JinjaException(
                            "'" + Values.typeName(value) + "' has no items to go through");
        };
    }

    private static List<Object> characters(String text) {
        List<Object> characters = new ArrayList<>(text.length());
        text.codePoints().forEach(point -> characters.add(Character.toString(point)));
        return characters;
    }

    static long length(Object value) {
        return switch (value) {
            case Collection<?> items -> items.size();
            case Map<?, ?> map -> map.size();
            case String text -> text.codePointCount(0, text.length());
            case HasElements elements -> elements.length();
            case Undefined undefined -> {
                if (!undefined.empty()) {
                    throw undefined.mistake();
                }
                yield 0;
            }
            default -> throw new JinjaException("'" + Values.typeName(value) + "' has no length");
        };
    }

    /** {@code item in container}. */
    static boolean contains(Object container, Object item) {
        return switch (container) {
            case String text when item instanceof String part -> text.contains(part);
            case DictValue dict -> dict.containsKey(DictValue.hashable(item));
            case SetValue set -> set.contains(DictValue.hashable(item));
            case Map<?, ?> map -> map.keySet().stream().anyMatch(key -> Values.equal(key, item));
            case Collection<?> items -> {
                for (Object each : items) {
                    if (Values.equal(each, item)) {
                        yield true;
                    }
                }
                yield false;
            }
            case HasElements elements -> contains(iterate(elements), item);
            case Undefined undefined -> contains(iterate(undefined), item);
            default ->
                    throw new JinjaException(
                            "'in' needs a text, list or dict on its right, and a text in a text;"
                                    + " found "
                                    + Values.typeName(item)
                                    + " in "
                                    + Values.typeName(container));
        };
    }
}
