package dev.millrace.transform.landing.change;

import dev.millrace.transform.landing.row.Conversion;
import dev.millrace.transform.landing.row.ValueSchema;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.util.HashMap;
import java.util.Map;

/** A schema as Kafka Connect's JsonConverter writes it beside the payload, of rows. */
final class ConnectSchema implements ValueSchema {

    private final Map<String, Conversion> byField = new HashMap<>();

    private ConnectSchema(JsonNode fields) {
        for (JsonNode field : fields) {
            Conversion conversion = Conversions.of(field);
            if (conversion != null) {
                byField.put(field.path("field").asString(""), conversion);
            }
        }
    }

    /** Of a row, or of the rows within an envelope. */
    static ConnectSchema of(JsonNode schema) {
        JsonNode fields = schema.path("fields");
        boolean isEnvelope = false;
        JsonNode row = fields;
        for (JsonNode field : fields) {
            isEnvelope |= field.path("field").asString("").equals("op");
            if (field.path("field").asString("").equals("after")) {
                row = field.path("fields");
            }
        }
        return new ConnectSchema(isEnvelope ? row : fields);
    }

    @Override
    public @Nullable Conversion conversion(String field) {
        return byField.get(field);
    }
}
