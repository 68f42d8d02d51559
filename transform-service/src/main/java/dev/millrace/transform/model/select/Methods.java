package dev.millrace.transform.model.select;

import dev.millrace.transform.model.manifest.ResourceType;
import dev.millrace.transform.model.select.Spec.Criterion;

import org.jspecify.annotations.Nullable;

import java.util.Set;
import java.util.function.Predicate;

/** Finds what a criterion matches, without its relatives. */
final class Methods {

    private final Resources resources;
    private final @Nullable PreviousState state;
    private final StateMethod stateMethod;
    private final PathMethod paths;

    /**
     * @param state what was built before; null if nothing is known of it
     */
    Methods(Resources resources, @Nullable PreviousState state, StateMethod stateMethod) {
        this.resources = resources;
        this.state = state;
        this.stateMethod = stateMethod;
        this.paths = new PathMethod(resources);
    }

    PathMethod paths() {
        return paths;
    }

    Set<String> matching(Criterion criterion) throws InvalidSelectionException {
        return resources.where(predicate(criterion));
    }

    private Predicate<Resource> predicate(Criterion criterion) throws InvalidSelectionException {
        return switch (criterion.method()) {
            case FQN -> NameMethods.fqn(criterion);
            case TAG -> SettingMethods.tag(criterion);
            case GROUP -> SettingMethods.group(criterion);
            case ACCESS -> SettingMethods.access(criterion);
            case SOURCE -> NameMethods.source(criterion);
            case PATH -> paths.predicate(criterion);
            case FILE -> NameMethods.file(criterion);
            case PACKAGE -> NameMethods.inPackage(criterion, resources.manifest().rootPackage());
            case CONFIG -> SettingMethods.config(criterion);
            case TEST_NAME -> TypeMethods.testName(criterion);
            case TEST_TYPE -> TypeMethods.testType(criterion);
            case RESOURCE_TYPE -> TypeMethods.resourceType(criterion);
            case STATE -> stateMethod.predicate(criterion);
            case EXPOSURE -> NameMethods.named(ResourceType.EXPOSURE, criterion);
            case METRIC -> NameMethods.named(ResourceType.METRIC, criterion);
            case RESULT -> ResultMethods.result(criterion, state);
            case SOURCE_STATUS -> ResultMethods.sourceStatus(criterion, state);
            case VERSION -> SettingMethods.version(criterion);
            case SEMANTIC_MODEL -> NameMethods.named(ResourceType.SEMANTIC_MODEL, criterion);
            case SAVED_QUERY -> NameMethods.named(ResourceType.SAVED_QUERY, criterion);
            case UNIT_TEST -> NameMethods.named(ResourceType.UNIT_TEST, criterion);
        };
    }
}
