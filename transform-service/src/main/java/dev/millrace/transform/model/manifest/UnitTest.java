package dev.millrace.transform.model.manifest;

import dev.millrace.contracts.project.Position;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A test of a model's query on given rows.
 *
 * @param model id of the model
 * @param given what its inputs hold
 * @param expect what it must give
 * @param overrides values of {@code macros}, {@code vars} and {@code env_vars} while it runs
 */
public record UnitTest(
        String id,
        String packageName,
        String name,
        String file,
        Position position,
        List<String> fqn,
        String model,
        String description,
        List<Given> given,
        Rows expect,
        Map<String, Object> overrides,
        List<String> tags,
        Map<String, Object> meta)
        implements Step {

    public UnitTest {
        fqn = List.copyOf(fqn);
        given = List.copyOf(given);
    }

    @Override
    public ResourceType type() {
        return ResourceType.UNIT_TEST;
    }

    /** The values of one of its overrides, such as {@code vars}. */
    public Map<String, Object> overridden(String kind) {
        Map<String, Object> values = new LinkedHashMap<>();
        if (overrides.get(kind) instanceof Map<?, ?> map) {
            map.forEach(
                    (name, value) -> {
                        if (value != null) {
                            values.put(String.valueOf(name), value);
                        }
                    });
        }
        return values;
    }

    /** An input, as {@code ref('x')}, {@code source('a', 'b')} or {@code this}. */
    public record Given(String input, Rows rows) {}

    /**
     * Rows as they are written.
     *
     * @param format {@code dict}, {@code csv} or {@code sql}
     * @param rows dicts for the first two, null where one is; empty for SQL
     * @param sql a query; null for the others
     */
    public record Rows(
            String format, List<Map<String, @Nullable Object>> rows, @Nullable String sql) {}
}
