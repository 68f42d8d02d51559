package dev.millrace.contracts.project.dbt;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the YAML files of a dbt project say.
 *
 * @param name the project's name, which is also that of its package
 * @param paths where its files are
 * @param vars variables by name; those of a package stand in a map under its name
 * @param modelConfig settings of models, by directory
 * @param seedConfig settings of seeds, by directory
 * @param target where models are built
 * @param hooks statements to run at the beginning and end of a run
 * @param models what properties files say of models
 * @param seeds what properties files say of seeds
 * @param sourceTables tables that properties files declare as sources
 * @param notices what the project asks for and this version does not do
 */
public record DbtProject(
        String name,
        Paths paths,
        Map<String, Object> vars,
        ConfigNode modelConfig,
        ConfigNode seedConfig,
        DbtTarget target,
        Hooks hooks,
        List<NodeProperties> models,
        List<NodeProperties> seeds,
        List<DbtSourceTable> sourceTables,
        List<Notice> notices) {

    public DbtProject {
        vars = Map.copyOf(vars);
        models = List.copyOf(models);
        seeds = List.copyOf(seeds);
        sourceTables = List.copyOf(sourceTables);
        notices = List.copyOf(notices);
    }

    /** Directories, relative to that of the project. */
    public record Paths(List<String> models, List<String> seeds, List<String> macros) {}

    /** Statements to run around a run. */
    public record Hooks(List<String> onRunStart, List<String> onRunEnd) {}

    public Optional<NodeProperties> modelProperties(String model) {
        return models.stream().filter(properties -> properties.name().equals(model)).findFirst();
    }

    public Optional<NodeProperties> seedProperties(String seed) {
        return seeds.stream().filter(properties -> properties.name().equals(seed)).findFirst();
    }
}
