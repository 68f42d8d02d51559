package dev.millrace.serving.alert;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import java.util.List;
import java.util.Map;

/** What the tables of this room keep as JSON. */
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};
    private static final TypeReference<Map<String, @Nullable Object>> VALUES =
            new TypeReference<>() {};
    private static final TypeReference<List<Item>> ITEMS = new TypeReference<>() {};
    private static final TypeReference<List<Matcher>> MATCHERS = new TypeReference<>() {};
    private static final TypeReference<List<String>> LIST = new TypeReference<>() {};

    private Json() {}

    static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    static Map<String, String> texts(String json) {
        return MAPPER.readValue(json, TEXTS);
    }

    static Map<String, @Nullable Object> values(@Nullable String json) {
        return json == null ? Map.of() : MAPPER.readValue(json, VALUES);
    }

    static List<Item> items(String json) {
        return MAPPER.readValue(json, ITEMS);
    }

    static List<Matcher> matchers(String json) {
        return MAPPER.readValue(json, MATCHERS);
    }

    static List<String> list(String json) {
        return MAPPER.readValue(json, LIST);
    }
}
