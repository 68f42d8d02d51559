package dev.millrace.transform.model.context;

import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.Values;

import java.util.Map;

/**
 * Where a project is built: the output of a profile, without its secrets.
 *
 * @param name name of the output
 * @param profile name of the profile
 * @param database database that relations are in
 * @param schema schema that relations without one of their own go to
 * @param threads nodes that are built at a time
 * @param connection what else templates may read of it, such as {@code host} and {@code user}
 */
public record Target(
        String name,
        String profile,
        String database,
        String schema,
        int threads,
        Map<String, Object> connection) {

    DictValue dict() {
        DictValue dict = new DictValue();
        connection.forEach((key, value) -> dict.put(key, Values.of(value)));
        dict.put("type", "postgres");
        dict.put("name", name);
        dict.put("target_name", name);
        dict.put("profile_name", profile);
        dict.put("database", database);
        dict.put("dbname", database);
        dict.put("schema", schema);
        dict.put("threads", (long) threads);
        return dict;
    }
}
