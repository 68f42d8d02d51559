package dev.millrace.transform.model.select;

import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.OtherResource;
import dev.millrace.transform.model.manifest.ResourceType;
import dev.millrace.transform.model.manifest.SourceTable;
import dev.millrace.transform.model.manifest.UnitTest;

import org.jspecify.annotations.Nullable;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The part of a manifest that a command is about, in the manifest's order. */
public final class Selection {

    private final List<Resource> selected;
    private final List<String> warnings;

    private Selection(List<Resource> selected, List<String> warnings) {
        this.selected = List.copyOf(selected);
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Finds what is selected.
     *
     * @throws InvalidSelectionException if the criteria cannot be understood, or need a state that
     *     is not given
     */
    public static Selection of(Manifest manifest, Criteria criteria)
            throws InvalidSelectionException {
        Resources resources = new Resources(manifest);
        StateMethod stateMethod = new StateMethod(criteria.state(), criteria.macros());
        Methods methods = new Methods(resources, criteria.state(), stateMethod);
        Warnings warnings = new Warnings(new Suggestions(resources, methods.paths()));
        Evaluation evaluation = new Evaluation(resources, methods, criteria.indirect(), warnings);
        String selector = selector(criteria);
        Set<String> ids;
        if (selector == null) {
            ids = evaluation.selected(Arguments.read(criteria.select(), criteria.exclude()));
        } else {
            ids = evaluation.selected(criteria.selectors().definition(selector));
            if (ids.isEmpty()) {
                warnings.nothingSelectedBy(selector);
            }
        }
        stateMethod.warnings().forEach(warnings::add);
        Set<ResourceType> types = types(criteria);
        List<Resource> selected =
                resources.all().stream()
                        .filter(resource -> ids.contains(resource.id()))
                        .filter(resource -> types.contains(resource.type()))
                        .filter(resource -> counts(resource, criteria.command()))
                        .toList();
        return new Selection(selected, warnings.list());
    }

    private static @Nullable String selector(Criteria criteria) throws InvalidSelectionException {
        boolean given = !criteria.select().isEmpty() || !criteria.exclude().isEmpty();
        if (criteria.selector() != null && given) {
            throw new InvalidSelectionException(
                    "--selector " + criteria.selector(),
                    "it cannot stand beside --select or --exclude; write them into the selector");
        }
        return criteria.selector() == null && !given
                ? criteria.selectors().defaultName()
                : criteria.selector();
    }

    private static Set<ResourceType> types(Criteria criteria) {
        Set<ResourceType> types = EnumSet.noneOf(ResourceType.class);
        if (criteria.types().isEmpty()) {
            types.addAll(criteria.command().types());
        } else {
            types.addAll(criteria.types());
            types.retainAll(criteria.command().offered());
        }
        types.removeAll(criteria.withoutTypes());
        return types;
    }

    private static boolean counts(Resource resource, Command command) {
        return switch (resource) {
            case Resource.OfNode(Node node) -> {
                boolean empty = node.type() != ResourceType.SEED && node.code().isBlank();
                yield (command.countsEmpty() || !empty)
                        && !(command.builds() && node.isEphemeral());
            }
            case Resource.OfSource(SourceTable source) ->
                    command != Command.SOURCE_FRESHNESS || source.freshness() != null;
            case Resource.OfOther _, Resource.OfUnitTest _ -> true;
        };
    }

    /** Models, seeds, snapshots, tests, analyses and hooks. */
    public List<Node> nodes() {
        return each(Resource.OfNode.class).map(Resource.OfNode::node).toList();
    }

    public List<UnitTest> unitTests() {
        return each(Resource.OfUnitTest.class).map(Resource.OfUnitTest::unitTest).toList();
    }

    public List<SourceTable> sources() {
        return each(Resource.OfSource.class).map(Resource.OfSource::source).toList();
    }

    /** Exposures, metrics, semantic models and saved queries. */
    public List<OtherResource> others() {
        return each(Resource.OfOther.class).map(Resource.OfOther::other).toList();
    }

    private <R extends Resource> Stream<R> each(Class<R> kind) {
        return selected.stream().filter(kind::isInstance).map(kind::cast);
    }

    /** Ids of all that is selected. */
    public List<String> ids() {
        return selected.stream().map(Resource::id).toList();
    }

    /** What is odd about the criteria, such as a name that nothing has. */
    public List<String> warnings() {
        return warnings;
    }
}
