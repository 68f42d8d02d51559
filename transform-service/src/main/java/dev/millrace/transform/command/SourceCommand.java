package dev.millrace.transform.command;

import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.manifest.SourceTable;
import dev.millrace.transform.model.select.Command;
import dev.millrace.transform.model.select.InvalidSelectionException;
import dev.millrace.transform.run.artifact.FreshnessResult;
import dev.millrace.transform.run.artifact.RunResult;
import dev.millrace.transform.run.node.NodeStatus;
import dev.millrace.transform.run.node.SourceAge;
import dev.millrace.transform.run.node.SourceFreshness;

import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What can be asked of the tables that a project reads. */
@picocli.CommandLine.Command(
        name = "source",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Ask the tables that the project reads.")
final class SourceCommand extends CommandGroup {

    /** Asks source tables how old their newest rows are. */
    @picocli.CommandLine.Command(
            name = "freshness",
            aliases = "snapshot-freshness",
            mixinStandardHelpOptions = true,
            description = "Tell how old the newest rows of source tables are; write sources.json.")
    static final class FreshnessCommand extends ProjectCommand {

        @Mixin private SelectionOptions selection = new SelectionOptions();

        FreshnessCommand(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        int run(Console console)
                throws CommandFailedException,
                        InvalidSelectionException,
                        SQLException,
                        IOException {
            OpenProject project = open(console);
            List<SourceTable> sources =
                    selection(
                                    project,
                                    selection.criteria(Command.SOURCE_FRESHNESS, project),
                                    console)
                            .sources();
            SourceFreshness freshness =
                    new SourceFreshness(project.manifest(), project.workspace());
            Instant began = surroundings().clock().instant();
            List<FreshnessResult> results = new ArrayList<>();
            int failures = 0;
            try (Connections connections = project.connections()) {
                for (SourceTable source : sources) {
                    SourceTable.Freshness limits = source.freshness();
                    if (limits == null) {
                        continue;
                    }
                    Instant asked = surroundings().clock().instant();
                    SourceAge age;
                    try (Session session = connections.open()) {
                        age = freshness.ask(session, source);
                    }
                    results.add(result(age, limits, asked));
                    failures += tell(console, source, age) ? 0 : 1;
                }
            }
            Duration elapsed = Duration.between(began, surroundings().clock().instant());
            project.artifactWriter().sources(results, elapsed);
            console.tell("Done. " + NodeTitle.counted(results.size(), "source") + " asked.");
            return failures == 0 ? 0 : 1;
        }

        private FreshnessResult result(SourceAge age, SourceTable.Freshness limits, Instant asked) {
            if (age.newest() == null || age.askedAt() == null) {
                return new FreshnessResult.Failed(age.source(), String.valueOf(age.problem()));
            }
            NodeStatus status =
                    switch (age.verdict()) {
                        case PASS -> NodeStatus.PASS;
                        case WARN -> NodeStatus.WARN;
                        default -> NodeStatus.ERROR;
                    };
            return new FreshnessResult.Measured(
                    age.source(),
                    status,
                    age.newest(),
                    age.askedAt(),
                    limits,
                    List.of(RunResult.Timing.execute(asked, surroundings().clock().instant())),
                    Thread.currentThread().getName());
        }

        /** Whether it is fresh enough not to fail. */
        private static boolean tell(Console console, SourceTable source, SourceAge age) {
            String name = source.sourceName() + "." + source.name();
            String old = age.age() == null ? "" : ", " + readable(age.age()) + " old";
            return switch (age.verdict()) {
                case PASS -> {
                    console.tell("PASS freshness of " + name + old);
                    yield true;
                }
                case WARN -> {
                    console.complain("WARN freshness of " + name + old);
                    yield true;
                }
                case ERROR -> {
                    console.complain("ERROR STALE freshness of " + name + old);
                    yield false;
                }
                case RUNTIME_ERROR -> {
                    console.complain("ERROR freshness of " + name + ": " + age.problem());
                    yield false;
                }
            };
        }

        private static String readable(Duration age) {
            if (age.toDays() > 0) {
                return age.toDays() + " d " + age.toHoursPart() + " h";
            }
            return age.toHours() > 0
                    ? age.toHours() + " h " + age.toMinutesPart() + " min"
                    : age.toMinutes() + " min " + age.toSecondsPart() + " s";
        }
    }
}
