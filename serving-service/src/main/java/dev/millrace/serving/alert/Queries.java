package dev.millrace.serving.alert;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Variations of a query in Cube's form. */
final class Queries {

    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS");

    private Queries() {}

    /** The same over another range, not cut into units. */
    static JsonNode over(JsonNode query, Instant from, Instant to, ZoneId zone) {
        JsonNode copy = query.deepCopy();
        for (JsonNode time : copy.path("timeDimensions")) {
            if (time instanceof ObjectNode object) {
                object.remove("granularity");
                object.putArray("dateRange")
                        .add(LOCAL.format(LocalDateTime.ofInstant(from, zone)))
                        .add(LOCAL.format(LocalDateTime.ofInstant(to.minusMillis(1), zone)));
            }
        }
        return copy;
    }
}
