package dev.millrace.transform.model.select;

import java.util.ArrayList;
import java.util.List;

/** Reads what stands behind {@code --select} and {@code --exclude}. */
final class Arguments {

    private static final int MAX_CRITERIA = 10_000;

    private static final List<String> EVERYTHING =
            List.of("fqn:*", "source:*", "exposure:*", "metric:*", "semantic_model:*");

    private Arguments() {}

    /**
     * @param select nothing for everything
     */
    static Spec read(List<String> select, List<String> exclude) throws InvalidSelectionException {
        Spec from = select.isEmpty() ? everything() : union(select, "--select");
        return new Spec.Difference(from, union(exclude, "--exclude"));
    }

    private static Spec everything() throws InvalidSelectionException {
        List<Spec> parts = new ArrayList<>();
        for (String each : EVERYTHING) {
            parts.add(CriterionParser.parse(each, "--select"));
        }
        return new Spec.Union(parts, null);
    }

    private static Spec union(List<String> written, String option)
            throws InvalidSelectionException {
        List<Spec> parts = new ArrayList<>();
        for (String several : written) {
            for (String one : several.strip().split("\\s+", -1)) {
                parts.add(intersection(one, option + " '" + one + "'"));
            }
            if (parts.size() > MAX_CRITERIA) {
                throw new InvalidSelectionException(
                        option, "at most 10000 criteria are taken; select by tags or paths");
            }
        }
        return new Spec.Union(parts, null);
    }

    private static Spec intersection(String written, String where)
            throws InvalidSelectionException {
        List<Spec> parts = new ArrayList<>();
        for (String part : written.split(",", -1)) {
            parts.add(CriterionParser.parse(part, where));
        }
        return new Spec.Intersection(parts, null, new Spec.Expected(where));
    }
}
