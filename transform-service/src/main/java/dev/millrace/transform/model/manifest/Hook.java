package dev.millrace.transform.model.manifest;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A statement of the user's that runs before or after a node.
 *
 * @param sql a template
 * @param inTransaction whether it runs in a transaction with what it stands beside
 */
public record Hook(String sql, boolean inTransaction) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** A statement, or what dbt's macros {@code before_begin} and {@code after_commit} make. */
    static Hook of(String text) {
        String stripped = text.strip();
        if (!stripped.startsWith("{") || !stripped.endsWith("}")) {
            return new Hook(text, true);
        }
        try {
            JsonNode json = JSON.readTree(stripped);
            return json.path("sql").isString()
                    ? new Hook(
                            json.path("sql").asString(), json.path("transaction").asBoolean(true))
                    : new Hook(text, true);
        } catch (JacksonException e) {
            // A template begins with a brace as well.
            return new Hook(text, true);
        }
    }
}
