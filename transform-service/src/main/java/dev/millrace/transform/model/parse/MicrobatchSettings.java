package dev.millrace.transform.model.parse;

import dev.millrace.transform.model.manifest.NodeSettings;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What the settings of a model need to have that is built in batches. */
final class MicrobatchSettings {

    private static final Set<String> SIZES = Set.of("hour", "day", "month", "year");

    private static final Set<String> FLAGS = Set.of("true", "false");

    private MicrobatchSettings() {}

    /** What is wrong with them; empty if nothing is, or the model has no batches. */
    static List<String> problems(NodeSettings settings) {
        List<String> problems = new ArrayList<>();
        if (!settings.materialized().equals("incremental")
                || !"microbatch".equals(settings.text("incremental_strategy"))) {
            return problems;
        }
        if (settings.get("event_time") == null) {
            problems.add("a model of batches needs 'event_time': the column that tells their time");
        }
        if (settings.get("begin") == null) {
            problems.add("a model of batches needs 'begin': the day of its first rows");
        }
        String concurrent = settings.text("concurrent_batches", "false");
        if (!FLAGS.contains(concurrent.toLowerCase(Locale.ROOT))) {
            problems.add("'concurrent_batches' is true or false, not '" + concurrent + "'");
        }
        String size = settings.text("batch_size", "");
        if (!SIZES.contains(size.toLowerCase(Locale.ROOT))) {
            problems.add(
                    "a model of batches needs 'batch_size': hour, day, month or year"
                            + (size.isEmpty() ? "" : ", not '" + size + "'"));
        }
        return problems;
    }
}
