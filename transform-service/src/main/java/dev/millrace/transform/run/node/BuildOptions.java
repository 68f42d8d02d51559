package dev.millrace.transform.run.node;

import dev.millrace.transform.materialization.Build;
import dev.millrace.transform.materialization.BuildFailedException;
import dev.millrace.transform.model.manifest.Column;
import dev.millrace.transform.model.manifest.Node;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Reads out of a node's settings what its relation has beside its rows. */
final class BuildOptions {

    private static final Set<String> PRIVILEGES =
            Set.of("select", "insert", "update", "delete", "truncate", "references", "trigger");

    private BuildOptions() {}

    static Build.Options of(Node node, Build.Tenancy tenancy) throws BuildFailedException {
        Map<String, @Nullable Object> settings = node.settings().all();
        boolean relationDocs = persists(settings, "relation");
        Map<String, String> columns = new LinkedHashMap<>();
        if (persists(settings, "columns")) {
            for (Column column : node.columns().values()) {
                if (!column.description().isEmpty()) {
                    columns.put(column.name(), column.description());
                }
            }
        }
        return new Build.Options(
                Boolean.TRUE.equals(settings.get("unlogged")),
                indexes(settings.get("indexes")),
                relationDocs ? node.properties().description() : "",
                columns,
                grants(settings.get("grants")),
                tenancy);
    }

    private static boolean persists(Map<String, @Nullable Object> settings, String what) {
        return settings.get("persist_docs") instanceof Map<?, ?> map
                && Boolean.TRUE.equals(map.get(what));
    }

    private static List<Build.Index> indexes(@Nullable Object setting) throws BuildFailedException {
        List<Build.Index> indexes = new ArrayList<>();
        for (Object each : items(setting)) {
            if (!(each instanceof Map<?, ?> index)) {
                throw new BuildFailedException(
                        "an index has 'columns', and may have 'unique', 'type'");
            }
            List<String> columns =
                    items(index.get("columns")).stream().map(String::valueOf).toList();
            if (columns.isEmpty()) {
                throw new BuildFailedException("an index needs 'columns'");
            }
            Object type = index.get("type");
            indexes.add(
                    new Build.Index(
                            columns,
                            Boolean.TRUE.equals(index.get("unique")),
                            type == null ? "btree" : String.valueOf(type)));
        }
        return indexes;
    }

    private static Map<String, List<String>> grants(@Nullable Object setting)
            throws BuildFailedException {
        Map<String, List<String>> grants = new TreeMap<>();
        if (setting instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                String privilege = String.valueOf(entry.getKey()).replaceFirst("^\\+", "");
                if (!PRIVILEGES.contains(privilege)) {
                    throw new BuildFailedException(
                            "'"
                                    + privilege
                                    + "' is no privilege that can be granted on a relation");
                }
                grants.put(
                        privilege, items(entry.getValue()).stream().map(String::valueOf).toList());
            }
        }
        return grants;
    }

    private static Collection<?> items(@Nullable Object value) {
        return switch (value) {
            case null -> List.of();
            case Collection<?> several -> several;
            default -> List.of(value);
        };
    }
}
