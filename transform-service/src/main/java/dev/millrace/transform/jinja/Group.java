package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** What {@code groupby} gives for each group: a tuple whose parts have names, too. */
final class Group extends TupleValue implements HasAttributes {

    private final Object grouper;
    private final ListValue items;

    Group(Object grouper, ListValue items) {
        super(List.of(grouper, items));
        this.grouper = grouper;
        this.items = items;
    }

    ListValue items() {
        return items;
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "grouper" -> grouper;
            case "list" -> items;
            default -> null;
        };
    }
}
