package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.materialization.Build;
import dev.millrace.transform.materialization.live.LiveForm.Additive;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a model is built and kept up to date.
 *
 * @param columns types of the model's columns, by name, in their order
 * @param definition another one means that the table has to be built anew
 */
record LivePlan(LiveForm.Followed form, Map<String, String> columns, String definition) {

    LivePlan {
        columns = new LinkedHashMap<>(columns);
    }

    /** The plan for a model whose table stands somewhere, and has indexes. */
    LivePlan of(LiveModel model) {
        return new LivePlan(
                form,
                columns,
                definition
                        + " "
                        + model.relation()
                        + " "
                        + model.options().indexes()
                        + (model.options().tenancy().equals(Build.Tenancy.OPEN)
                                ? ""
                                : " " + model.options().tenancy()));
    }

    LiveQuery query() {
        return form.query();
    }

    /** The tables that it reads, each once. */
    Map<String, LiveInput> relations() {
        Map<String, LiveInput> relations = new TreeMap<>();
        query().inputs().forEach(input -> relations.put(input.relation().toString(), input));
        return relations;
    }

    /** By what its rows are apart: the keys of groups, or else what it is computed anew by. */
    List<String> apart() {
        return form instanceof Additive additive ? additive.keys() : query().keys();
    }

    /** Those of an input's columns that may decide where its rows count. */
    static List<String> shadowed(LiveQuery query, LiveInput input) {
        List<String> columns = new ArrayList<>();
        for (String column : input.columns().keySet()) {
            if (query.names().contains(column) && !column.equals(input.identity())) {
                columns.add(RelationName.quote(column));
            }
        }
        return columns;
    }

    /** What stands in the texts of the query for whole tables. */
    Map<Integer, String> tables() {
        Map<Integer, String> tables = new TreeMap<>();
        for (int i = 0; i < query().inputs().size(); i++) {
            tables.put(i, query().inputs().get(i).relation().quoted());
        }
        return tables;
    }

    /** The names of a list of columns, one of which may be computed. */
    static String all(String columns) {
        return columns.endsWith(" AS mr_none") ? "mr_none" : columns;
    }

    String describe() {
        return switch (form) {
            case Additive additive ->
                    "new rows are added to its groups"
                            + (additive.query().inputs().size() > 1
                                    ? ", and groups computed anew when other tables change"
                                    : "");
            case LiveForm.Recomputed recomputed ->
                    "computed anew by %s: %s"
                            .formatted(
                                    String.join(", ", recomputed.query().keys()),
                                    recomputed.whyNotAdditive());
        };
    }
}
