package dev.millrace.transform.model.parse;

import dev.millrace.transform.model.manifest.Column;
import dev.millrace.transform.model.manifest.NodeProperties;
import dev.millrace.transform.model.manifest.NodeSettings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What a model needs to have that is held to a contract. */
final class ContractSettings {

    private static final Set<String> TYPES =
            Set.of("not_null", "unique", "primary_key", "foreign_key", "check", "custom");
    private static final Set<String> CHECKED = Set.of("table", "view", "incremental");
    private static final Set<String> ENFORCING = Set.of("table", "incremental");

    private final NodeSettings settings;
    private final NodeProperties properties;

    ContractSettings(NodeSettings settings, NodeProperties properties) {
        this.settings = settings;
        this.properties = properties;
    }

    private boolean isEnforced() {
        return "true".equalsIgnoreCase(String.valueOf(settings.map("contract").get("enforced")));
    }

    private Stream<Map<String, Object>> constraints() {
        return Stream.concat(
                properties.constraints().stream(),
                properties.columns().values().stream()
                        .flatMap(column -> column.constraints().stream()));
    }

    /** What its foreign keys refer to, as templates have it. */
    List<String> foreignTables() {
        return isEnforced()
                ? constraints()
                        .filter(each -> "foreign_key".equals(each.get("type")))
                        .map(each -> String.valueOf(each.get("to")))
                        .filter(to -> to.matches("\\s*(ref|source)\\s*\\(.*"))
                        .toList()
                : List.of();
    }

    /** What is wrong; empty if nothing is, or there is no contract. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (!isEnforced()) {
            return problems;
        }
        String materialized = settings.materialized();
        String onChange = settings.text("on_schema_change", "ignore");
        if (materialized.equals("incremental")
                && !Set.of("append_new_columns", "fail").contains(onChange)) {
            problems.add(
                    "an incremental model with a contract needs 'on_schema_change' to be"
                            + " append_new_columns or fail, not "
                            + onChange);
        }
        if (properties.columns().isEmpty()) {
            problems.add("a contract names all columns with their 'data_type'; there are none");
        }
        constraints()
                .map(constraint -> String.valueOf(constraint.get("type")))
                .filter(type -> !TYPES.contains(type))
                .distinct()
                .forEach(
                        type ->
                                problems.add(
                                        "a constraint is not_null, unique, primary_key,"
                                                + " foreign_key, check or custom, not '"
                                                + type
                                                + "'"));
        rejectSeveralKeys(problems);
        return problems;
    }

    private void rejectSeveralKeys(List<String> problems) {
        List<String> keys =
                properties.columns().values().stream()
                        .filter(
                                column ->
                                        column.constraints().stream()
                                                .anyMatch(ContractSettings::isKey))
                        .map(Column::name)
                        .toList();
        boolean ofModel = properties.constraints().stream().anyMatch(ContractSettings::isKey);
        if (keys.size() > 1 || (ofModel && !keys.isEmpty())) {
            problems.add(
                    "there is one primary key at most; one of several columns stands among the"
                            + " constraints of the model: "
                            + String.join(", ", keys));
        }
    }

    private static boolean isKey(Map<String, Object> constraint) {
        return "primary_key".equals(constraint.get("type"));
    }

    /** What is of no effect; empty if nothing is. */
    List<String> warnings() {
        String materialized = settings.materialized();
        if (!isEnforced()) {
            return List.of();
        }
        if (!CHECKED.contains(materialized)) {
            return List.of(
                    "a contract is held by tables, views and incremental models, and has no effect"
                            + " on what is materialized as '"
                            + materialized
                            + "'");
        }
        boolean unsupported = constraints().anyMatch(ContractSettings::isWarnedOf);
        return unsupported && !ENFORCING.contains(materialized)
                ? List.of(
                        "constraints have no effect on what is materialized as '"
                                + materialized
                                + "'; only the columns of its contract are checked")
                : List.of();
    }

    private static boolean isWarnedOf(Map<String, Object> constraint) {
        return !"false".equalsIgnoreCase(String.valueOf(constraint.get("warn_unsupported")));
    }
}
