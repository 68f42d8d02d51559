package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;

/** The methods of Python's {@code set}. */
final class SetMethods {

    private final Budget budget;

    SetMethods(Budget budget) {
        this.budget = budget;
    }

    @Nullable Invocable find(Set<?> set, String name) {
        return switch (name) {
            case "copy", "union" -> arguments -> union(set, arguments);
            case "intersection" ->
                    arguments -> {
                        SetValue result = new SetValue(set);
                        others(arguments).forEach(result::retainAll);
                        return result;
                    };
            case "difference" ->
                    arguments -> {
                        SetValue result = new SetValue(set);
                        others(arguments).forEach(result::removeAll);
                        return result;
                    };
            case "symmetric_difference" ->
                    arguments -> {
                        SetValue other = other(arguments, name);
                        SetValue result = new SetValue(set);
                        result.removeAll(other);
                        other.removeAll(new SetValue(set));
                        result.addAll(other);
                        return result;
                    };
            case "issubset" -> arguments -> other(arguments, name).containsAll(set);
            case "issuperset" -> arguments -> new SetValue(set).containsAll(other(arguments, name));
            case "isdisjoint" ->
                    arguments -> other(arguments, name).stream().noneMatch(set::contains);
            default -> set instanceof SetValue changeable ? changing(changeable, name) : null;
        };
    }

    private @Nullable Invocable changing(SetValue set, String name) {
        return switch (name) {
            case "add" ->
                    arguments -> {
                        budget.spend(1);
                        set.add(Methods.only(arguments, name));
                        return None.NONE;
                    };
            case "discard" ->
                    arguments -> {
                        set.remove(Methods.only(arguments, name));
                        return None.NONE;
                    };
            case "remove" ->
                    arguments -> {
                        Object item = Methods.only(arguments, name);
                        if (!set.remove(item)) {
                            throw new JinjaException(
                                    "remove(): the set has no " + Representation.of(item));
                        }
                        return None.NONE;
                    };
            case "pop" ->
                    arguments -> {
                        arguments.bind(name);
                        if (set.isEmpty()) {
                            throw new JinjaException("pop(): the set is empty");
                        }
                        Object first = set.iterator().next();
                        set.remove(first);
                        return first;
                    };
            case "update" ->
                    arguments -> {
                        others(arguments).forEach(set::addAll);
                        return None.NONE;
                    };
            case "clear" ->
                    arguments -> {
                        arguments.bind(name);
                        set.clear();
                        return None.NONE;
                    };
            default -> null;
        };
    }

    private Object union(Set<?> set, Arguments arguments) {
        SetValue result = new SetValue(set);
        others(arguments).forEach(result::addAll);
        budget.spend(result.size());
        return result;
    }

    private List<SetValue> others(Arguments arguments) {
        return arguments.positional().stream().map(this::set).toList();
    }

    private SetValue other(Arguments arguments, String name) {
        return set(Methods.only(arguments, name));
    }

    private SetValue set(Object items) {
        List<Object> all = Elements.iterate(items);
        budget.spend(all.size());
        return new SetValue(all);
    }
}
