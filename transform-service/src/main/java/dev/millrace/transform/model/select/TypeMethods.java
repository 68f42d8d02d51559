package dev.millrace.transform.model.select;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.transform.model.manifest.ResourceType;
import dev.millrace.transform.model.select.Spec.Criterion;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Methods that find resources by what they are. */
final class TypeMethods {

    /** Types of dbt's that no resource here has. */
    private static final Set<String> WITHOUT_RESOURCES =
            Set.of("rpc", "sql operation", "doc", "macro", "group", "fixture");

    private TypeMethods() {}

    static Predicate<Resource> resourceType(Criterion criterion) throws InvalidSelectionException {
        String value = criterion.text();
        if (WITHOUT_RESOURCES.contains(value)) {
            return resource -> false;
        }
        List<String> labels =
                Arrays.stream(ResourceType.values()).map(ResourceType::label).toList();
        ResourceType type =
                ResourceType.named(value)
                        .orElseThrow(
                                () ->
                                        new InvalidSelectionException(
                                                criterion.where(),
                                                "there is no type '"
                                                        + value
                                                        + "'"
                                                        + NearestName.hint(value, labels)));
        return resource -> resource.type() == type;
    }

    /** The name of a generic test without its package, or that of a unit test. */
    static Predicate<Resource> testName(Criterion criterion) {
        Wildcard wildcard = Wildcard.of(criterion.text());
        return resource ->
                switch (resource) {
                    case Resource.OfNode found ->
                            found.node().test() != null
                                    && wildcard.matches(found.node().test().name());
                    case Resource.OfUnitTest test -> wildcard.matches(test.name());
                    default -> false;
                };
    }

    static Predicate<Resource> testType(Criterion criterion) throws InvalidSelectionException {
        return switch (criterion.text()) {
            case "generic", "schema" -> TypeMethods::isGeneric;
            case "singular" ->
                    resource -> resource.type() == ResourceType.TEST && !isGeneric(resource);
            case "data" -> resource -> resource.type() == ResourceType.TEST;
            case "unit" -> resource -> resource.type() == ResourceType.UNIT_TEST;
            default ->
                    throw new InvalidSelectionException(
                            criterion.where(),
                            "'" + criterion.text() + "' is none of unit, data, generic, singular");
        };
    }

    private static boolean isGeneric(Resource resource) {
        return resource instanceof Resource.OfNode found && found.node().test() != null;
    }
}
