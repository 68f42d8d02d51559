package dev.millrace.transform.model.select;

import dev.millrace.transform.model.manifest.Column;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.NodeProperties;
import dev.millrace.transform.model.manifest.NodeSettings;
import dev.millrace.transform.model.manifest.ResourceType;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Compares a node with what it was, by dbt's rules of what is a change. */
final class NodeComparison {

    private final Node now;
    private final PreviousResource before;
    private final SettingsComparison settings;
    private final Consumer<String> warnings;

    NodeComparison(Node now, PreviousResource before, Consumer<String> warnings) {
        this.now = now;
        this.before = before;
        this.settings = new SettingsComparison(now.settings(), before.settings());
        this.warnings = warnings;
    }

    boolean sameContents() {
        boolean sameName = now.fqn().equals(texts(before.get("fqn")));
        if (now.test() != null) {
            return sameName && sameSettings();
        }
        boolean sameContract = sameContract();
        return sameContract
                && sameName
                && sameBody()
                && sameSettings()
                && samePersistedDescriptions()
                && sameRelation()
                && (now.type() != ResourceType.MODEL || sameForReferences());
    }

    private static java.util.List<String> texts(@Nullable Object list) {
        return PreviousResource.listOf(list).stream().map(String::valueOf).toList();
    }

    /** The code; of a generic test, which has none of its own, its id says all. */
    boolean sameBody() {
        if (now.type() == ResourceType.SEED) {
            return sameSeed();
        }
        return now.test() != null || now.code().strip().equals(before.text("raw_code").strip());
    }

    private boolean sameSeed() {
        Map<String, @Nullable Object> checksum = before.map("checksum");
        if (!"path".equals(checksum.get("name"))) {
            return now.checksum().equals(checksum.get("checksum"));
        }
        warnings.accept(
                "seed "
                        + now.name()
                        + ": dbt wrote down no checksum of it, as it is over 1 MiB; whether its"
                        + " rows have changed is not known");
        return true;
    }

    boolean sameSettings() {
        return settings.same(now.type());
    }

    /** What is built is called the same; a name that the target gives is no change. */
    boolean sameRelation() {
        return settings.sameRelation();
    }

    /** Descriptions, where they are written into the warehouse. */
    boolean samePersistedDescriptions() {
        NodeSettings mine = now.settings();
        Map<String, Object> persisted = mine.map("persist_docs");
        boolean sameRelation =
                !isOn(persisted.get("relation"))
                        || now.properties().description().equals(before.text("description"));
        return sameRelation
                && (!isOn(persisted.get("columns"))
                        || columnDescriptions().equals(columnDescriptionsBefore()));
    }

    private static boolean isOn(@Nullable Object value) {
        return "true".equalsIgnoreCase(String.valueOf(value));
    }

    private Map<String, String> columnDescriptions() {
        Map<String, String> descriptions = new TreeMap<>();
        for (Column column : now.columns().values()) {
            descriptions.put(column.name(), column.description());
        }
        return descriptions;
    }

    private Map<String, String> columnDescriptionsBefore() {
        Map<String, String> descriptions = new TreeMap<>();
        before.map("columns")
                .forEach(
                        (name, column) -> {
                            Object text = PreviousResource.mapOf(column).get("description");
                            descriptions.put(name, text == null ? "" : String.valueOf(text));
                        });
        return descriptions;
    }

    /** What decides whether others may refer to it, and to which version. */
    private boolean sameForReferences() {
        NodeProperties properties = now.properties();
        return orEmpty(properties.latestVersion()).equals(before.text("latest_version"))
                && (!before.values().containsKey("access")
                        || properties.access().equals(before.text("access")))
                && day(orEmpty(properties.deprecationDate()))
                        .equals(day(before.text("deprecation_date")));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** dbt writes down the beginning of a day for the day. */
    private static String day(String date) {
        return date.length() > 10 ? date.substring(0, 10) : date;
    }

    /** What a model promises to those that read it. */
    boolean sameContract() {
        if (now.type() != ResourceType.MODEL) {
            return true;
        }
        ContractComparison contract = new ContractComparison(now, before);
        if (!contract.breaks().isEmpty()) {
            warnings.accept(
                    "model "
                            + now.name()
                            + (now.version() == null ? "" : " version " + now.version())
                            + ": its contract no longer holds for those that read it: "
                            + String.join("; ", contract.breaks())
                            + (now.version() == null
                                    ? ""
                                    : "; make a new version, and leave this one as it was"));
        }
        return contract.same();
    }
}
