package dev.millrace.transform.model.select;

import java.util.ArrayList;
import java.util.List;

/** The names that a bare criterion finds: package, directories and name, as dbt compares them. */
final class QualifiedName {

    private QualifiedName() {}

    /** Whether a value names a resource, with its package or without. */
    static boolean matches(Resource resource, String value) {
        boolean versioned = resource instanceof Resource.OfNode node && node.isVersioned();
        List<String> fqn = resource.fqn();
        return matches(fqn, value, versioned)
                || (fqn.size() > 1 && matches(fqn.subList(1, fqn.size()), value, versioned));
    }

    private static boolean matches(List<String> fqn, String value, boolean versioned) {
        List<String> wanted = List.of(value.split("\\.", -1));
        boolean exact =
                (versioned && fqn.size() >= 2) ? isVersion(fqn, value, wanted) : isLast(fqn, value);
        if (exact) {
            return true;
        }
        List<String> steps = new ArrayList<>();
        fqn.forEach(step -> steps.addAll(List.of(step.split("\\.", -1))));
        if (steps.size() < wanted.size()) {
            return false;
        }
        for (int i = 0; i < wanted.size(); i++) {
            if (Wildcard.isPattern(wanted.get(i))) {
                return Wildcard.matches(rest(wanted, i), rest(steps, i));
            }
            if (!steps.get(i).equals(wanted.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLast(List<String> fqn, String value) {
        return !fqn.isEmpty() && fqn.getLast().equals(value);
    }

    /** The name of all versions, or that of one with its version after a dot or a dash. */
    private static boolean isVersion(List<String> fqn, String value, List<String> wanted) {
        String model = fqn.get(fqn.size() - 2);
        String oneVersion = model + "_" + fqn.getLast();
        List<String> end = wanted.subList(Math.max(0, wanted.size() - 2), wanted.size());
        return model.equals(value) || oneVersion.equals(String.join("_", end));
    }

    private static String rest(List<String> steps, int from) {
        return String.join(".", steps.subList(from, steps.size()));
    }
}
