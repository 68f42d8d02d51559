package dev.millrace.transform.model.select;

import dev.millrace.transform.model.manifest.Column;
import dev.millrace.transform.model.manifest.Node;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Compares what a model promises with what it promised. */
final class ContractComparison {

    private static final Set<String> HOLDING = Set.of("table", "incremental");

    /** What PostgreSQL itself sees to. */
    private static final Set<String> ENFORCED =
            Set.of("check", "not_null", "unique", "primary_key", "foreign_key");

    private final Node now;
    private final PreviousResource before;
    private final boolean enforcedNow;
    private final boolean enforcedBefore;

    private record Promise(String type, List<Object> constraints) {}

    ContractComparison(Node now, PreviousResource before) {
        this.now = now;
        this.before = before;
        this.enforcedNow = isEnforced(now.settings().map("contract"));
        Map<String, @Nullable Object> contract = before.map("contract");
        this.enforcedBefore =
                isEnforced(
                        contract.isEmpty()
                                ? PreviousResource.mapOf(before.settings().map("contract"))
                                : contract);
    }

    private static boolean isEnforced(Map<String, ? extends @Nullable Object> contract) {
        return "true".equalsIgnoreCase(String.valueOf(contract.get("enforced")));
    }

    boolean same() {
        if (!enforcedNow && !enforcedBefore) {
            return true;
        }
        return enforcedNow && enforcedBefore && samePromises();
    }

    private boolean samePromises() {
        boolean holdsNow = HOLDING.contains(now.materialized());
        if (holdsNow != HOLDING.contains(before.settings().materialized())
                || !promises().equals(promisesBefore())) {
            return false;
        }
        return !holdsNow
                || (now.materialized().equals(before.settings().materialized())
                        && normal(now.properties().constraints())
                                .equals(
                                        normal(
                                                PreviousResource.listOf(
                                                        before.get("constraints")))));
    }

    /** Changes that those who read the model cannot put up with. */
    List<String> breaks() {
        if (!enforcedBefore || same()) {
            return List.of();
        }
        List<String> breaks = new ArrayList<>();
        if (!enforcedNow) {
            breaks.add("it is not enforced any more");
        }
        boolean held = HOLDING.contains(before.settings().materialized());
        Map<String, Promise> promises = promises();
        boolean constrained = !PreviousResource.listOf(before.get("constraints")).isEmpty();
        for (Map.Entry<String, Promise> old : promisesBefore().entrySet()) {
            String column = old.getKey();
            Promise promise = promises.get(column);
            constrained |= !old.getValue().constraints().isEmpty();
            if (promise == null) {
                breaks.add("the column " + column + " is gone");
            } else if (!promise.type().equals(old.getValue().type())) {
                breaks.add(
                        "the column "
                                + column
                                + " was "
                                + old.getValue().type()
                                + " and is "
                                + promise.type());
            } else if (held && isLost(old.getValue().constraints(), promise.constraints())) {
                breaks.add("the column " + column + " has lost a constraint");
            }
        }
        List<Object> constraints = normal(PreviousResource.listOf(before.get("constraints")));
        if (held && isLost(constraints, normal(now.properties().constraints()))) {
            breaks.add("it has lost a constraint");
        }
        if (held && constrained && !HOLDING.contains(now.materialized())) {
            breaks.add(
                    "it was a "
                            + before.settings().materialized()
                            + ", and as "
                            + now.materialized()
                            + " cannot hold its constraints");
        }
        return breaks;
    }

    private static boolean isLost(List<Object> before, List<Object> now) {
        return before.stream()
                .filter(
                        each ->
                                each instanceof Map<?, ?> map
                                        && ENFORCED.contains(String.valueOf(map.get("type"))))
                .anyMatch(each -> !now.contains(each));
    }

    private Map<String, Promise> promises() {
        Map<String, Promise> promises = new TreeMap<>();
        for (Column column : now.columns().values()) {
            String type = column.dataType() == null ? "" : column.dataType();
            promises.put(column.name(), new Promise(type, normal(column.constraints())));
        }
        return promises;
    }

    private Map<String, Promise> promisesBefore() {
        Map<String, Promise> promises = new TreeMap<>();
        before.map("columns")
                .forEach(
                        (name, value) -> {
                            Map<String, @Nullable Object> column = PreviousResource.mapOf(value);
                            Object type = column.get("data_type");
                            promises.put(
                                    name,
                                    new Promise(
                                            type == null ? "" : String.valueOf(type),
                                            normal(
                                                    PreviousResource.listOf(
                                                            column.get("constraints")))));
                        });
        return promises;
    }

    private static List<Object> normal(List<?> constraints) {
        List<Object> result = new ArrayList<>();
        for (Object each : constraints) {
            Map<String, @Nullable Object> constraint =
                    new LinkedHashMap<>(PreviousResource.mapOf(each));
            constraint.remove("warn_unsupported");
            constraint.remove("warn_unenforced");
            result.add(Values.normal(constraint));
        }
        return result;
    }
}
