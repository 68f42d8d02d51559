package dev.millrace.contracts.project;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects the mistakes of a project while it is read, so that they can be told all at once. */
public final class Problems {

    private final List<Problem> found = new ArrayList<>();

    public void add(Position position, String message) {
        found.add(new Problem(position, message));
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }

    /** What was found, in the order of files and lines. */
    public List<Problem> list() {
        return found.stream().sorted(Comparator.comparing(Problem::position)).toList();
    }
}
