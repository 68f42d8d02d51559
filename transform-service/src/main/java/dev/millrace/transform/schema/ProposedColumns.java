package dev.millrace.transform.schema;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The columns of a proposal, as they are stored, and as they grow with what waits for it. */
final class ProposedColumns {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<List<NeededColumn>> COLUMNS = new TypeReference<>() {};

    private ProposedColumns() {}

    static String write(List<NeededColumn> columns) {
        return JSON.writeValueAsString(columns);
    }

    static List<NeededColumn> read(String json) {
        return JSON.readValue(json, COLUMNS);
    }

    /** What waits together decides on types, as the rows of one batch do. */
    static List<NeededColumn> merged(List<NeededColumn> known, List<NeededColumn> more) {
        Map<String, NeededColumn> merged = new LinkedHashMap<>();
        known.forEach(column -> merged.put(column.name(), column));
        for (NeededColumn column : more) {
            NeededColumn there = merged.get(column.name());
            if (there != null) {
                merged.put(column.name(), there.ofType(there.type().join(column.type())));
            } else if (merged.size() < Table.MAX_COLUMNS) {
                merged.put(column.name(), column);
            }
        }
        return List.copyOf(merged.values());
    }
}
