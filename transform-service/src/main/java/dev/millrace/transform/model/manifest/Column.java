package dev.millrace.transform.model.manifest;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/**
 * What a properties file says of a column.
 *
 * @param dataType type that a contract holds it to; null if none is given
 * @param constraints constraints as they were written
 * @param quote whether its name is always quoted; null if nothing was said
 */
public record Column(
        String name,
        String description,
        @Nullable String dataType,
        List<Map<String, Object>> constraints,
        Map<String, Object> meta,
        List<String> tags,
        @Nullable Boolean quote) {

    public Column {
        constraints = List.copyOf(constraints);
        tags = List.copyOf(tags);
    }
}
