package dev.millrace.transform.model.table;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names of columns, each once, with their positions. */
final class Keys {

    private final List<String> names;
    private final Map<String, Integer> positions = new HashMap<>();

    private Keys(List<String> names) {
        this.names = List.copyOf(names);
        for (int i = 0; i < names.size(); i++) {
            positions.put(names.get(i), i);
        }
    }

    /** A name that is taken gets a number, as dbt does it. */
    static Keys of(List<String> wanted) {
        List<String> names = new ArrayList<>();
        for (String name : wanted) {
            String free = name;
            for (int number = 2; names.contains(free); number++) {
                free = name + "_" + number;
            }
            names.add(free);
        }
        return new Keys(names);
    }

    List<String> names() {
        return names;
    }

    int size() {
        return names.size();
    }

    @Nullable Integer position(String name) {
        return positions.get(name);
    }
}
