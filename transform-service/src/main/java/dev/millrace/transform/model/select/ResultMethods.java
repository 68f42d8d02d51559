package dev.millrace.transform.model.select;

import dev.millrace.transform.model.select.Spec.Criterion;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Methods that find resources by how they fared in runs before. */
final class ResultMethods {

    private ResultMethods() {}

    static Predicate<Resource> result(Criterion criterion, @Nullable PreviousState state)
            throws InvalidSelectionException {
        Map<String, String> results = state == null ? null : state.results();
        if (results == null) {
            throw new InvalidSelectionException(
                    criterion.where(),
                    "this needs the run_results.json of a run before; give its directory with"
                            + " --state");
        }
        return resource -> criterion.text().equals(results.get(resource.id()));
    }

    static Predicate<Resource> sourceStatus(Criterion criterion, @Nullable PreviousState state)
            throws InvalidSelectionException {
        Map<String, PreviousState.Age> before = state == null ? null : state.sources();
        Map<String, PreviousState.Age> now = state == null ? null : state.currentSources();
        if (before == null || now == null) {
            throw new InvalidSelectionException(
                    criterion.where(),
                    "this needs the sources.json of two runs of 'source freshness': an earlier one"
                            + " in the directory of --state, and the latest");
        }
        if (!criterion.text().equals("fresher")) {
            return resource -> false;
        }
        Set<String> fresher = new TreeSet<>();
        now.forEach(
                (id, age) -> {
                    if (isFresher(age, before.get(id))) {
                        fresher.add(id);
                    }
                });
        return resource -> fresher.contains(resource.id());
    }

    /** A source that was never looked at counts; one that could not be looked at does not. */
    private static boolean isFresher(PreviousState.Age now, PreviousState.@Nullable Age before) {
        Instant newest = now.newest();
        if (newest == null) {
            return false;
        }
        return before == null || before.newest() == null || newest.isAfter(before.newest());
    }
}
