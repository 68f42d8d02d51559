package dev.millrace.transform.jinja;

import java.util.Locale;

/** The part of an item that a filter works on: an attribute of it, or the item itself. */
final class Parts {

    private final Interpreter interpreter;

    Parts(Interpreter interpreter) {
        this.interpreter = interpreter;
    }

    /** An attribute of an item, also of its attribute's attribute; the item itself for None. */
    Object of(Object item, Object attribute) {
        if (attribute == None.NONE) {
            return item;
        }
        if (Values.isInteger(attribute)) {
            return interpreter.item(item, attribute);
        }
        Object part = item;
        for (String name : Values.text(attribute).split("\\.", -1)) {
            boolean index =
                    !name.isEmpty()
                            && name.length() < 10
                            && name.chars().allMatch(Character::isDigit);
            part = interpreter.item(part, index ? (Object) Long.valueOf(name) : (Object) name);
        }
        return part;
    }

    /** What an item is compared by; texts without regard to case unless asked for. */
    Object key(Object item, Object attribute, boolean caseSensitive) {
        return folded(Values.usable(of(item, attribute)), caseSensitive);
    }

    static Object folded(Object value, boolean caseSensitive) {
        return value instanceof String text && !caseSensitive
                ? text.toLowerCase(Locale.ROOT)
                : value;
    }
}
