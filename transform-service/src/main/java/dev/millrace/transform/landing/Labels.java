package dev.millrace.transform.landing;

import io.micrometer.core.instrument.Tags;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The labels of metrics: so many names, first come, and {@code other} for the rest, as data decides
 * which names there are.
 */
final class Labels {

    static final String OTHER = "other";
    private static final int MOST_REASONS = 50;

    private final int mostRelations;
    private final int mostSources;
    private final Set<String> relations = ConcurrentHashMap.newKeySet();
    private final Set<String> sources = ConcurrentHashMap.newKeySet();
    private final Set<String> reasons = ConcurrentHashMap.newKeySet();

    Labels(int mostRelations, int mostSources) {
        this.mostRelations = mostRelations;
        this.mostSources = mostSources;
    }

    /** The labels of what is told by stream. */
    Tags of(String source, String stream) {
        String relation = bounded(source + "." + stream, relations, mostRelations);
        return Tags.of(
                "relation",
                relation,
                "source",
                source(source),
                "stream",
                relation.equals(OTHER) ? OTHER : stream);
    }

    String source(String source) {
        return bounded(source, sources, mostSources);
    }

    String reason(String reason) {
        return bounded(reason, reasons, MOST_REASONS);
    }

    private static String bounded(String name, Set<String> known, int most) {
        if (known.contains(name)) {
            return name;
        }
        if (known.size() >= most) {
            return OTHER;
        }
        known.add(name);
        return name;
    }
}
