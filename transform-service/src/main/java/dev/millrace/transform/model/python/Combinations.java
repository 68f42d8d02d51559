package dev.millrace.transform.model.python;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The functions of itertools that combine items, each in Python's order. */
final class Combinations {

    private static final int MAX_LENGTH = 100;

    private final List<List<Object>> pools;
    private final Bounded found;
    private final Choice choice;
    private final int[] chosen;

    /** Whether a position may take an item, as its index and those before it say. */
    private interface Choice {
        boolean allows(int[] chosen, int position, int index);
    }

    private Combinations(String name, List<List<Object>> pools, Choice choice) {
        this.pools = pools;
        this.found = new Bounded(name);
        this.choice = choice;
        this.chosen = new int[pools.size()];
        if (pools.size() > MAX_LENGTH) {
            throw new JinjaException(
                    name + "() combines up to " + MAX_LENGTH + " items, not " + pools.size());
        }
    }

    static ListValue call(String name, Arguments arguments) {
        if (name.equals("product")) {
            return product(arguments);
        }
        Arguments.Bound bound = arguments.bind(name, "iterable", "r");
        List<Object> items = Values.iterate(bound.get("iterable"));
        boolean all = name.equals("permutations") && bound.get("r", None.NONE) == None.NONE;
        int length = all ? items.size() : bound.integer("r");
        if (length < 0) {
            throw new JinjaException(name + "(): 'r' must not be negative");
        }
        if (length > items.size() && !name.endsWith("replacement")) {
            return new ListValue();
        }
        return new Combinations(
                        name,
                        java.util.Collections.nCopies(length, items),
                        switch (name) {
                            case "permutations" -> Combinations::isUnused;
                            // What leaves too few for the rest would be looked into for ever.
                            case "combinations" ->
                                    (chosen, position, index) ->
                                            index <= items.size() - length + position
                                                    && (position == 0
                                                            || index > chosen[position - 1]);
                            default ->
                                    (chosen, position, index) ->
                                            position == 0 || index >= chosen[position - 1];
                        })
                .all();
    }

    private static boolean isUnused(int[] chosen, int position, int index) {
        return Arrays.stream(chosen, 0, position).noneMatch(used -> used == index);
    }

    private static ListValue product(Arguments arguments) {
        int times =
                new Arguments(List.of(), arguments.keywords())
                        .bind("product", "repeat")
                        .integer("repeat", 1);
        List<List<Object>> pools = new ArrayList<>();
        List<List<Object>> once = arguments.positional().stream().map(Values::iterate).toList();
        for (int i = 0; i < Math.min(times, MAX_LENGTH + 1); i++) {
            pools.addAll(once);
        }
        return new Combinations("product", pools, (chosen, position, index) -> true).all();
    }

    private ListValue all() {
        if (pools.stream().noneMatch(List::isEmpty)) {
            fill(0);
        }
        return found.list();
    }

    private void fill(int position) {
        if (position == chosen.length) {
            List<Object> items = new ArrayList<>(chosen.length);
            for (int i = 0; i < chosen.length; i++) {
                items.add(pools.get(i).get(chosen[i]));
            }
            found.add(items);
            return;
        }
        for (int i = 0; i < pools.get(position).size(); i++) {
            if (choice.allows(chosen, position, i)) {
                chosen[position] = i;
                fill(position + 1);
            }
        }
    }
}
