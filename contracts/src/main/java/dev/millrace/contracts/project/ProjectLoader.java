package dev.millrace.contracts.project;

import dev.millrace.contracts.project.alert.AlertFiles;
import dev.millrace.contracts.project.alert.AlertModel;
import dev.millrace.contracts.project.contract.Contract;
import dev.millrace.contracts.project.contract.ContractFiles;
import dev.millrace.contracts.project.cube.CubeFiles;
import dev.millrace.contracts.project.cube.CubeModel;
import dev.millrace.contracts.project.source.Source;
import dev.millrace.contracts.project.source.SourceFiles;

import java.util.List;
import java.util.Set;

/** Reads the kinds of file that a service uses, and tells all mistakes in them at once. */
public final class ProjectLoader {

    private final Environment environment;
    private final Set<Kind> kinds;

    /** The kinds of file in a project. */
    public enum Kind {
        /** The sources, and the contracts that their streams are held to. */
        SOURCES,
        CUBES,
        /** What is watched, over the cubes, which are read for them in any case. */
        ALERTS
    }

    public ProjectLoader(Environment environment, Set<Kind> kinds) {
        this.environment = environment;
        this.kinds = Set.copyOf(kinds);
    }

    /**
     * Reads a snapshot.
     *
     * @throws InvalidProjectException with every mistake, if there are any
     */
    public Project load(ProjectFiles files) throws InvalidProjectException {
        Problems problems = new Problems();
        List<Contract> contracts =
                kinds.contains(Kind.SOURCES)
                        ? ContractFiles.read(files, environment, problems)
                        : List.of();
        List<Source> sources =
                kinds.contains(Kind.SOURCES)
                        ? SourceFiles.read(files, environment, contracts, problems)
                        : List.of();
        CubeModel cubes =
                kinds.contains(Kind.CUBES) || kinds.contains(Kind.ALERTS)
                        ? CubeFiles.read(files, environment, problems)
                        : CubeModel.EMPTY;
        AlertModel alerts =
                kinds.contains(Kind.ALERTS)
                        ? AlertFiles.read(files, cubes, environment, problems)
                        : AlertModel.EMPTY;
        if (!problems.isEmpty()) {
            throw new InvalidProjectException(problems.list());
        }
        ProjectFolders.check(files, problems);
        if (kinds.contains(Kind.SOURCES) && sources.isEmpty()) {
            problems.warn(
                    new Position("sources", 1, 1),
                    "the project has no source, so that no data comes in; describe one in"
                            + " sources/<name>.yml");
        }
        return new Project(files, sources, contracts, cubes, alerts, problems.warnings());
    }
}
