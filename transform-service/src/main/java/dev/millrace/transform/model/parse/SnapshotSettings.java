package dev.millrace.transform.model.parse;

import dev.millrace.transform.model.manifest.NodeSettings;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a snapshot's settings need to have. */
final class SnapshotSettings {

    private static final Set<String> HARD_DELETES = Set.of("ignore", "invalidate", "new_record");

    private SnapshotSettings() {}

    /** What is wrong with them; empty if nothing is. */
    static List<String> problems(NodeSettings settings) {
        List<String> problems = new ArrayList<>();
        String strategy = settings.text("strategy");
        if (strategy == null || settings.get("unique_key") == null) {
            problems.add("a snapshot needs the settings 'strategy' and 'unique_key'");
        }
        Object columns = settings.get("check_cols");
        if ("timestamp".equals(strategy)) {
            if (settings.get("updated_at") == null) {
                problems.add("the strategy 'timestamp' needs 'updated_at': when a row has changed");
            }
            if (columns != null) {
                problems.add("'check_cols' are for the strategy 'check', not for 'timestamp'");
            }
        } else if ("check".equals(strategy)) {
            if (columns == null) {
                problems.add(
                        "the strategy 'check' needs 'check_cols': a list of columns, or 'all'");
            } else if (!(columns instanceof List<?>) && !"all".equals(columns)) {
                problems.add("'check_cols' is 'all' or a list of columns, not '" + columns + "'");
            }
        }
        String hardDeletes = settings.text("hard_deletes");
        if (hardDeletes != null && !HARD_DELETES.contains(hardDeletes)) {
            problems.add(
                    "'hard_deletes' is one of ignore, invalidate, new_record, not '"
                            + hardDeletes
                            + "'");
        }
        if (hardDeletes != null && settings.get("invalidate_hard_deletes") != null) {
            problems.add("'hard_deletes' replaces 'invalidate_hard_deletes'; keep one of them");
        }
        if (!settings.materialized().equals("snapshot")) {
            problems.add(
                    "a snapshot is materialized as 'snapshot', not as '"
                            + settings.materialized()
                            + "'");
        }
        return problems;
    }
}
