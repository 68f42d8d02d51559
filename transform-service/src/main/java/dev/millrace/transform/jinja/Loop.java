package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.Function;

/** The variable {@code loop} of a {@code for}. */
final class Loop implements HasAttributes, Invocable {

    private final List<Object> items;
    private final int depth;
    private final @Nullable Function<Object, Object> recursion;
    private int index = -1;
    private @Nullable Object last;

    Loop(List<Object> items, int depth, @Nullable Function<Object, Object> recursion) {
        this.items = items;
        this.depth = depth;
        this.recursion = recursion;
    }

    boolean next() {
        return ++index < items.size();
    }

    Object item() {
        return items.get(index);
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "index" -> index + 1L;
            case "index0" -> (long) index;
            case "revindex" -> (long) items.size() - index;
            case "revindex0" -> items.size() - index - 1L;
            case "first" -> index == 0;
            case "last" -> index == items.size() - 1;
            case "length" -> (long) items.size();
            case "depth" -> depth + 1L;
            case "depth0" -> (long) depth;
            case "previtem" -> index > 0 ? items.get(index - 1) : null;
            case "nextitem" -> index + 1 < items.size() ? items.get(index + 1) : null;
            case "cycle" -> (Invocable) this::cycle;
            case "changed" -> (Invocable) this::changed;
            default -> null;
        };
    }

    @Override
    public Object call(Arguments arguments) {
        if (recursion == null) {
            throw new JinjaException("only a loop that ends in 'recursive' can be called");
        }
        return recursion.apply(arguments.bind("loop", "items").get("items"));
    }

    private Object cycle(Arguments arguments) {
        if (arguments.positional().isEmpty()) {
            throw new JinjaException("loop.cycle() needs something to go round in");
        }
        return arguments.positional().get(index % arguments.positional().size());
    }

    private Object changed(Arguments arguments) {
        Object value = new TupleValue(arguments.positional());
        boolean changed = last == null || !Values.equal(last, value);
        last = value;
        return changed;
    }
}
