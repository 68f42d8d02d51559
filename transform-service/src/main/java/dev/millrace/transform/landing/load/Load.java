package dev.millrace.transform.landing.load;

import dev.millrace.transform.schema.Relation;

import java.util.Comparator;

/** A load of a stream. */
public record Load(Relation relation, String name) implements Comparable<Load> {

    private static final Comparator<Load> ORDER =
            Comparator.comparing(Load::relation).thenComparing(Load::name);

    /** The order in which all who write about loads lock them. */
    @Override
    public int compareTo(Load other) {
        return ORDER.compare(this, other);
    }
}
