package dev.millrace.transform.command;

import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.model.select.Criteria;
import dev.millrace.transform.model.select.InvalidSelectionException;
import dev.millrace.transform.model.select.Selection;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/** A command about a project. Its exit codes are dbt's: 0 done, 1 a node failed, 2 not begun. */
abstract class ProjectCommand implements Callable<Integer> {

    private static final int NOT_BEGUN = 2;

    @Mixin private ProjectOptions options = new ProjectOptions();

    @Spec private CommandSpec spec = CommandSpec.create();

    private final Surroundings surroundings;

    ProjectCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public final Integer call() {
        Console console =
                new Console(spec.commandLine().getOut(), surroundings.clock(), options.quiet());
        try {
            return run(console);
        } catch (CommandFailedException e) {
            return failed(String.valueOf(e.getMessage()));
        } catch (InvalidSelectionException e) {
            return failed(String.valueOf(e.getMessage()));
        } catch (SQLException e) {
            return failed(
                    "the warehouse refuses: "
                            + dev.millrace.transform.materialization.Session.problem(e));
        } catch (IOException | UncheckedIOException e) {
            return failed(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed("the command was stopped");
        }
    }

    private int failed(String message) {
        spec.commandLine().getErr().println("millrace: " + message);
        spec.commandLine().getErr().flush();
        return NOT_BEGUN;
    }

    abstract int run(Console console)
            throws CommandFailedException,
                    InvalidSelectionException,
                    SQLException,
                    IOException,
                    InterruptedException;

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    ProjectOptions options() {
        return options;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    /** dbt's word for the command. */
    String word() {
        return spec.name();
    }

    /** Reads the project, and tells what is in it. */
    OpenProject open(Console console) throws CommandFailedException, IOException {
        OpenProject project = OpenProject.open(options, surroundings, word(), console);
        project.warnings().forEach(warning -> console.complain("[WARNING]: " + warning));
        console.tell("Found " + contents(project));
        console.tell("Warehouse: " + project.destination().told());
        return project;
    }

    private static String contents(OpenProject project) {
        Map<String, Integer> kinds = new TreeMap<>();
        for (Node node : project.manifest().nodes().values()) {
            String kind =
                    switch (node.type()) {
                        case MODEL -> "model";
                        case TEST -> "data test";
                        case OPERATION -> "project hook";
                        default -> node.type().label();
                    };
            kinds.merge(kind, 1, Integer::sum);
        }
        project.manifest()
                .others()
                .values()
                .forEach(
                        other ->
                                kinds.merge(
                                        other.type()
                                                .label()
                                                .replace('_', ' ')
                                                .toLowerCase(Locale.ROOT),
                                        1,
                                        Integer::sum));
        kinds.merge("unit test", project.manifest().unitTests().size(), Integer::sum);
        kinds.merge("source", project.manifest().sources().size(), Integer::sum);
        kinds.merge("macro", project.workspace().macros().all().size(), Integer::sum);
        List<String> counts = new ArrayList<>();
        kinds.forEach(
                (kind, count) -> {
                    if (count > 0) {
                        counts.add(NodeTitle.counted(count, kind));
                    }
                });
        return String.join(", ", counts);
    }

    /** What is selected; what is odd about the selection is told. */
    static Selection selection(OpenProject project, Criteria criteria, Console console)
            throws InvalidSelectionException {
        Selection selection = Selection.of(project.manifest(), criteria);
        selection.warnings().forEach(warning -> console.complain("[WARNING]: " + warning));
        return selection;
    }

    /** What of a selection is carried out. */
    static List<Step> steps(Selection selection) {
        List<Step> steps = new ArrayList<>(selection.nodes());
        steps.addAll(selection.unitTests());
        return steps;
    }
}
