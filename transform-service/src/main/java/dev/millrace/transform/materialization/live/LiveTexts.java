package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.materialization.live.LiveForm.Additive;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The statements that keep a model's tables up to date. */
final class LiveTexts {

    /** The key of the only group where there are no keys. */
    static final String ONE = "mr_one";

    private final LivePlan plan;

    LiveTexts(LivePlan plan) {
        this.plan = plan;
    }

    private static String quote(String name) {
        return RelationName.quote(name);
    }

    private static String list(List<String> parts) {
        return String.join(", ", parts);
    }

    private static List<String> numbered(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }

    /** What the table of partial results is filled from, or added to it. */
    String partials(Additive form, String delta) {
        return form.keys().isEmpty()
                ? "SELECT 1 AS %s, d.* FROM (%s) AS d".formatted(ONE, delta)
                : "SELECT d.* FROM (%s) AS d".formatted(delta);
    }

    List<String> stateKeys(Additive form) {
        return form.keys().isEmpty() ? List.of(ONE) : numbered("k", form.keys().size());
    }

    /** The model's rows, from partial results. */
    String rows(Additive form, String state, String condition) {
        List<String> conditions = new ArrayList<>();
        if (form.having() != null) {
            conditions.add("(" + form.having() + ")");
        }
        if (!condition.isEmpty()) {
            conditions.add("(" + condition + ")");
        }
        return "SELECT %s FROM %s AS q%s"
                .formatted(
                        list(form.outputs()),
                        state,
                        conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions));
    }

    /**
     * Merges partial results of new rows into those there are, and writes the rows of their groups.
     */
    String merge(Additive form, String state, String result, String delta) {
        List<String> keys = stateKeys(form);
        List<String> merged = new ArrayList<>();
        for (int i = 0; i < form.partials().size(); i++) {
            merged.add(
                    "p%1$d = %2$s"
                            .formatted(
                                    i, form.partials().get(i).merge("s.p" + i, "EXCLUDED.p" + i)));
        }
        String head =
                """
                WITH merged AS (
                  INSERT INTO %s AS s
                  %s
                  ON CONFLICT (%s) DO %s
                  RETURNING s.*)\
                """
                        .formatted(
                                state,
                                partials(form, delta),
                                list(keys),
                                merged.isEmpty()
                                        // To have it returned.
                                        ? "UPDATE SET %1$s = EXCLUDED.%1$s".formatted(keys.get(0))
                                        : "UPDATE SET " + list(merged));
        return form.keys().isEmpty()
                ? head + " SELECT count(*) FROM merged"
                : head + show(form, result) + hide(form, result) + " SELECT count(*) FROM merged";
    }

    private String show(Additive form, String result) {
        List<String> set =
                plan.columns().keySet().stream()
                        .filter(column -> !form.keys().contains(column))
                        .map(column -> "%1$s = EXCLUDED.%1$s".formatted(quote(column)))
                        .toList();
        return """
        , shown AS (
          INSERT INTO %s
          %s
          ON CONFLICT (%s) DO %s)\
        """
                .formatted(
                        result,
                        rows(form, "merged", "true"),
                        form.keys().stream()
                                .map(RelationName::quote)
                                .collect(Collectors.joining(", ")),
                        set.isEmpty() ? "NOTHING" : "UPDATE SET " + list(set));
    }

    /** Groups that HAVING no longer has. */
    private String hide(Additive form, String result) {
        if (form.having() == null) {
            return "";
        }
        List<String> equal = new ArrayList<>();
        List<String> alike = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < form.keys().size(); i++) {
            String column = "r." + quote(form.keys().get(i));
            equal.add("%s = q.k%d".formatted(column, i));
            alike.add("%s IS NOT DISTINCT FROM q.k%d".formatted(column, i));
            missing.add("q.k%d IS NULL".formatted(i));
        }
        // An index finds what is equal, and nothing what is missing.
        return """
        , hidden AS (
          DELETE FROM %1$s AS r USING merged AS q
          WHERE (%2$s) IS NOT TRUE AND %3$s)
        , hidden_too AS (
          DELETE FROM %1$s AS r USING merged AS q
          WHERE (%2$s) IS NOT TRUE AND (%4$s) AND %5$s)\
        """
                .formatted(
                        result,
                        form.having(),
                        String.join(" AND ", equal),
                        String.join(" OR ", missing),
                        String.join(" AND ", alike));
    }

    /**
     * Which rows of {@code q} have keys that were touched.
     *
     * @param columns the keys as columns of {@code q}
     * @param nullable keys of which the touched ones may be null
     */
    static String isTouched(String touched, List<String> columns, List<Boolean> nullable) {
        List<String> conditions = new ArrayList<>();
        conditions.add(
                "ROW(%s)::record = ANY (ARRAY(SELECT ROW(%s)::record FROM %s AS t))"
                        .formatted(
                                columns.stream()
                                        .map(c -> "q." + c)
                                        .collect(Collectors.joining(", ")),
                                numbered("t.k", columns.size()).stream()
                                        .collect(Collectors.joining(", ")),
                                touched));
        for (int i = 0; i < columns.size(); i++) {
            if (!nullable.get(i)) {
                // Which an index may know.
                conditions.add(
                        "q.%s = ANY (ARRAY(SELECT t.k%d FROM %s AS t))"
                                .formatted(columns.get(i), i, touched));
            }
        }
        return String.join(" AND ", conditions);
    }

    /** The keys by which is recomputed, as columns of the model's table. */
    List<String> resultKeys() {
        return plan.query().keys().stream().map(RelationName::quote).toList();
    }

    /** The same as columns of the table of partial results. */
    List<String> partialKeys(Additive form) {
        return plan.query().keys().stream().map(key -> "k" + form.keys().indexOf(key)).toList();
    }

    /** The columns of a shadow. */
    static String shadowColumns(LiveQuery query, LiveInput input) {
        List<String> columns = new ArrayList<>();
        if (input.identity() != null) {
            columns.add(quote(input.identity()));
        }
        columns.addAll(LivePlan.shadowed(query, input));
        return columns.isEmpty() ? "1 AS mr_none" : list(columns);
    }
}
