package dev.millrace.transform.model.select;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.transform.model.context.Macros;
import dev.millrace.transform.model.select.Spec.Criterion;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Finds resources by what has changed of them since a manifest was written. */
final class StateMethod {

    private static final List<String> VALUES =
            List.of(
                    "new",
                    "old",
                    "modified",
                    "unmodified",
                    "modified.body",
                    "modified.configs",
                    "modified.persisted_descriptions",
                    "modified.relation",
                    "modified.macros",
                    "modified.contract");

    private final @Nullable PreviousManifest before;
    private final @Nullable Macros macros;
    private final Set<String> warnings = new LinkedHashSet<>();

    /**
     * @param state what was built before; null if nothing is known of it
     * @param macros the project's; null to leave changes of macros out
     */
    StateMethod(@Nullable PreviousState state, @Nullable Macros macros) {
        this.before = state == null ? null : state.manifest();
        this.macros = macros;
    }

    /** What is odd about a change. */
    List<String> warnings() {
        return new ArrayList<>(warnings);
    }

    Predicate<Resource> predicate(Criterion criterion) throws InvalidSelectionException {
        String value = criterion.text();
        if (!VALUES.contains(value)) {
            throw new InvalidSelectionException(
                    criterion.where(),
                    "'"
                            + value
                            + "' is none of "
                            + String.join(", ", VALUES)
                            + NearestName.hint(value, VALUES));
        }
        if (before == null) {
            throw new InvalidSelectionException(
                    criterion.where(),
                    "this needs the manifest.json of a run before; give its directory with"
                            + " --state");
        }
        Map<String, PreviousResource> old = before.resources();
        MacroChanges macroChanges = new MacroChanges(before.macros(), macros);
        return switch (value) {
            case "new" -> resource -> !old.containsKey(resource.id());
            case "old" -> resource -> old.containsKey(resource.id());
            case "modified" -> resource -> isModified(resource, old, macroChanges);
            case "unmodified" -> resource -> !isModified(resource, old, macroChanges);
            case "modified.macros" -> macroChanges::concern;
            default -> {
                String part = value.substring(value.indexOf('.') + 1);
                yield resource -> isModified(resource, old.get(resource.id()), part);
            }
        };
    }

    private boolean isModified(
            Resource resource, Map<String, PreviousResource> old, MacroChanges macroChanges) {
        PreviousResource earlier = old.get(resource.id());
        boolean differs =
                switch (resource) {
                    case Resource.OfNode node ->
                            earlier == null || !nodes(node, earlier).sameContents();
                    case Resource.OfUnitTest test ->
                            earlier == null
                                    || !OtherComparison.sameUnitTest(test.unitTest(), earlier);
                    // dbt does not take these for changed when they are new.
                    case Resource.OfSource source ->
                            earlier != null
                                    && !new SourceComparison(source.source(), earlier)
                                            .sameContents();
                    case Resource.OfOther other ->
                            earlier != null
                                    && !OtherComparison.sameContents(other.other(), earlier);
                };
        return differs || macroChanges.concern(resource);
    }

    private NodeComparison nodes(Resource.OfNode node, PreviousResource earlier) {
        return new NodeComparison(node.node(), earlier, warnings::add);
    }

    /** Whether one part of a resource has changed; what is new has changed in every part. */
    private boolean isModified(Resource resource, @Nullable PreviousResource earlier, String part) {
        return switch (resource) {
            case Resource.OfNode node -> earlier == null || isModified(nodes(node, earlier), part);
            case Resource.OfSource source ->
                    switch (part) {
                        case "configs" -> earlier == null;
                        case "relation" ->
                                earlier == null
                                        || !new SourceComparison(source.source(), earlier)
                                                .sameRelation();
                        default -> false;
                    };
            case Resource.OfOther other ->
                    part.equals("configs")
                            && (earlier == null
                                    || !OtherComparison.sameSettings(other.other(), earlier));
            case Resource.OfUnitTest _ -> false;
        };
    }

    private static boolean isModified(NodeComparison comparison, String part) {
        return !switch (part) {
            case "body" -> comparison.sameBody();
            case "configs" -> comparison.sameSettings();
            case "persisted_descriptions" -> comparison.samePersistedDescriptions();
            case "relation" -> comparison.sameRelation();
            default -> comparison.sameContract();
        };
    }
}
