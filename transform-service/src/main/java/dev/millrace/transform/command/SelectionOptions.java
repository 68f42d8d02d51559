package dev.millrace.transform.command;

import dev.millrace.transform.model.manifest.ResourceType;
import dev.millrace.transform.model.select.Command;
import dev.millrace.transform.model.select.Criteria;
import dev.millrace.transform.model.select.IndirectSelection;
import dev.millrace.transform.model.select.PreviousState;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which nodes a command is about. */
final class SelectionOptions {

    @Option(
            names = {"-s", "--select", "-m", "--models"},
            arity = "1..*",
            paramLabel = "SELECTOR",
            description = "which nodes, in dbt's selection syntax (default: all)")
    private List<String> select = List.of();

    @Option(
            names = "--exclude",
            arity = "1..*",
            paramLabel = "SELECTOR",
            description = "which of those not")
    private List<String> exclude = List.of();

    @Option(
            names = "--selector",
            paramLabel = "NAME",
            description = "a selection of selectors.yml instead")
    private @Nullable String selector;

    @Option(
            names = "--resource-type",
            arity = "1..*",
            paramLabel = "TYPE",
            description = "only these types, such as model or test")
    private List<String> types = List.of();

    @Option(
            names = "--exclude-resource-type",
            arity = "1..*",
            paramLabel = "TYPE",
            description = "all types but these")
    private List<String> withoutTypes = List.of();

    @Option(
            names = "--indirect-selection",
            paramLabel = "MODE",
            defaultValue = "eager",
            description = "which tests come along: eager, cautious, buildable or empty")
    private String indirect = "eager";

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "artifacts of an earlier run, for state:, result: and --defer")
    private @Nullable Path state;

    @Option(
            names = "--defer",
            negatable = true,
            description = "read what is not selected, and not built here, where --state built it")
    private boolean defer;

    @Option(
            names = "--defer-state",
            paramLabel = "DIR",
            description = "artifacts to defer to (default: those of --state)")
    private @Nullable Path deferState;

    @Option(
            names = "--favor-state",
            description = "with --defer: read there also what is built here")
    private boolean favorState;

    Criteria criteria(Command command, OpenProject project) throws CommandFailedException {
        Criteria criteria =
                Criteria.of(command)
                        .among(project.selectors())
                        .select(select.toArray(String[]::new))
                        .exclude(exclude.toArray(String[]::new))
                        .selector(selector)
                        .types(types(types))
                        .withoutTypes(types(withoutTypes))
                        .indirect(indirect());
        PreviousState before = earlier(state, project);
        return before == null
                ? criteria
                : criteria.comparedWith(before, project.workspace().macros());
    }

    private IndirectSelection indirect() throws CommandFailedException {
        return IndirectSelection.named(indirect)
                .orElseThrow(
                        () ->
                                new CommandFailedException(
                                        "--indirect-selection is eager, cautious, buildable or"
                                                + " empty, not '"
                                                + indirect
                                                + "'"));
    }

    private static Set<ResourceType> types(List<String> words) throws CommandFailedException {
        Set<ResourceType> types = EnumSet.noneOf(ResourceType.class);
        for (String word : words) {
            if (word.equals("all")) {
                types.addAll(EnumSet.allOf(ResourceType.class));
            } else if (!word.equals("default")) {
                types.add(
                        ResourceType.named(word)
                                .orElseThrow(
                                        () ->
                                                new CommandFailedException(
                                                        "there is no resource type '"
                                                                + word
                                                                + "'; there are model, seed,"
                                                                + " snapshot, test, unit_test,"
                                                                + " source, exposure and others")));
            }
        }
        return types;
    }

    /** What earlier artifacts say; null if none were named. */
    private static @Nullable PreviousState earlier(@Nullable Path directory, OpenProject project)
            throws CommandFailedException {
        return directory == null ? null : EarlierArtifacts.state(directory, project.artifacts());
    }

    /** Where to look for what is not built here. */
    Deferral deferral(OpenProject project) throws CommandFailedException {
        return new Deferral(project.manifest(), deferredTo(project), favorState);
    }

    private @Nullable PreviousState deferredTo(OpenProject project) throws CommandFailedException {
        if (!defer) {
            return null;
        }
        Path directory = deferState == null ? state : deferState;
        if (directory == null) {
            throw new CommandFailedException(
                    "--defer needs --state, the directory of another environment's manifest.json");
        }
        return EarlierArtifacts.state(directory, project.artifacts());
    }

    /** What is compared with, or taken from, which must be named. */
    PreviousState needed(OpenProject project) throws CommandFailedException {
        PreviousState before = earlier(state, project);
        if (before == null) {
            throw new CommandFailedException(
                    "this needs --state, the directory of another environment's manifest.json");
        }
        return before;
    }

    List<String> select() {
        return select;
    }

    List<String> exclude() {
        return exclude;
    }

    /** Whether more is asked for than a running service takes: names of nodes. */
    boolean beyondNames() {
        return selector != null
                || !types.isEmpty()
                || !withoutTypes.isEmpty()
                || state != null
                || defer
                || !indirect.equals("eager");
    }

    /** The same as {@code run_results.json} has it, from which a retry takes it up. */
    Map<String, Object> written() {
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("select", select);
        written.put("exclude", exclude);
        if (selector != null) {
            written.put("selector", selector);
        }
        written.put("indirect_selection", indirect);
        written.put("defer", defer);
        written.put("favor_state", favorState);
        if (state != null) {
            written.put("state", state.toString());
        }
        if (deferState != null) {
            written.put("defer_state", deferState.toString());
        }
        return written;
    }
}
