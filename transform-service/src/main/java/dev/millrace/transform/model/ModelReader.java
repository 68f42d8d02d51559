package dev.millrace.transform.model;

import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.dbt.ConfigNode;
import dev.millrace.contracts.project.dbt.DbtProject;
import dev.millrace.contracts.project.dbt.NodeProperties;
import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Limits;
import dev.millrace.transform.jinja.Rendering;
import dev.millrace.transform.jinja.Syntax;
import dev.millrace.transform.jinja.Template;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Reads the models of a project, and tells every mistake in them. */
final class ModelReader {

    private final Project project;
    private final DbtProject dbt;
    private final Problems problems;
    private final ProjectContext context;
    private final Naming naming;
    private final SourceTables sourceTables;
    private final Map<String, Node> byName = new TreeMap<>();
    private final Set<String> disabled = new LinkedHashSet<>();
    private final Map<String, SourceTable> sources = new TreeMap<>();

    ModelReader(
            Project project,
            DbtProject dbt,
            ReadableEnvironment environment,
            Map<String, Object> vars,
            Problems problems) {
        this.project = project;
        this.dbt = dbt;
        this.problems = problems;
        Macros macros = Macros.read(project.files(), dbt.name(), dbt.paths().macros(), problems);
        this.context =
                new ProjectContext(
                        dbt.name(),
                        dbt.target(),
                        macros,
                        new Variables(vars, dbt.vars(), dbt.name()),
                        environment,
                        project.revision(),
                        Instant.EPOCH);
        this.naming = new Naming(context);
        this.sourceTables = new SourceTables(project, dbt.name(), dbt.sourceTables());
    }

    ModelGraph read() {
        Map<String, String> models = files(dbt.paths().models(), "sql");
        Map<String, String> seeds = files(dbt.paths().seeds(), "csv");
        Set<String> names = new LinkedHashSet<>(models.keySet());
        seeds.forEach(
                (name, path) -> {
                    if (!names.add(name)) {
                        problems.add(
                                new Position(path, 1, 1),
                                "'" + name + "' is the name of a model, too: " + models.get(name));
                    }
                });
        Map<String, Draft> drafts = new LinkedHashMap<>();
        seeds.forEach((name, path) -> seed(name, path, names));
        models.forEach(
                (name, path) -> draft(name, path, names).ifPresent(d -> drafts.put(name, d)));
        drafts.values().forEach(this::node);
        new Consistency(project, dbt, problems).check(byName.values(), drafts, disabled, names);
        return new ModelGraph(context, dbt, project.revision(), byName.values(), sources, problems);
    }

    /** Files by the name that others refer to them by. */
    private Map<String, String> files(List<String> directories, String extension) {
        Map<String, String> byName = new TreeMap<>();
        for (String directory : directories) {
            for (String path : project.files().below(directory, extension)) {
                String file = path.substring(path.lastIndexOf('/') + 1);
                String name = file.substring(0, file.length() - extension.length() - 1);
                String earlier = byName.putIfAbsent(name, path);
                if (earlier != null && !earlier.equals(path)) {
                    problems.add(
                            new Position(path, 1, 1),
                            "'" + name + "' is the name of another, too: " + earlier);
                }
            }
        }
        return byName;
    }

    private List<String> fqn(String path, String name) {
        List<String> fqn = new ArrayList<>(List.of(dbt.name()));
        List<String> steps = List.of(path.split("/", -1));
        fqn.addAll(steps.subList(Math.min(1, steps.size() - 1), steps.size() - 1));
        fqn.add(name);
        return fqn;
    }

    private void seed(String name, String path, Set<String> names) {
        Template empty = Template.parse(path, "", Syntax.JINJA);
        node(new Draft(name, path, fqn(path, name), empty, names, sourceTables), true);
    }

    private Optional<Draft> draft(String name, String path, Set<String> names) {
        ProjectFiles files = project.files();
        try {
            Template template = Template.parse(path, files.text(path), Macros.SYNTAX);
            Draft draft = new Draft(name, path, fqn(path, name), template, names, sourceTables);
            learn(draft);
            return Optional.of(draft);
        } catch (JinjaException e) {
            JinjaProblems.add(problems, new Position(path, 1, 1), e);
            return Optional.empty();
        }
    }

    /** Renders the query once, for what it refers to and sets. */
    private void learn(Draft draft) {
        Node.Settings known = settings(draft, false, new Problems()).settings(false);
        DbtGlobals.Subject subject =
                new DbtGlobals.Subject(
                        draft.path(),
                        Relation.of(assumed(draft), "view"),
                        NodeDescription.of(
                                "model", draft.path(), draft.fqn(), assumed(draft), known));
        try {
            new Rendering(
                            new DbtGlobals(context, draft, subject, false),
                            DbtGlobals.FILTERS,
                            Limits.DEFAULT)
                    .render(draft.template());
        } catch (JinjaException e) {
            // A model that is switched off may refer to what is not there.
            boolean off = "false".equalsIgnoreCase(String.valueOf(draft.config().get("enabled")));
            if (!off && !switchedOffElsewhere(draft)) {
                throw e;
            }
        }
    }

    /** What a node is called until its settings are known. */
    private RelationName assumed(Draft draft) {
        return new RelationName(dbt.target().schema(), draft.name());
    }

    private boolean switchedOffElsewhere(Draft draft) {
        Problems unseen = new Problems();
        return !settings(draft, false, unseen).settings(false).enabled();
    }

    private void node(Draft draft) {
        node(draft, false);
    }

    private void node(Draft draft, boolean seed) {
        Settings gathered = settings(draft, seed, problems);
        Node.Settings settings = gathered.settings(seed);
        if (!settings.enabled()) {
            disabled.add(draft.name());
            return;
        }
        String type = seed ? "seed" : "model";
        Optional<NodeProperties> properties = properties(draft.name(), seed);
        Set<String> parents = new LinkedHashSet<>();
        draft.refs().forEach(ref -> parents.add(ref));
        draft.sources()
                .forEach(
                        source -> {
                            parents.add(source.id());
                            sources.put(source.id(), source);
                        });
        DictValue description =
                NodeDescription.of(type, draft.path(), draft.fqn(), assumed(draft), settings);
        try {
            RelationName relation =
                    naming.relation(
                            gathered.text("schema"),
                            gathered.text("alias"),
                            draft.name(),
                            description);
            byName.put(
                    draft.name(),
                    new Node(
                            type + "." + dbt.name() + "." + draft.name(),
                            draft.name(),
                            draft.path(),
                            draft.fqn(),
                            draft.template(),
                            settings,
                            relation,
                            properties.map(NodeProperties::description).orElse(""),
                            properties.map(NodeProperties::columns).orElse(List.of()),
                            parents));
        } catch (JinjaException e) {
            JinjaProblems.add(problems, new Position(draft.path(), 1, 1), e);
        }
    }

    private Optional<NodeProperties> properties(String name, boolean seed) {
        return seed ? dbt.seedProperties(name) : dbt.modelProperties(name);
    }

    private Settings settings(Draft draft, boolean seed, Problems collector) {
        Position position = new Position(draft.path(), 1, 1);
        Settings settings = new Settings(position, collector, naming::rendered);
        ConfigNode tree = seed ? dbt.seedConfig() : dbt.modelConfig();
        tree.along(draft.fqn()).forEach(settings::addAll);
        properties(draft.name(), seed).ifPresent(each -> settings.addAll(each.config()));
        draft.config().forEach((name, value) -> settings.add(name, value, position));
        return settings;
    }
}
