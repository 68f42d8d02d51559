package dev.millrace.contracts.project;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Collects the mistakes of a project while it is read, so that they can be told all at once. The
 * same mistake counts once, also if an alias leads to it more often.
 */
public final class Problems {

    private final Set<Problem> found = new LinkedHashSet<>();
    private final Set<Problem> warnings = new LinkedHashSet<>();

    public void add(Position position, String message) {
        found.add(new Problem(position, message));
    }

    /** Something that does no harm, but is probably not what was meant. */
    public void warn(Position position, String message) {
        warnings.add(new Problem(position, message));
    }

    /** Whether there are no mistakes; warnings are none. */
    public boolean isEmpty() {
        return found.isEmpty();
    }

    /** The mistakes, in the order of files and lines. */
    public List<Problem> list() {
        return inOrder(found);
    }

    /** The warnings, in the order of files and lines. */
    public List<Problem> warnings() {
        return inOrder(warnings);
    }

    private static List<Problem> inOrder(Collection<Problem> problems) {
        return problems.stream().sorted(Comparator.comparing(Problem::position)).toList();
    }
}
