package dev.millrace.transform.model.manifest;

import dev.millrace.contracts.project.Position;

import java.util.List;
import java.util.Map;

/**
 * What is described and not built: an exposure, a metric, a semantic model, a saved query.
 *
 * @param details what is written of it, by dbt's keys
 * @param parents ids of what it depends on
 */
public record OtherResource(
        String id,
        ResourceType type,
        String packageName,
        String name,
        String file,
        Position position,
        List<String> fqn,
        List<String> tags,
        Map<String, Object> details,
        List<String> parents) {

    public OtherResource {
        fqn = List.copyOf(fqn);
        tags = List.copyOf(tags);
        parents = List.copyOf(parents);
    }
}
