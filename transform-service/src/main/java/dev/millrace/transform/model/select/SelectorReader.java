package dev.millrace.transform.model.select;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;
import dev.millrace.transform.model.select.Selectors.Named;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Reads {@code selectors.yml}. */
final class SelectorReader {

    private static final int MAX_DEPTH = 50;
    private static final String UNION = "union";
    private static final String INTERSECTION = "intersection";
    private static final String EXCLUDE = "exclude";
    private static final String METHOD = "method";
    private static final String VALUE = "value";

    private final CriterionReader criteria;
    private final Problems problems;
    private final Map<String, Named> known = new LinkedHashMap<>();
    private @Nullable String defaultName;
    private int depth;

    SelectorReader(UnaryOperator<String> rendering, Problems problems) {
        this.criteria = new CriterionReader(rendering);
        this.problems = problems;
    }

    Selectors read(YamlValue root) {
        YamlMapping file = root.mapping();
        file.take("version");
        file.list("selectors").forEach(item -> selector(item.mapping()));
        file.rejectUnknown();
        return new Selectors(known, defaultName);
    }

    private void selector(YamlMapping selector) {
        String name = selector.requiredText("name");
        String description = selector.text("description");
        Optional<YamlValue> definition = selector.take("definition");
        if (definition.isEmpty()) {
            selector.reject("name", "the selector '" + name + "' has no definition");
        }
        Optional<YamlValue> isDefault = selector.take("default");
        selector.rejectUnknown();
        depth = 0;
        Optional<Spec> spec = definition.flatMap(this::rootDefinition);
        if (isDefault.isPresent() && criteria.flag(isDefault.get())) {
            if (defaultName != null) {
                selector.reject(
                        "default",
                        "'" + defaultName + "' is the default already; there can be but one");
            } else {
                defaultName = name;
            }
        }
        if (spec.isPresent()
                && known.put(
                                name,
                                new Named(
                                        spec.get(), description == null ? "" : description, depth))
                        != null) {
            problems.warn(
                    selector.position("name"),
                    "there is another selector '" + name + "' above; this one counts");
        }
    }

    private Optional<Spec> rootDefinition(YamlValue value) {
        if (value.isMapping()) {
            Map<String, YamlValue> entries = value.mapping().entries();
            boolean group = entries.containsKey(UNION) || entries.containsKey(INTERSECTION);
            if (group && entries.size() > 1) {
                value.reject(
                        "'union' or 'intersection' stands alone here; put one into the list of the"
                                + " other, and 'exclude' as the last of its items");
                return Optional.empty();
            }
        }
        return definition(value);
    }

    private Optional<Spec> definition(YamlValue value) {
        if (value.isScalar() && !value.isNull()) {
            return criteria.written(value).map(Spec.class::cast);
        }
        if (!value.isMapping()) {
            value.reject(
                    "a definition is text such as 'tag:nightly', or keys; before a list stands"
                            + " 'union:' or 'intersection:'");
            return Optional.empty();
        }
        Map<String, YamlValue> entries = value.mapping().entries();
        if (entries.containsKey(UNION)) {
            return group(entries.get(UNION), UNION);
        }
        if (entries.containsKey(INTERSECTION)) {
            return group(entries.get(INTERSECTION), INTERSECTION);
        }
        return keys(value, entries);
    }

    private Optional<Spec> group(@Nullable YamlValue list, String kind) {
        if (list == null || !list.isList()) {
            if (list != null) {
                list.reject("'" + kind + "' takes a list");
            }
            return Optional.empty();
        }
        List<Spec> parts = new ArrayList<>();
        Spec excluded = null;
        boolean hasExclude = false;
        for (YamlValue item : list.items()) {
            Map<String, YamlValue> entries = item.isMapping() ? item.mapping().entries() : Map.of();
            YamlValue exclude = entries.get(EXCLUDE);
            if (exclude == null) {
                definition(item).ifPresent(parts::add);
                continue;
            }
            if (hasExclude) {
                item.reject("there is another 'exclude' in this list; put both into one");
                continue;
            }
            hasExclude = true;
            warnOfMore(item, entries);
            excluded = exclusion(exclude).orElse(null);
        }
        Spec group =
                kind.equals(UNION)
                        ? new Spec.Union(parts, IndirectSelection.EAGER)
                        : new Spec.Intersection(parts, IndirectSelection.EAGER, null);
        return Optional.of(excluded == null ? group : new Spec.Difference(group, excluded));
    }

    private void warnOfMore(YamlValue item, Map<String, YamlValue> entries) {
        if (entries.size() > 1) {
            problems.warn(
                    item.position(),
                    "only 'exclude' counts here, and for the whole list, as dbt has it; give what"
                            + " stands beside it an item of its own");
        }
    }

    private Optional<Spec> exclusion(YamlValue list) {
        if (!list.isList()) {
            list.reject("'exclude' takes a list");
            return Optional.empty();
        }
        List<Spec> parts = new ArrayList<>();
        list.items().forEach(item -> definition(item).ifPresent(parts::add));
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                parts.size() == 1
                        ? parts.getFirst()
                        : new Spec.Union(parts, IndirectSelection.EAGER));
    }

    private Optional<Spec> keys(YamlValue value, Map<String, YamlValue> entries) {
        YamlValue method = entries.get(METHOD);
        YamlValue wanted = entries.get(VALUE);
        if (entries.size() == 1) {
            Map.Entry<String, YamlValue> only = entries.entrySet().iterator().next();
            return criteria.of(value, only.getKey(), only.getValue()).map(Spec.class::cast);
        }
        if (method == null || wanted == null) {
            value.reject(
                    "expected one key such as 'tag: nightly', or 'method' and 'value'; found "
                            + String.join(", ", entries.keySet()));
            return Optional.empty();
        }
        String word = method.text().orElse("");
        if (word.equals("selector")) {
            return inherited(wanted);
        }
        Optional<Spec> criterion = criteria.of(value, word, wanted).map(Spec.class::cast);
        YamlValue exclude = entries.get(EXCLUDE);
        Optional<Spec> excluded = exclude == null ? Optional.empty() : exclusion(exclude);
        return criterion.map(
                spec -> excluded.<Spec>map(other -> new Spec.Difference(spec, other)).orElse(spec));
    }

    private Optional<Spec> inherited(YamlValue name) {
        String wanted = name.text().orElse("");
        Named found = known.get(wanted);
        if (found == null) {
            name.reject(
                    "there is no selector '"
                            + wanted
                            + "' above this one"
                            + NearestName.of(wanted, known.keySet())
                                    .map(near -> "; did you mean '" + near + "'?")
                                    .orElse("; a selector takes in those that stand before it"));
            return Optional.empty();
        }
        depth = Math.max(depth, found.depth() + 1);
        if (depth > MAX_DEPTH) {
            name.reject("selectors take in one another at most 50 deep; write out some of them");
            return Optional.empty();
        }
        return Optional.of(found.definition());
    }
}
