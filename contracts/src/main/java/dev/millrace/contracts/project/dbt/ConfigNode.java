package dev.millrace.contracts.project.dbt;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Settings of a directory and of what is below it.
 *
 * @param settings by name, with underscores
 * @param children by the name of the directory, or of a model
 */
public record ConfigNode(Map<String, ConfigValue> settings, Map<String, ConfigNode> children) {

    public static final ConfigNode EMPTY = new ConfigNode(Map.of(), Map.of());

    public ConfigNode {
        settings = Map.copyOf(settings);
        children = Map.copyOf(children);
    }

    /** The settings on the way to a node, the most general first. */
    public List<Map<String, ConfigValue>> along(List<String> path) {
        List<Map<String, ConfigValue>> found = new ArrayList<>();
        ConfigNode node = this;
        found.add(node.settings);
        for (String step : path) {
            node = node.children.get(step);
            if (node == null) {
                break;
            }
            found.add(node.settings);
        }
        return found;
    }
}
