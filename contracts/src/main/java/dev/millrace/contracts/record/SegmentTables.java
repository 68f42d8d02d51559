package dev.millrace.contracts.record;

import java.util.Set;
import java.util.TreeSet;

/**
 * The tables that a Segment source has whatever its events are called. An event of such a name has
 * a stream with an underscore before it, so that it never mixes with them.
 */
public final class SegmentTables {

    /** Streams of the calls that carry no event name. */
    public static final Set<String> OF_CALLS =
            Set.of("identifies", "groups", "pages", "screens", "aliases");

    /** Tables that landing makes beside those of the streams; no stream has such a name. */
    public static final Set<String> OF_LANDING = Set.of("tracks", "users", "accounts");

    private static final Set<String> TAKEN = both();

    private SegmentTables() {}

    /** The stream of a track call, by the name of its event. */
    public static String streamOfEvent(String event) {
        String stream = Identifiers.snakeCase(event);
        return TAKEN.contains(stream) ? "_" + stream : stream;
    }

    /** The table of a stream that a record names, which no door may have written. */
    public static String tableOfStream(String stream) {
        return OF_LANDING.contains(stream) ? "_" + stream : stream;
    }

    /** Whether there can be a stream of this name: one of a call, or one of an event. */
    public static boolean isStream(String name) {
        return OF_CALLS.contains(name)
                || name.equals(streamOfEvent(name))
                || (name.startsWith("_") && TAKEN.contains(name.substring(1)));
    }

    private static Set<String> both() {
        Set<String> both = new TreeSet<>(OF_CALLS);
        both.addAll(OF_LANDING);
        return Set.copyOf(both);
    }
}
