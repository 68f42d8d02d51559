package dev.millrace.transform.run.artifact;

import dev.millrace.transform.model.manifest.Column;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Columns and constraints as artifacts have them. */
final class ColumnEntries {

    private ColumnEntries() {}

    static Map<String, Object> of(Map<String, Column> columns, UnaryOperator<String> described) {
        Map<String, Object> entries = new LinkedHashMap<>();
        columns.forEach(
                (name, column) ->
                        entries.put(
                                name,
                                new Entry()
                                        .put("name", column.name())
                                        .put("description", described.apply(column.description()))
                                        .put("meta", column.meta())
                                        .put("data_type", column.dataType())
                                        .put("constraints", constraints(column.constraints()))
                                        .put("quote", column.quote())
                                        .put("tags", column.tags())
                                        .values()));
        return entries;
    }

    /** Constraints of a column. */
    static List<Map<String, @Nullable Object>> constraints(List<Map<String, Object>> written) {
        List<Map<String, @Nullable Object>> entries = new ArrayList<>();
        written.forEach(each -> entries.add(constraint(each).values()));
        return entries;
    }

    /** Constraints of a whole relation. */
    static List<Map<String, @Nullable Object>> ofRelation(List<Map<String, Object>> written) {
        List<Map<String, @Nullable Object>> entries = new ArrayList<>();
        for (Map<String, Object> each : written) {
            entries.add(constraint(each).put("columns", Entry.list(each.get("columns"))).values());
        }
        return entries;
    }

    private static Entry constraint(Map<String, Object> written) {
        return new Entry(written)
                .takeText("type", "name", "expression")
                .takeOr("warn_unenforced", true)
                .takeOr("warn_unsupported", true);
    }
}
