package dev.millrace.transform.model.manifest;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What properties files say of a node beside its settings.
 *
 * @param file the file that says it, as {@code package://path}; null if none does
 * @param columns by name, in their order
 * @param constraints constraints of the whole relation
 * @param access {@code private}, {@code protected} or {@code public}
 * @param version version of the model; null if it has none
 * @param latestVersion the version that a {@code ref} without one means; null if it has none
 * @param deprecationDate day after which it should not be used; null if there is none
 */
public record NodeProperties(
        @Nullable String file,
        String description,
        Map<String, Column> columns,
        List<Map<String, Object>> constraints,
        String access,
        @Nullable String group,
        @Nullable String version,
        @Nullable String latestVersion,
        @Nullable String deprecationDate) {

    /** Nothing is said. */
    public static final NodeProperties NONE =
            new NodeProperties(null, "", Map.of(), List.of(), "protected", null, null, null, null);

    public NodeProperties {
        columns = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        constraints = List.copyOf(constraints);
    }
}
