package dev.millrace.transform.model.context;

import dev.millrace.transform.model.manifest.NodeSettings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The names of the columns that a snapshot adds to those of its query. */
public final class SnapshotColumns {

    /** What macros know the names under. */
    static final String NAME = "snapshot_table_column_names";

    /** What projects write where they want others than dbt's. */
    static final String SETTING = "snapshot_meta_column_names";

    private static final List<String> ALL =
            List.of(
                    "dbt_valid_to",
                    "dbt_valid_from",
                    "dbt_scd_id",
                    "dbt_updated_at",
                    "dbt_is_deleted");

    private SnapshotColumns() {}

    /** The names by those that dbt has for them. */
    public static Map<String, String> of(NodeSettings settings) {
        Map<String, Object> given = settings.map(SETTING);
        Map<String, String> names = new LinkedHashMap<>();
        ALL.forEach(name -> names.put(name, String.valueOf(given.getOrDefault(name, name))));
        return names;
    }
}
