package dev.millrace.transform.run.artifact;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** As much of JSON Schema as dbt's schemas use. */
final class SchemaCheck {

    private SchemaCheck() {}

    /** What of a document its schema does not allow. */
    static List<String> violations(JsonNode schema, JsonNode document) {
        List<String> violations = new ArrayList<>();
        check(schema, document, "", violations);
        return violations;
    }

    private static void check(JsonNode schema, JsonNode value, String at, List<String> violations) {
        if (!schema.isObject()) {
            return;
        }
        for (String several : List.of("anyOf", "oneOf")) {
            if (schema.has(several)) {
                anyOf(schema.get(several), value, at, violations);
            }
        }
        if (schema.has("const") && !schema.get("const").equals(value)) {
            violations.add(at + " is " + value + " and not " + schema.get("const"));
        }
        if (schema.has("enum") && !contains(schema.get("enum"), value)) {
            violations.add(at + " is " + value + " and none of " + schema.get("enum"));
        }
        if (schema.has("type") && !isOf(schema.get("type"), value)) {
            violations.add(at + " is " + value.getNodeType() + " and not " + schema.get("type"));
            return;
        }
        if (schema.has("pattern")
                && value.isString()
                && !Pattern.compile(schema.get("pattern").asString())
                        .matcher(value.asString())
                        .find()) {
            violations.add(at + " is " + value);
        }
        if (value.isObject()) {
            object(schema, value, at, violations);
        } else if (value.isArray() && schema.has("items")) {
            for (int i = 0; i < value.size(); i++) {
                check(schema.get("items"), value.get(i), at + "/" + i, violations);
            }
        }
    }

    private static void anyOf(
            JsonNode schemas, JsonNode value, String at, List<String> violations) {
        List<String> fewest = null;
        for (JsonNode schema : schemas) {
            List<String> found = new ArrayList<>();
            check(schema, value, at, found);
            boolean meant = found.stream().noneMatch(v -> v.startsWith(at + "/resource_type "));
            if (found.isEmpty()) {
                return;
            }
            if (fewest == null || (meant && found.size() < fewest.size())) {
                fewest = found;
            }
        }
        violations.addAll(fewest == null ? List.of(at + " fits nothing") : fewest);
    }

    private static void object(
            JsonNode schema, JsonNode value, String at, List<String> violations) {
        for (JsonNode required : schema.path("required")) {
            if (!value.has(required.asString())) {
                violations.add(at + "/" + required.asString() + " is missing");
            }
        }
        JsonNode properties = schema.path("properties");
        JsonNode others = schema.path("additionalProperties");
        for (String name : value.propertyNames()) {
            if (properties.has(name)) {
                check(properties.get(name), value.get(name), at + "/" + name, violations);
            } else if (others.isBoolean() && !others.asBoolean()) {
                violations.add(at + "/" + name + " is unknown");
            } else {
                check(others, value.get(name), at + "/" + name, violations);
            }
        }
    }

    private static boolean contains(JsonNode values, JsonNode value) {
        for (JsonNode each : values) {
            if (each.equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOf(JsonNode types, JsonNode value) {
        if (types.isArray()) {
            for (JsonNode type : types) {
                if (isOf(type, value)) {
                    return true;
                }
            }
            return false;
        }
        return switch (types.asString()) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isString();
            case "boolean" -> value.isBoolean();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "null" -> value.isNull();
            default -> true;
        };
    }
}
