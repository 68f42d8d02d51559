package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** {@code cycler(a, b)}: goes round and round. */
final class Cycler implements HasAttributes {

    private final List<Object> items;
    private int position;

    Cycler(List<Object> items) {
        if (items.isEmpty()) {
            throw new JinjaException("cycler() needs something to go round in");
        }
        this.items = List.copyOf(items);
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "current" -> items.get(position);
            case "next" ->
                    (Invocable)
                            arguments -> {
                                Object item = items.get(position);
                                position = (position + 1) % items.size();
                                return item;
                            };
            case "reset" ->
                    (Invocable)
                            arguments -> {
                                position = 0;
                                return None.NONE;
                            };
            default -> null;
        };
    }
}
