package dev.millrace.transform.landing.row;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Where a change stands among the changes of its stream: of two for the same key, the one that
 * stands further back is the newer one. Positions are compared number by number, as PostgreSQL
 * compares arrays: the generation of the source, whether the source has a log, the place in that
 * log, and the offset in Kafka.
 */
public final class Position implements Comparable<Position> {

    private static final long WITHOUT_LOG = 0;
    private static final long WITH_LOG = 1;

    private final long[] parts;
    private final boolean exact;

    private Position(long[] parts, boolean exact) {
        this.parts = parts;
        this.exact = exact;
    }

    /** Of a change that says nothing of its source's log: Kafka's order counts. */
    public static Position ofOffset(long generation, long offset) {
        return new Position(new long[] {generation, WITHOUT_LOG, offset}, false);
    }

    /**
     * Of a change that a log has.
     *
     * @param place in the log
     * @param exact whether no other change of the same key has that place
     */
    public static Position ofLog(long generation, long[] place, boolean exact, long offset) {
        long[] parts = new long[place.length + 3];
        parts[0] = generation;
        parts[1] = WITH_LOG;
        System.arraycopy(place, 0, parts, 2, place.length);
        parts[parts.length - 1] = offset;
        return new Position(parts, exact);
    }

    /** The numbers; not to be changed. */
    public long[] parts() {
        return parts;
    }

    /** What tells a version of a row from its others, also when the same change comes again. */
    public String version() {
        int length = exact ? parts.length - 1 : parts.length;
        return Arrays.stream(parts, 0, length)
                .mapToObj(Long::toString)
                .collect(Collectors.joining("."));
    }

    /** As PostgreSQL writes an array. */
    public String literal() {
        return Arrays.stream(parts)
                .mapToObj(Long::toString)
                .collect(Collectors.joining(",", "{", "}"));
    }

    @Override
    public int compareTo(Position other) {
        return Arrays.compare(parts, other.parts);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Position position && Arrays.equals(parts, position.parts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(parts);
    }

    @Override
    public String toString() {
        return literal();
    }
}
