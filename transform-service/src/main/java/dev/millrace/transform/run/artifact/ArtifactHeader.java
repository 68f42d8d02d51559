package dev.millrace.transform.run.artifact;

import dev.millrace.transform.model.context.TemplateNames;

import tools.jackson.core.JsonGenerator;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.TreeMap;

/**
 * What each artifact says of its origin.
 *
 * @param invocation identity of the run
 * @param env what the environment says to readers of artifacts, by names without their prefix
 */
public record ArtifactHeader(String invocation, Map<String, String> env) {

    private static final String PREFIX = "DBT_ENV_CUSTOM_ENV_";
    private static final String SCHEMAS = "https://schemas.getdbt.com/dbt/";
    private static final DateTimeFormatter MICROSECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    public ArtifactHeader {
        env = Map.copyOf(env);
    }

    /** The header of a run in an environment, of which only what is meant for artifacts is kept. */
    public static ArtifactHeader of(String invocation, Map<String, String> environment) {
        Map<String, String> env = new TreeMap<>();
        environment.forEach(
                (name, value) -> {
                    if (name.startsWith(PREFIX)) {
                        env.put(name.substring(PREFIX.length()), value);
                    }
                });
        return new ArtifactHeader(invocation, env);
    }

    /** The keys of {@code metadata} that all artifacts have. */
    void write(JsonGenerator json, String schema, Instant generatedAt) {
        json.writeStringProperty("dbt_schema_version", SCHEMAS + schema + ".json");
        json.writeStringProperty("dbt_version", TemplateNames.DBT_VERSION);
        json.writeStringProperty("generated_at", time(generatedAt));
        json.writeStringProperty("invocation_id", invocation);
        JsonValues.write(json, "env", new TreeMap<>(env));
    }

    /** A time as dbt writes it. */
    static String time(Instant time) {
        return MICROSECONDS.format(time);
    }
}
