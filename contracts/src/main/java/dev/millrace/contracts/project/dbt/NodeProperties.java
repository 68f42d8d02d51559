package dev.millrace.contracts.project.dbt;

import dev.millrace.contracts.project.Position;

import java.util.List;
import java.util.Map;

/** What a properties file says of a model or seed. */
public record NodeProperties(
        String name,
        String description,
        Map<String, ConfigValue> config,
        List<Column> columns,
        Position position) {

    public NodeProperties {
        config = Map.copyOf(config);
        columns = List.copyOf(columns);
    }

    /** What it says of a column. */
    public record Column(String name, String description) {}
}
