package dev.millrace.transform.model.parse;

import dev.millrace.transform.model.manifest.SourceTable;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How old a source table may be, and what tells how old it is: the source says it, then its {@code
 * config}, then the table, then the table's {@code config}. Whoever says that there is no {@code
 * freshness} takes away what was said before.
 */
final class SourceLimits {

    private static final String FRESHNESS = "freshness";
    private static final List<String> LOADED_AT = List.of("loaded_at_field", "loaded_at_query");
    private static final List<String> AGES = List.of("warn_after", "error_after");
    private static final Set<String> PERIODS = Set.of("minute", "hour", "day");

    private final String table;
    private final Map<String, String> loadedAt = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private Map<String, Object> limits = new LinkedHashMap<>();

    SourceLimits(String name, Map<String, Object> source, Map<String, Object> table) {
        this.table = name;
        for (Map<String, Object> level : List.of(source, table)) {
            Map<String, Object> config = Yaml.withNulls(level.get("config"));
            limit(level);
            limit(config);
            tell(level, config);
        }
    }

    /** What is wrong with them. */
    List<String> problems() {
        return problems;
    }

    /** The column or query that tells the time of a row; a table has one of them at most. */
    Map<String, String> loadedAt() {
        return loadedAt;
    }

    SourceTable.@Nullable Freshness freshness() {
        SourceTable.Age warn = age("warn_after");
        SourceTable.Age error = age("error_after");
        if (warn == null && error == null) {
            return null;
        }
        return new SourceTable.Freshness(
                warn, error, loadedAt.get("loaded_at_field"), Yaml.text(limits.get("filter")));
    }

    private void limit(Map<String, Object> level) {
        if (!level.containsKey(FRESHNESS)) {
            return;
        }
        if (level.get(FRESHNESS) == null) {
            limits = new LinkedHashMap<>();
            return;
        }
        Yaml.withNulls(level.get(FRESHNESS))
                .forEach(
                        (key, value) -> {
                            if (AGES.contains(key) && value != null) {
                                Map<String, Object> both = Yaml.map(limits.get(key));
                                both.putAll(Yaml.map(value));
                                limits.put(key, both);
                            } else {
                                limits.put(key, value);
                            }
                        });
    }

    private void tell(Map<String, Object> level, Map<String, Object> config) {
        Map<String, String> told = new LinkedHashMap<>();
        for (String key : LOADED_AT) {
            Object value = level.get(key) == null ? config.get(key) : level.get(key);
            if (value != null) {
                told.put(key, String.valueOf(value));
            }
        }
        if (told.size() > 1) {
            problems.add(
                    "the source table '"
                            + table
                            + "' has both 'loaded_at_field' and 'loaded_at_query'; say one of"
                            + " them");
        }
        if (!told.isEmpty()) {
            loadedAt.clear();
            loadedAt.putAll(told);
        }
    }

    private SourceTable.@Nullable Age age(String key) {
        Map<String, Object> written = Yaml.map(limits.get(key));
        if (written.isEmpty()) {
            return null;
        }
        String period = String.valueOf(written.get("period"));
        if (!(written.get("count") instanceof Number count) || !PERIODS.contains(period)) {
            problems.add(
                    "'"
                            + key
                            + "' of the source table '"
                            + table
                            + "' is a count and a period of minute, hour or day, not "
                            + written);
            return null;
        }
        return new SourceTable.Age(count.longValue(), period);
    }
}
