package dev.millrace.transform.landing.row;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;

/** A place in the records of a stream: where a value there goes, and what is below it. */
final class Path {

    /** What becomes of a value. */
    enum Use {
        /** It goes to a column; an object is a prefix to the columns of its members. */
        LAND,
        /** As before, and the column is numeric also while the numbers are whole. */
        LAND_AS_DECIMAL,
        /** It goes to a column, also an object. */
        LAND_WHOLE,
        /** It is left out. */
        SKIP
    }

    private final String prefix;
    private final String origin;
    private final int depth;
    private final Use use;
    private final RowBatch.@Nullable Member member;
    private final RowBatch.@Nullable Member derived;
    private final @Nullable Conversion conversion;
    private final int key;
    private final Map<String, Path> children = new HashMap<>();
    private int object = RowCheck.NO_OBJECT;

    /**
     * @param prefix what the columns of an object's members begin with
     * @param origin keys from the top, joined by dots
     * @param depth how many keys that are
     * @param member the column here in the stream's table
     * @param derived the column here in the second table that the stream's records go to
     */
    Path(
            String prefix,
            String origin,
            int depth,
            Use use,
            RowBatch.@Nullable Member member,
            RowBatch.@Nullable Member derived) {
        this(prefix, origin, depth, use, member, derived, null, -1);
    }

    /**
     * A field of a change.
     *
     * @param conversion what is made of its values
     * @param key its place in the key, or -1
     */
    Path(
            String prefix,
            String origin,
            int depth,
            Use use,
            RowBatch.@Nullable Member member,
            @Nullable Conversion conversion,
            int key) {
        this(prefix, origin, depth, use, member, null, conversion, key);
    }

    private Path(
            String prefix,
            String origin,
            int depth,
            Use use,
            RowBatch.@Nullable Member member,
            RowBatch.@Nullable Member derived,
            @Nullable Conversion conversion,
            int key) {
        this.prefix = prefix;
        this.origin = origin;
        this.depth = depth;
        this.use = use;
        this.member = member;
        this.derived = derived;
        this.conversion = conversion;
        this.key = key;
    }

    static Path skipped(String origin) {
        return new Path("", origin, 0, Use.SKIP, null, null);
    }

    String prefix() {
        return prefix;
    }

    String origin() {
        return origin;
    }

    int depth() {
        return depth;
    }

    Use use() {
        return use;
    }

    RowBatch.@Nullable Member member() {
        return member;
    }

    RowBatch.@Nullable Member derived() {
        return derived;
    }

    /** The number of an object whose presence is of interest, or {@link RowCheck#NO_OBJECT}. */
    int object() {
        return object;
    }

    /** Has an object here noticed under a number. */
    Path noticed(int number) {
        object = number;
        return this;
    }

    @Nullable Conversion conversion() {
        return conversion;
    }

    /** Its place in the key, or -1. */
    int key() {
        return key;
    }

    @Nullable Path child(String name) {
        return children.get(name);
    }

    Path adopt(String name, Path child) {
        children.put(name, child);
        return child;
    }

    /** The origin of something below. */
    String originOf(String name) {
        return origin.isEmpty() ? name : origin + "." + name;
    }
}
