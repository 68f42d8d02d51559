package dev.millrace.transform.model.select;

import dev.millrace.transform.model.manifest.ResourceType;
import dev.millrace.transform.model.select.Spec.Criterion;
import dev.millrace.transform.model.select.Spec.Reach;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds what a selection means, tests that come along included. */
final class Evaluation {

    private final Resources resources;
    private final Methods methods;
    private final IndirectSelection otherwise;
    private final Warnings warnings;
    // A selector may take in others many times, each of which takes in others.
    private final IdentityHashMap<Spec, Found> known = new IdentityHashMap<>();

    /**
     * @param direct ids of what is selected
     * @param indirect ids of tests that may still come along
     */
    private record Found(Set<String> direct, Set<String> indirect) {

        Set<String> all() {
            return union(direct, indirect);
        }
    }

    /**
     * @param otherwise which tests come along where nothing else is said
     */
    Evaluation(
            Resources resources, Methods methods, IndirectSelection otherwise, Warnings warnings) {
        this.resources = resources;
        this.methods = methods;
        this.otherwise = otherwise;
        this.warnings = warnings;
    }

    /** Ids of what is selected. */
    Set<String> selected(Spec spec) throws InvalidSelectionException {
        return found(spec).direct();
    }

    private Found found(Spec spec) throws InvalidSelectionException {
        Found found = known.get(spec);
        if (found == null) {
            found =
                    switch (spec) {
                        case Criterion criterion -> criterion(criterion);
                        case Spec.Union union -> union(union);
                        case Spec.Intersection intersection -> intersection(intersection);
                        case Spec.Difference difference -> difference(difference);
                    };
            known.put(spec, found);
        }
        return found;
    }

    private Found criterion(Criterion criterion) throws InvalidSelectionException {
        Set<String> matching = methods.matching(criterion);
        if (matching.isEmpty()) {
            warnings.unmatched(criterion);
        }
        Set<String> selected = new LinkedHashSet<>(matching);
        Reach reach = criterion.reach();
        if (reach.childrensParents()) {
            selected.addAll(resources.descendants(matching, Reach.UNBOUNDED));
            selected.addAll(resources.ancestors(Set.copyOf(selected), Reach.UNBOUNDED));
        }
        selected.addAll(resources.ancestors(matching, reach.parents()));
        selected.addAll(resources.descendants(matching, reach.children()));
        IndirectSelection mode = mode(criterion.indirect());
        return mode == IndirectSelection.EMPTY
                ? new Found(selected, Set.of())
                : withTests(selected, mode);
    }

    private IndirectSelection mode(@Nullable IndirectSelection said) {
        return said == null ? otherwise : said;
    }

    private Found withTests(Set<String> selected, IndirectSelection mode) {
        Set<String> within = new HashSet<>(selected);
        if (mode == IndirectSelection.BUILDABLE) {
            within.addAll(resources.ancestors(selected, Reach.UNBOUNDED));
            within.addAll(resources.manifest().sources().keySet());
        }
        Set<String> direct = new LinkedHashSet<>(selected);
        Set<String> indirect = new LinkedHashSet<>();
        for (String id : resources.descendants(selected, 1)) {
            if (isTest(id)) {
                boolean comesAlong =
                        mode == IndirectSelection.EAGER
                                || within.containsAll(resources.parents(id));
                (comesAlong ? direct : indirect).add(id);
            }
        }
        return new Found(direct, indirect);
    }

    private boolean isTest(String id) {
        Resource resource = resources.get(id);
        return resource != null
                && (resource.type() == ResourceType.TEST
                        || resource.type() == ResourceType.UNIT_TEST);
    }

    private Found union(Spec.Union spec) throws InvalidSelectionException {
        Set<String> direct = new LinkedHashSet<>();
        Set<String> all = new LinkedHashSet<>();
        for (Spec part : spec.parts()) {
            Found found = found(part);
            direct.addAll(found.direct());
            all.addAll(found.all());
        }
        return joined(direct, all, mode(spec.indirect()));
    }

    private Found intersection(Spec.Intersection spec) throws InvalidSelectionException {
        List<Found> parts = new ArrayList<>();
        for (Spec part : spec.parts()) {
            parts.add(found(part));
        }
        Set<String> direct = new LinkedHashSet<>();
        Set<String> all = new LinkedHashSet<>();
        if (!parts.isEmpty()) {
            direct.addAll(parts.getFirst().direct());
            all.addAll(parts.getFirst().all());
            parts.forEach(part -> direct.retainAll(part.direct()));
            parts.forEach(part -> all.retainAll(part.all()));
        }
        Found found = joined(direct, all, mode(spec.indirect()));
        if (spec.expected() != null && found.direct().isEmpty()) {
            warnings.nothing(spec, spec.expected());
        }
        return found;
    }

    private Found difference(Spec.Difference spec) throws InvalidSelectionException {
        Found from = found(spec.from());
        Found without = found(spec.without());
        Set<String> direct = new LinkedHashSet<>(from.direct());
        direct.removeAll(without.direct());
        Set<String> all = new LinkedHashSet<>(from.all());
        all.removeAll(without.all());
        return joined(direct, all, IndirectSelection.EAGER);
    }

    /** Takes in the tests that no part selects, and all parts together do. */
    private Found joined(Set<String> direct, Set<String> all, IndirectSelection mode) {
        boolean waits = mode == IndirectSelection.CAUTIOUS || mode == IndirectSelection.BUILDABLE;
        if (!waits || direct.equals(all)) {
            return new Found(direct, all);
        }
        Set<String> within = new HashSet<>(direct);
        if (mode == IndirectSelection.BUILDABLE) {
            within.addAll(resources.ancestors(direct, Reach.UNBOUNDED));
        }
        Set<String> selected = new LinkedHashSet<>(direct);
        for (String id : all) {
            if (resources.manifest().nodes().containsKey(id)
                    && within.containsAll(resources.parents(id))) {
                selected.add(id);
            }
        }
        return new Found(selected, all);
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        Set<String> both = new LinkedHashSet<>(one);
        both.addAll(other);
        return both;
    }
}
