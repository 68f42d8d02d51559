package dev.millrace.transform.model.select;

import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;
import dev.millrace.transform.model.select.Spec.Criterion;
import dev.millrace.transform.model.select.Spec.Reach;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Reads one criterion of {@code selectors.yml}. */
final class CriterionReader {

    private final UnaryOperator<String> rendering;

    CriterionReader(UnaryOperator<String> rendering) {
        this.rendering = rendering;
    }

    /** A criterion as options have it. */
    Optional<Criterion> written(YamlValue value) {
        String text = String.valueOf(scalar(value));
        try {
            return Optional.of(CriterionParser.parse(text, value.position().toString()));
        } catch (InvalidSelectionException e) {
            value.reject(withoutPlace(e, value));
            return Optional.empty();
        }
    }

    /** A criterion whose parts stand apart. */
    Optional<Criterion> of(YamlValue whole, String word, YamlValue wanted) {
        Object value = wanted.isScalar() ? scalar(wanted) : null;
        if (value == null) {
            wanted.reject("expected what to look for with '" + word + "', as text");
            return Optional.empty();
        }
        String where = wanted.position().toString();
        try {
            List<String> parts = CriterionParser.methodParts(word);
            Method method = Method.named(parts.getFirst(), where);
            YamlMapping keys = whole.mapping();
            Reach reach =
                    new Reach(
                            steps(keys, "parents", "parents_depth"),
                            steps(keys, "children", "children_depth"),
                            keys.take("childrens_parents").map(this::flag).orElse(false));
            if (reach.childrensParents() && reach.children() > 0) {
                whole.reject(
                        "'childrens_parents' and 'children' cannot stand together; the first takes"
                                + " in all descendants already");
                return Optional.empty();
            }
            return Optional.of(
                    new Criterion(
                            word + ":" + value,
                            where,
                            method,
                            parts.subList(1, parts.size()),
                            value,
                            reach,
                            indirect(keys)));
        } catch (InvalidSelectionException e) {
            whole.reject(withoutPlace(e, wanted));
            return Optional.empty();
        }
    }

    private static String withoutPlace(InvalidSelectionException e, YamlValue value) {
        String message = String.valueOf(e.getMessage());
        String place = value.position() + ": ";
        return message.startsWith(place) ? message.substring(place.length()) : message;
    }

    private int steps(YamlMapping keys, String which, String depth) {
        boolean wanted = keys.take(which).map(this::flag).orElse(false);
        Optional<YamlValue> limit = keys.take(depth);
        if (!wanted) {
            return 0;
        }
        if (limit.isEmpty()) {
            return Reach.UNBOUNDED;
        }
        Object written = scalar(limit.get());
        String digits = String.valueOf(written).strip();
        if (!digits.matches("\\d{1,9}")) {
            limit.get().reject("expected a number of steps, found '" + digits + "'");
            return 0;
        }
        int steps = Integer.parseInt(digits);
        // dbt takes the number 0 for nothing said.
        return steps == 0 && written instanceof Number ? Reach.UNBOUNDED : steps;
    }

    private @Nullable IndirectSelection indirect(YamlMapping keys) {
        Optional<YamlValue> written = keys.take("indirect_selection");
        if (written.isEmpty()) {
            return null;
        }
        String word = String.valueOf(scalar(written.get()));
        Optional<IndirectSelection> found = IndirectSelection.named(word);
        if (found.isEmpty()) {
            written.get().reject("'" + word + "' is none of eager, cautious, buildable, empty");
        }
        return found.orElse(null);
    }

    /** Whether a value says yes, the way templates and YAML write it. */
    boolean flag(YamlValue value) {
        String text = String.valueOf(scalar(value)).toLowerCase(Locale.ROOT);
        switch (text) {
            case "true", "yes", "on", "1" -> {
                return true;
            }
            case "false", "no", "off", "0", "null", "" -> {
                return false;
            }
            default -> {
                value.reject("expected true or false, found '" + text + "'");
                return false;
            }
        }
    }

    private @Nullable Object scalar(YamlValue value) {
        if (!value.isScalar()) {
            value.reject("expected text");
            return null;
        }
        Object plain = value.plain();
        return plain instanceof String text
                        && (text.contains("{{") || text.contains("{%") || text.contains("{#"))
                ? rendering.apply(text)
                : plain;
    }
}
