package dev.millrace.transform.model.parse;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is said of one version of a model: what is said of all, with what the version changes. */
final class VersionedModel {

    private VersionedModel() {}

    static Map<String, Object> of(Map<String, Object> model, Map<String, Object> version) {
        Map<String, Object> both = new LinkedHashMap<>(model);
        version.forEach(
                (key, value) -> {
                    if (!key.equals("columns") && !key.equals("config")) {
                        both.put(key, value);
                    }
                });
        Map<String, Object> config = Yaml.map(model.get("config"));
        config.putAll(Yaml.map(version.get("config")));
        both.put("config", config);
        both.put("columns", columns(Yaml.maps(model.get("columns")), version.get("columns")));
        return both;
    }

    /** The model's columns that the version includes, and those of its own. */
    private static List<Map<String, Object>> columns(
            List<Map<String, Object>> all, @Nullable Object written) {
        if (written == null) {
            return all;
        }
        List<Map<String, Object>> columns = new ArrayList<>();
        List<String> included = List.of("*");
        List<String> excluded = List.of();
        List<Map<String, Object>> own = new ArrayList<>();
        for (Map<String, Object> each : Yaml.maps(written)) {
            if (each.containsKey("include")) {
                included = Yaml.texts(each.get("include"));
                excluded = Yaml.texts(each.get("exclude"));
            } else {
                own.add(each);
            }
        }
        boolean everything = included.contains("*") || included.contains("all");
        for (Map<String, Object> column : all) {
            String name = String.valueOf(column.get("name"));
            boolean replaced = own.stream().anyMatch(each -> name.equals(each.get("name")));
            if ((everything || included.contains(name)) && !excluded.contains(name) && !replaced) {
                columns.add(column);
            }
        }
        columns.addAll(own);
        return columns;
    }
}
