package dev.millrace.transform.model.select;

import dev.millrace.transform.model.manifest.NodeSettings;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A resource as a manifest before has it.
 *
 * @param values what is compared of it, by dbt's keys
 */
record PreviousResource(String id, Map<String, @Nullable Object> values) {

    private static final Set<String> BUILT = Set.of("model", "seed", "snapshot");

    @Nullable Object get(String key) {
        return values.get(key);
    }

    /** A value as text; empty if there is none. */
    String text(String key) {
        Object value = values.get(key);
        return value == null ? "" : String.valueOf(value);
    }

    Map<String, @Nullable Object> map(String key) {
        return mapOf(values.get(key));
    }

    static Map<String, @Nullable Object> mapOf(@Nullable Object value) {
        Map<String, @Nullable Object> result = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, item) -> result.put(String.valueOf(key), item));
        }
        return result;
    }

    static List<?> listOf(@Nullable Object value) {
        return value instanceof Collection<?> several ? List.copyOf(several) : List.of();
    }

    NodeSettings settings() {
        return new NodeSettings(map("config"));
    }

    Optional<PreviousState.BuiltRelation> relation() {
        boolean built = BUILT.contains(text("resource_type"));
        String name = text("relation_name");
        if (!built || name.isEmpty() || settings().materialized().equals("ephemeral")) {
            return Optional.empty();
        }
        Object database = values.get("database");
        return Optional.of(
                new PreviousState.BuiltRelation(
                        database == null ? null : String.valueOf(database),
                        text("schema"),
                        text("alias"),
                        name));
    }
}
