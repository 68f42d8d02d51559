package dev.millrace.transform.model.select;

import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.NodeProperties;
import dev.millrace.transform.model.manifest.ResourceType;
import dev.millrace.transform.model.select.Spec.Criterion;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Methods that find resources by what is set or said of them. */
final class SettingMethods {

    private static final List<String> VERSIONS = List.of("latest", "prerelease", "old", "none");

    private SettingMethods() {}

    static Predicate<Resource> tag(Criterion criterion) {
        Wildcard wildcard = Wildcard.of(criterion.text());
        return resource -> resource.tags().stream().anyMatch(wildcard::matches);
    }

    static Predicate<Resource> group(Criterion criterion) {
        Wildcard wildcard = Wildcard.of(criterion.text());
        return resource -> {
            String group = groupOf(resource);
            return group != null && wildcard.matches(group);
        };
    }

    static @Nullable String groupOf(Resource resource) {
        return switch (resource) {
            case Resource.OfNode node -> node.group();
            case Resource.OfOther other when other.type() == ResourceType.METRIC -> {
                Map<String, Object> details = other.other().details();
                Object group = details.get("group");
                if (details.get("config") instanceof Map<?, ?> config
                        && config.get("group") != null) {
                    group = config.get("group");
                }
                yield group == null ? null : String.valueOf(group);
            }
            default -> null;
        };
    }

    static Predicate<Resource> access(Criterion criterion) {
        return models(node -> criterion.text().equals(node.properties().access()));
    }

    static Predicate<Resource> version(Criterion criterion) throws InvalidSelectionException {
        return switch (criterion.text()) {
            case "latest" ->
                    models(
                            node ->
                                    node.version() != null
                                            && node.version()
                                                    .equals(node.properties().latestVersion()));
            case "prerelease" -> models(node -> compared(node.properties()) > 0);
            case "old" -> models(node -> compared(node.properties()) < 0);
            case "none" -> models(node -> node.version() == null);
            default ->
                    throw new InvalidSelectionException(
                            criterion.where(),
                            "'" + criterion.text() + "' is none of " + String.join(", ", VERSIONS));
        };
    }

    private static Predicate<Resource> models(Predicate<Node> condition) {
        return resource ->
                resource instanceof Resource.OfNode found
                        && found.type() == ResourceType.MODEL
                        && condition.test(found.node());
    }

    /** How a version stands to the latest; 0 if there is none. */
    private static int compared(NodeProperties properties) {
        String version = properties.version();
        String latest = properties.latestVersion();
        if (version == null || latest == null) {
            return 0;
        }
        try {
            return Double.compare(Double.parseDouble(version), Double.parseDouble(latest));
        } catch (NumberFormatException _) {
            return version.compareTo(latest);
        }
    }

    /** A setting of a node or source table; its own keys are reached by further arguments. */
    static Predicate<Resource> config(Criterion criterion) {
        boolean anyCase = criterion.arguments().equals(List.of("severity"));
        return resource -> {
            Object value = settings(resource);
            for (String key : criterion.arguments()) {
                value = value instanceof Map<?, ?> map ? map.get(key) : null;
            }
            if (value instanceof Collection<?> several) {
                return several.stream().anyMatch(each -> equal(criterion.value(), each, anyCase));
            }
            return equal(criterion.value(), value, anyCase);
        };
    }

    private static @Nullable Object settings(Resource resource) {
        return switch (resource) {
            case Resource.OfNode node -> node.node().settings().all();
            case Resource.OfSource source -> source.source().details().get("config");
            default -> null;
        };
    }

    /** As dbt compares: text is text, and text only counts for true and false beside. */
    private static boolean equal(Object wanted, @Nullable Object value, boolean anyCase) {
        return switch (value) {
            case null -> false;
            case Boolean flag -> String.valueOf(wanted).equalsIgnoreCase(flag.toString());
            case Number number ->
                    wanted instanceof Number && Values.normal(number).equals(Values.normal(wanted));
            case String text when anyCase -> text.equalsIgnoreCase(String.valueOf(wanted));
            default -> value.equals(wanted);
        };
    }
}
