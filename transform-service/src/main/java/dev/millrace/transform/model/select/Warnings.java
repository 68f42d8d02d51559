package dev.millrace.transform.model.select;

import dev.millrace.transform.model.select.Spec.Criterion;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what is odd in a selection, and no mistake. */
final class Warnings {

    private final Suggestions suggestions;
    private final Set<String> told = new LinkedHashSet<>();
    private final Set<Criterion> unmatched = Collections.newSetFromMap(new IdentityHashMap<>());

    Warnings(Suggestions suggestions) {
        this.suggestions = suggestions;
    }

    void add(String warning) {
        told.add(warning);
    }

    List<String> list() {
        return List.copyOf(told);
    }

    /** Keeps a criterion in mind that matches nothing. */
    void unmatched(Criterion criterion) {
        unmatched.add(criterion);
    }

    /** Tells that an intersection is empty, which counts as one criterion. */
    void nothing(Spec.Intersection spec, Spec.Expected expected) {
        List<String> reasons = new ArrayList<>();
        for (Spec part : spec.parts()) {
            if (part instanceof Criterion criterion && unmatched.contains(criterion)) {
                reasons.add(reason(criterion, spec.parts().size()));
            }
        }
        add(
                expected.where()
                        + ": it matches nothing that is switched on"
                        + (reasons.isEmpty()
                                ? "; each of its parts does, but nothing is in all of them"
                                : String.join("", reasons)));
    }

    /** Tells that a selector of a file selects nothing. */
    void nothingSelectedBy(String selector) {
        List<String> reasons =
                unmatched.stream()
                        .map(criterion -> criterion.where() + reason(criterion, 1))
                        .sorted()
                        .toList();
        add(
                "--selector "
                        + selector
                        + ": it selects nothing that is switched on"
                        + (reasons.isEmpty()
                                ? ""
                                : "; nothing matches " + String.join(", ", reasons)));
    }

    private String reason(Criterion criterion, int parts) {
        String hint = suggestions.of(criterion);
        return parts == 1 ? hint : "; nothing is '" + criterion.raw() + "'" + hint;
    }
}
