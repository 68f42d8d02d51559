package dev.millrace.transform.command;

import dev.millrace.contracts.project.Problem;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.ProjectListing;
import dev.millrace.contracts.project.YamlValue;
import dev.millrace.transform.materialization.Materializer;
import dev.millrace.transform.model.context.Invocation;
import dev.millrace.transform.model.context.ReadableEnvironment;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.Documentation;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.parse.DocumentationReader;
import dev.millrace.transform.model.parse.ProjectBasis;
import dev.millrace.transform.model.select.Selectors;
import dev.millrace.transform.run.artifact.ArtifactHeader;
import dev.millrace.transform.run.artifact.Artifacts;
import dev.millrace.transform.run.artifact.ManifestContents;
import dev.millrace.transform.run.node.NodeRunner;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/** A project that was read without mistakes, and the warehouse that it is built in. */
final class OpenProject {

    private static final String PROJECT = "dbt_project.yml";

    private static final Set<String> WRITTEN =
            Set.of("manifest.json", "run_results.json", "catalog.json", "sources.json");

    /** How long a relation that is ready waits for a gap between its readers. */
    private static final Duration LOCK_PATIENCE = Duration.ofSeconds(20);

    private final ProjectFiles files;
    private final Destination destination;
    private final ProjectParsing parsing;
    private final ProjectParsing.Parsed parsed;
    private final Duration readIn;

    private OpenProject(
            ProjectFiles files,
            Destination destination,
            ProjectParsing parsing,
            ProjectParsing.Parsed parsed,
            Duration readIn) {
        this.files = files;
        this.destination = destination;
        this.parsing = parsing;
        this.parsed = parsed;
        this.readIn = readIn;
    }

    /**
     * Reads a project for a command.
     *
     * @param command dbt's word for it
     * @throws CommandFailedException with all mistakes of the project
     */
    static OpenProject open(
            ProjectOptions options, Surroundings surroundings, String command, Console console)
            throws CommandFailedException, IOException {
        Path directory = options.project();
        if (!Files.isRegularFile(directory.resolve(PROJECT))) {
            throw new CommandFailedException(
                    directory.toAbsolutePath().normalize()
                            + " is no dbt project: there is no "
                            + PROJECT
                            + " in it. Name one with --project");
        }
        Map<String, Object> vars = vars(options.vars());
        Instant began = surroundings.clock().instant();
        ProjectListing listing = ProjectListing.of(directory).without(artifacts(options));
        Duration listedIn = Duration.between(began, surroundings.clock().instant());
        ProjectFiles files = ProjectFiles.later(listing);
        Destination destination = Destination.of(options, files, vars, surroundings);
        Invocation invocation =
                Invocation.of(UUID.randomUUID().toString(), surroundings.clock().instant(), command)
                        .with(vars);
        ProjectBasis basis =
                new ProjectBasis(
                        destination.target(),
                        invocation,
                        ReadableEnvironment.ofUser(surroundings.environment()),
                        surroundings.clock(),
                        console);
        ProjectParsing parsing = new ProjectParsing(options, surroundings, basis);
        Instant listed = surroundings.clock().instant();
        ProjectParsing.Parsed parsed = parsing.partially(files, listing, began);
        Duration parsedIn = Duration.between(listed, surroundings.clock().instant());
        return new OpenProject(files, destination, parsing, parsed, listedIn.plus(parsedIn));
    }

    /** What commands write, if that is within the project. */
    private static Predicate<String> artifacts(ProjectOptions options) {
        Path project = options.project().toAbsolutePath().normalize();
        Path artifacts = options.artifacts().toAbsolutePath().normalize();
        if (!artifacts.startsWith(project)) {
            return path -> false;
        }
        Path within = project.relativize(artifacts);
        return path -> {
            Path file = Path.of(path);
            if (!file.startsWith(within) && !within.toString().isEmpty()) {
                return false;
            }
            Path written = within.toString().isEmpty() ? file : within.relativize(file);
            return WRITTEN.contains(written.toString()) || written.startsWith("compiled");
        };
    }

    /** The same with one more file. */
    OpenProject with(String path, String text) throws CommandFailedException {
        Map<String, byte[]> more = new LinkedHashMap<>(files.contents());
        more.put(path, text.getBytes(StandardCharsets.UTF_8));
        ProjectFiles all = ProjectFiles.of(more);
        return new OpenProject(all, destination, parsing, parsing.anew(all), readIn);
    }

    /** Values of {@code --vars}. */
    static Map<String, Object> vars(String yaml) throws CommandFailedException {
        Map<String, Object> vars = new LinkedHashMap<>();
        YamlValue.inlineMapping(yaml)
                .orElseThrow(
                        () ->
                                new CommandFailedException(
                                        "--vars is a mapping in YAML or JSON, such as '{\"days\":"
                                                + " 7}', not '"
                                                + yaml
                                                + "'"))
                .forEach(
                        (name, value) -> {
                            if (value != null) {
                                vars.put(name, value);
                            }
                        });
        return vars;
    }

    ProjectOptions options() {
        return parsing.options();
    }

    Surroundings surroundings() {
        return parsing.surroundings();
    }

    ProjectFiles files() {
        return files;
    }

    Destination destination() {
        return destination;
    }

    Manifest manifest() {
        return parsed.read().manifest();
    }

    Workspace workspace() {
        return parsed.read().workspace();
    }

    List<Problem> warnings() {
        return parsed.warnings();
    }

    /** How long it took from its files to what they mean. */
    Duration readIn() {
        return readIn;
    }

    /** Whether it was not read, but taken over from an earlier command. */
    boolean isTakenOver() {
        return parsed.takenOver();
    }

    /** Named selections of the project. */
    Selectors selectors() throws CommandFailedException {
        Problems problems = new Problems();
        Selectors selectors = Selectors.read(files, problems);
        if (!problems.isEmpty()) {
            throw new CommandFailedException(Mistakes.text(problems.list()));
        }
        return selectors;
    }

    /** Directory of the artifacts. */
    Path artifacts() {
        return options().artifacts();
    }

    /** Writes the artifacts of this invocation. */
    Artifacts artifactWriter() {
        return new Artifacts(
                artifacts(),
                ArtifactHeader.of(workspace().invocation().id(), surroundings().variables()),
                surroundings().clock());
    }

    Documentation documentation() throws CommandFailedException {
        Problems problems = new Problems();
        Documentation documentation = new DocumentationReader(files, workspace(), problems).read();
        if (!problems.isEmpty()) {
            throw new CommandFailedException(Mistakes.text(problems.list()));
        }
        return documentation;
    }

    /** The project as {@code manifest.json} has it before anything is run. */
    ManifestContents contents() throws CommandFailedException {
        return ManifestContents.parsed(
                options().project(), manifest(), workspace(), documentation());
    }

    /** Carries out nodes of the project in an invocation. */
    NodeRunner runner(Invocation invocation) {
        // Seeds are asked for when it is their turn, and descriptions at the end.
        files.readAhead();
        return new NodeRunner(
                manifest(),
                workspace().during(invocation),
                new Materializer(LOCK_PATIENCE),
                files::text);
    }

    /** Connections to the warehouse; who asks for them closes them. */
    Connections connections() {
        return new Connections(destination.access());
    }
}
