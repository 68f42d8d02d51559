package dev.millrace.contracts.project;

import dev.millrace.contracts.project.alert.AlertModel;
import dev.millrace.contracts.project.contract.Contract;
import dev.millrace.contracts.project.cube.CubeModel;
import dev.millrace.contracts.project.source.Source;

import java.util.List;
import java.util.Optional;

/**
 * A project that was read without mistakes, as one revision of it.
 *
 * @param files the files as they were
 * @param sources where data comes from; empty if they were not asked for
 * @param contracts what streams may be held to; empty if sources were not asked for
 * @param cubes the metrics; empty if they were not asked for
 * @param alerts what is watched and who is told; empty if they were not asked for
 * @param warnings what does no harm, but is probably not what was meant, and what this version
 *     leaves out; in the order of files and lines
 */
public record Project(
        ProjectFiles files,
        List<Source> sources,
        List<Contract> contracts,
        CubeModel cubes,
        AlertModel alerts,
        List<Problem> warnings) {

    public Project {
        sources = List.copyOf(sources);
        contracts = List.copyOf(contracts);
        warnings = List.copyOf(warnings);
    }

    /** A project without contracts, alerts and warnings. */
    public Project(ProjectFiles files, List<Source> sources, CubeModel cubes) {
        this(files, sources, List.of(), cubes, AlertModel.EMPTY, List.of());
    }

    /** Names these contents; stands in messages and runs. */
    public String revision() {
        return files.revision();
    }

    public Optional<Source> source(String name) {
        return sources.stream().filter(source -> source.name().equals(name)).findFirst();
    }
}
