package dev.millrace.transform.model.parse;

import dev.millrace.transform.model.manifest.Column;
import dev.millrace.transform.model.manifest.NodeProperties;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a properties file says of one node.
 *
 * @param settings its {@code config}, with what may stand beside that
 */
record NodePatch(
        PropertyItem item,
        Map<String, Object> settings,
        NodeProperties properties,
        List<Map<String, Object>> columnsWithTests,
        List<Object> tests) {

    private static final List<String> ALSO_SETTINGS =
            List.of("meta", "docs", "group", "contract", "access", "tags");

    static NodePatch of(PropertyItem item, Map<String, Object> rendered) {
        return of(item, rendered, null, null);
    }

    static NodePatch of(
            PropertyItem item,
            Map<String, Object> rendered,
            @Nullable String version,
            @Nullable String latest) {
        Map<String, Object> settings = settings(rendered);
        List<Map<String, Object>> columns = Yaml.maps(rendered.get("columns"));
        NodeProperties properties =
                new NodeProperties(
                        item.dbtPackage().name() + "://" + item.file(),
                        Yaml.text(rendered.get("description"), ""),
                        columns(columns),
                        Yaml.maps(rendered.get("constraints")),
                        Yaml.text(settings.get("access"), "protected"),
                        Yaml.text(settings.get("group")),
                        version,
                        latest,
                        Yaml.text(rendered.get("deprecation_date")));
        return new NodePatch(item, settings, properties, columns, testsOf(rendered));
    }

    /** The settings of a mapping: its config, and those that may stand beside it. */
    static Map<String, Object> settings(Map<String, Object> rendered) {
        Map<String, Object> settings = new LinkedHashMap<>();
        for (String key : ALSO_SETTINGS) {
            if (rendered.containsKey(key)) {
                settings.put(key, rendered.get(key));
            }
        }
        settings.putAll(Yaml.withNulls(rendered.get("config")));
        return settings;
    }

    /** The tests of a node or column, under either of their keys. */
    static List<Object> testsOf(Map<String, Object> mapping) {
        List<Object> tests = new ArrayList<>(Yaml.list(mapping.get("tests")));
        tests.addAll(Yaml.list(mapping.get("data_tests")));
        return tests;
    }

    static Map<String, Column> columns(List<Map<String, Object>> written) {
        Map<String, Column> columns = new LinkedHashMap<>();
        for (Map<String, Object> column : written) {
            String name = Yaml.text(column.get("name"), "");
            Map<String, Object> config = Yaml.map(column.get("config"));
            Map<String, Object> meta = Yaml.map(column.get("meta"));
            meta.putAll(Yaml.map(config.get("meta")));
            List<String> tags = new ArrayList<>(Yaml.texts(column.get("tags")));
            tags.addAll(Yaml.texts(config.get("tags")));
            columns.put(
                    name,
                    new Column(
                            name,
                            Yaml.text(column.get("description"), ""),
                            Yaml.text(column.get("data_type")),
                            Yaml.maps(column.get("constraints")),
                            meta,
                            tags,
                            Yaml.flag(column.get("quote"))));
        }
        return columns;
    }
}
