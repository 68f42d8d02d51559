package dev.millrace.contracts.project.dbt;

import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;
import dev.millrace.contracts.warehouse.RelationName;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the properties files that stand beside models and seeds. */
final class PropertiesFiles {

    private static final Set<String> LEFT_OUT =
            Set.of(
                    "snapshots",
                    "exposures",
                    "unit_tests",
                    "metrics",
                    "semantic_models",
                    "saved_queries",
                    "data_tests",
                    "tests",
                    "functions");
    private static final Set<String> WITHOUT_EFFECT =
            Set.of("version", "macros", "analyses", "groups", "anchors");
    private static final Set<String> NODE_KEYS =
            Set.of(
                    "access",
                    "constraints",
                    "deprecation_date",
                    "docs",
                    "freshness",
                    "group",
                    "latest_version",
                    "meta",
                    "tags",
                    "time_spine",
                    "versions",
                    "semantic_model",
                    "primary_entity",
                    "agg_time_dimension",
                    "metrics");
    private static final Set<String> COLUMN_KEYS =
            Set.of(
                    "constraints",
                    "config",
                    "data_type",
                    "dimension",
                    "entity",
                    "granularity",
                    "meta",
                    "policy_tags",
                    "quote",
                    "tags");
    private static final Set<String> SOURCE_KEYS =
            Set.of(
                    "config",
                    "database",
                    "freshness",
                    "loaded_at_field",
                    "loaded_at_query",
                    "loader",
                    "meta",
                    "overrides",
                    "quoting",
                    "tags");
    private static final Set<String> TABLE_KEYS =
            Set.of(
                    "columns",
                    "config",
                    "external",
                    "freshness",
                    "loaded_at_field",
                    "loaded_at_query",
                    "loader",
                    "meta",
                    "quoting",
                    "tags");

    private final Problems problems;
    private final List<NodeProperties> models = new ArrayList<>();
    private final List<NodeProperties> seeds = new ArrayList<>();
    private final List<DbtSourceTable> tables = new ArrayList<>();
    private final List<Notice> notices = new ArrayList<>();

    PropertiesFiles(Problems problems) {
        this.problems = problems;
    }

    void read(ProjectFiles files, List<String> directories) {
        directories.stream()
                .flatMap(directory -> files.below(directory, "yml", "yaml").stream())
                .distinct()
                .forEach(path -> read(path, files.text(path)));
    }

    List<NodeProperties> models() {
        return models;
    }

    List<NodeProperties> seeds() {
        return seeds;
    }

    List<DbtSourceTable> sourceTables() {
        return tables;
    }

    List<Notice> notices() {
        return notices;
    }

    private void read(String path, String text) {
        YamlValue.parse(
                        path,
                        text.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        YamlValue.verbatim(),
                        problems)
                .ifPresent(
                        document -> {
                            YamlMapping top = document.mapping();
                            top.list("models")
                                    .forEach(
                                            item ->
                                                    node(
                                                            item.mapping(),
                                                            new ConfigReader(KnownConfigs.MODEL),
                                                            models));
                            top.list("seeds")
                                    .forEach(
                                            item ->
                                                    node(
                                                            item.mapping(),
                                                            new ConfigReader(KnownConfigs.SEED),
                                                            seeds));
                            top.list("sources").forEach(item -> source(item.mapping()));
                            WITHOUT_EFFECT.forEach(top::take);
                            LEFT_OUT.forEach(key -> leftOut(top, key));
                            top.rejectUnknown();
                        });
    }

    private void leftOut(YamlMapping mapping, String key) {
        int count = mapping.list(key).size();
        if (count > 0) {
            notices.add(
                    new Notice(
                            mapping.position(key),
                            count
                                    + " "
                                    + key.replace('_', ' ')
                                    + ": this version leaves them out"));
        }
    }

    private void node(YamlMapping node, ConfigReader reader, List<NodeProperties> nodes) {
        String name = node.requiredText("name");
        Position position = node.position("name");
        nodes.stream()
                .filter(other -> other.name().equals(name) && !name.isEmpty())
                .findFirst()
                .ifPresent(
                        other ->
                                node.reject(
                                        "name",
                                        "'"
                                                + name
                                                + "' is described already at "
                                                + other.position()));
        String description = description(node);
        Map<String, ConfigValue> config =
                node.take("config").map(value -> reader.flat(value.mapping())).orElse(Map.of());
        List<NodeProperties.Column> columns = columns(node);
        tests(node);
        NODE_KEYS.forEach(node::take);
        node.rejectUnknown();
        nodes.add(new NodeProperties(name, description, config, columns, position));
    }

    private List<NodeProperties.Column> columns(YamlMapping node) {
        List<NodeProperties.Column> columns = new ArrayList<>();
        for (YamlValue item : node.list("columns")) {
            YamlMapping column = item.mapping();
            String name = column.requiredText("name");
            columns.add(new NodeProperties.Column(name, description(column)));
            tests(column);
            COLUMN_KEYS.forEach(column::take);
            column.rejectUnknown();
        }
        return columns;
    }

    private void tests(YamlMapping mapping) {
        for (String key : List.of("tests", "data_tests")) {
            int count = mapping.list(key).size();
            if (count > 0) {
                notices.add(
                        new Notice(
                                mapping.position(key),
                                count
                                        + (count == 1 ? " test" : " tests")
                                        + ": this version does not run tests"));
            }
        }
    }

    private void source(YamlMapping source) {
        String name = source.requiredText("name");
        String schema = source.text("schema");
        description(source);
        for (YamlValue item : source.list("tables")) {
            table(item.mapping(), name, schema == null ? name : schema);
        }
        tests(source);
        SOURCE_KEYS.forEach(source::take);
        source.rejectUnknown();
    }

    private void table(YamlMapping table, String source, String schema) {
        String name = table.requiredText("name");
        String identifier = table.text("identifier");
        tables.add(
                new DbtSourceTable(
                        source,
                        name,
                        new RelationName(schema, identifier == null ? name : identifier),
                        description(table),
                        table.position("name")));
        tests(table);
        TABLE_KEYS.forEach(table::take);
        table.rejectUnknown();
    }

    private static String description(YamlMapping mapping) {
        String text = mapping.text("description");
        return text == null ? "" : text;
    }
}
