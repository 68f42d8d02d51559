package dev.millrace.transform.model.select;

import dev.millrace.transform.model.context.Macros;
import dev.millrace.transform.model.manifest.ResourceType;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;

/**
 * What a user says of the nodes that a command is to be about.
 *
 * @param select values of {@code --select}; none for everything
 * @param exclude values of {@code --exclude}
 * @param selector name of a selector of {@code selectors.yml}; null if none is asked for
 * @param selectors those of the project
 * @param types the only types that count; none for those of the command
 * @param withoutTypes types that do not count
 * @param indirect which tests come along where a selector says nothing else
 * @param state what was built before; null if nothing is known of it
 * @param macros the project's, to find which of them changed; null to leave them out
 */
public record Criteria(
        Command command,
        List<String> select,
        List<String> exclude,
        @Nullable String selector,
        Selectors selectors,
        Set<ResourceType> types,
        Set<ResourceType> withoutTypes,
        IndirectSelection indirect,
        @Nullable PreviousState state,
        @Nullable Macros macros) {

    public Criteria {
        select = List.copyOf(select);
        exclude = List.copyOf(exclude);
        types = Set.copyOf(types);
        withoutTypes = Set.copyOf(withoutTypes);
    }

    /** All that a command is about if nothing else is said. */
    public static Criteria of(Command command) {
        return new Criteria(
                command,
                List.of(),
                List.of(),
                null,
                Selectors.NONE,
                Set.of(),
                Set.of(),
                IndirectSelection.EAGER,
                null,
                null);
    }

    public Criteria select(String... values) {
        return new Criteria(
                command,
                List.of(values),
                exclude,
                selector,
                selectors,
                types,
                withoutTypes,
                indirect,
                state,
                macros);
    }

    public Criteria exclude(String... values) {
        return new Criteria(
                command,
                select,
                List.of(values),
                selector,
                selectors,
                types,
                withoutTypes,
                indirect,
                state,
                macros);
    }

    /** The project's selectors, of which one may be the default. */
    public Criteria among(Selectors ofProject) {
        return new Criteria(
                command,
                select,
                exclude,
                selector,
                ofProject,
                types,
                withoutTypes,
                indirect,
                state,
                macros);
    }

    public Criteria selector(@Nullable String name) {
        return new Criteria(
                command,
                select,
                exclude,
                name,
                selectors,
                types,
                withoutTypes,
                indirect,
                state,
                macros);
    }

    public Criteria types(Set<ResourceType> only) {
        return new Criteria(
                command,
                select,
                exclude,
                selector,
                selectors,
                only,
                withoutTypes,
                indirect,
                state,
                macros);
    }

    public Criteria withoutTypes(Set<ResourceType> without) {
        return new Criteria(
                command, select, exclude, selector, selectors, types, without, indirect, state,
                macros);
    }

    public Criteria indirect(IndirectSelection mode) {
        return new Criteria(
                command,
                select,
                exclude,
                selector,
                selectors,
                types,
                withoutTypes,
                mode,
                state,
                macros);
    }

    /** What {@code state}, {@code result} and {@code source_status} compare with. */
    public Criteria comparedWith(@Nullable PreviousState before, @Nullable Macros ofProject) {
        return new Criteria(
                command,
                select,
                exclude,
                selector,
                selectors,
                types,
                withoutTypes,
                indirect,
                before,
                ofProject);
    }
}
