package dev.millrace.transform.model.select;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.ResourceType;
import dev.millrace.transform.model.select.Spec.Criterion;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/** What somebody probably meant by a criterion that matches nothing. */
final class Suggestions {

    private static final List<String> STATUSES =
            List.of("success", "error", "skipped", "pass", "fail", "warn");

    private final Resources resources;
    private final PathMethod paths;

    Suggestions(Resources resources, PathMethod paths) {
        this.resources = resources;
        this.paths = paths;
    }

    /** The end of a sentence, or nothing. */
    String of(Criterion criterion) {
        String value = criterion.text();
        if (Wildcard.isPattern(value)) {
            return criterion.method() == Method.FQN ? ofPattern("*." + value) : "";
        }
        if (criterion.method() == Method.FQN) {
            return ofName(value);
        }
        return NearestName.hint(value, candidates(criterion.method()));
    }

    private String ofPattern(String longer) {
        boolean matches =
                resources.all().stream()
                        .anyMatch(
                                resource ->
                                        resource.type() != ResourceType.SOURCE
                                                && QualifiedName.matches(resource, longer));
        return matches ? "; a pattern is held against directories as well: '" + longer + "'" : "";
    }

    private String ofName(String value) {
        for (Node node : resources.manifest().disabled().values()) {
            if (node.name().equals(value)) {
                return "; it is switched off at " + node.position();
            }
        }
        boolean source =
                resources.manifest().sources().values().stream()
                        .anyMatch(
                                table ->
                                        value.equals(table.sourceName())
                                                || value.equals(table.name()));
        return source
                ? "; a source is selected by the method of that name, as in source:" + value
                : NearestName.hint(value, candidates(Method.FQN));
    }

    private Set<String> candidates(Method method) {
        return switch (method) {
            case FQN -> names(resource -> resource.type() != ResourceType.SOURCE, Resource::name);
            case TAG -> {
                Set<String> tags = new TreeSet<>();
                resources.all().forEach(resource -> tags.addAll(resource.tags()));
                yield tags;
            }
            case GROUP -> names(resource -> true, SettingMethods::groupOf);
            case ACCESS -> Set.of("private", "protected", "public");
            case SOURCE -> sources();
            case PATH -> {
                Set<String> known = new TreeSet<>(paths.files());
                known.addAll(paths.directories());
                yield known;
            }
            case FILE ->
                    names(
                            resource -> true,
                            resource ->
                                    resource.file()
                                            .substring(resource.file().lastIndexOf('/') + 1));
            case PACKAGE -> names(resource -> true, Resource::packageName);
            case TEST_NAME -> names(resource -> true, Suggestions::testName);
            case EXPOSURE -> named(ResourceType.EXPOSURE);
            case METRIC -> named(ResourceType.METRIC);
            case SEMANTIC_MODEL -> named(ResourceType.SEMANTIC_MODEL);
            case SAVED_QUERY -> named(ResourceType.SAVED_QUERY);
            case UNIT_TEST -> named(ResourceType.UNIT_TEST);
            case RESULT -> new TreeSet<>(STATUSES);
            case SOURCE_STATUS -> Set.of("fresher");
            case CONFIG, TEST_TYPE, RESOURCE_TYPE, STATE, VERSION -> Set.of();
        };
    }

    private Set<String> named(ResourceType type) {
        return names(resource -> resource.type() == type, Resource::name);
    }

    private static @Nullable String testName(Resource resource) {
        return switch (resource) {
            case Resource.OfNode found when found.node().test() != null ->
                    found.node().test().name();
            case Resource.OfUnitTest test -> test.name();
            default -> null;
        };
    }

    private Set<String> sources() {
        Set<String> names = new TreeSet<>();
        resources
                .manifest()
                .sources()
                .values()
                .forEach(
                        table -> {
                            names.add(table.sourceName());
                            names.add(table.sourceName() + "." + table.name());
                        });
        return names;
    }

    private Set<String> names(
            Predicate<Resource> condition, Function<Resource, @Nullable String> name) {
        Set<String> names = new TreeSet<>();
        for (Resource resource : resources.all()) {
            String found = condition.test(resource) ? name.apply(resource) : null;
            if (found != null) {
                names.add(found);
            }
        }
        return names;
    }
}
