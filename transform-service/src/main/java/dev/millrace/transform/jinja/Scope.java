package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The variables of a template, a loop's turn or a macro; what it has not is sought in its parent.
 * Names are interned, as {@link Lexer} gives them, so that few of them are told apart at once.
 */
@SuppressWarnings("ReferenceEquality")
final class Scope {

    private static final int FEW = 24;

    private final @Nullable Scope parent;
    private String[] names = new String[4];
    private Object[] values = new Object[4];
    private int size;
    private @Nullable Map<String, Object> more;

    Scope(@Nullable Scope parent) {
        this.parent = parent;
    }

    @Nullable Object find(String name) {
        for (Scope scope = this; scope != null; scope = scope.parent) {
            Object value = scope.own(name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    private @Nullable Object own(String name) {
        int at = indexOf(name);
        if (at >= 0) {
            return values[at];
        }
        return more == null ? null : more.get(name);
    }

    private int indexOf(String name) {
        for (int i = 0; i < size; i++) {
            if (names[i] == name) {
                return i;
            }
        }
        return -1;
    }

    void set(String name, Object value) {
        int at = indexOf(name);
        if (at >= 0) {
            values[at] = value;
        } else if (size == FEW) {
            more = more == null ? new HashMap<>() : more;
            more.put(name, value);
        } else {
            if (size == names.length) {
                names = Arrays.copyOf(names, Math.min(FEW, size * 2));
                values = Arrays.copyOf(values, Math.min(FEW, size * 2));
            }
            names[size] = name;
            values[size++] = value;
        }
    }

    /** The variables of this scope alone. */
    Map<String, Object> variables() {
        Map<String, Object> variables = new TreeMap<>(more == null ? Map.of() : more);
        for (int i = 0; i < size; i++) {
            variables.put(names[i], values[i]);
        }
        return variables;
    }

    Collection<String> names() {
        Collection<String> all = new TreeSet<>();
        for (Scope scope = this; scope != null; scope = scope.parent) {
            all.addAll(scope.variables().keySet());
        }
        return all;
    }
}
