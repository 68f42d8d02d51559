package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Syntax;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.model.context.DbtSyntax;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.DbtPackage;
import dev.millrace.transform.model.manifest.Relation;
import dev.millrace.transform.model.manifest.ResourceType;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the models, seeds, analyses and singular tests of a package: a node each file. */
final class SqlNodes {

    /** Of a seed that is larger, dbt takes its path for what it holds. */
    private static final int LARGE_SEED = 1 << 20;

    private final PackageFiles files;
    private final Workspace workspace;
    private final Problems problems;

    SqlNodes(PackageFiles files, Workspace workspace, Problems problems) {
        this.files = files;
        this.workspace = workspace;
        this.problems = problems;
    }

    List<Draft> read() {
        List<Draft> drafts = new ArrayList<>();
        DbtPackage.Paths paths = files.dbtPackage().paths();
        files.below(paths.models(), "sql")
                .forEach(file -> sql(file, ResourceType.MODEL, "").ifPresent(drafts::add));
        files.below(paths.analyses(), "sql")
                .forEach(
                        file ->
                                sql(file, ResourceType.ANALYSIS, "analysis")
                                        .ifPresent(drafts::add));
        files.below(paths.tests(), "sql").stream()
                .filter(file -> !MacroReader.isGeneric(file) && !Fixtures.isOne(file))
                .forEach(file -> sql(file, ResourceType.TEST, "").ifPresent(drafts::add));
        files.below(paths.seeds(), "csv").forEach(file -> drafts.add(seed(file)));
        files.below(paths.models(), "py").forEach(this::rejectPython);
        return drafts;
    }

    private void rejectPython(PackageFiles.File file) {
        problems.add(
                new Position(file.project(), 1, 1),
                "models in Python are not offered, as PostgreSQL cannot run them; write SQL, or set"
                        + " 'enabled: false' for it in dbt_project.yml");
    }

    private Optional<Draft> sql(PackageFiles.File file, ResourceType type, String prefix) {
        String code = files.text(file).strip();
        Position position = new Position(file.project(), 1, 1);
        try {
            Template template = Template.parse(file.project(), code, DbtSyntax.SYNTAX);
            String path = prefix.isEmpty() ? file.path() : prefix + "/" + file.path();
            return Optional.of(
                    draft(file, type, file.name(), path, code, Checksum.of(code), template));
        } catch (JinjaException e) {
            JinjaProblems.add(problems, position, e);
            return Optional.empty();
        }
    }

    private Draft seed(PackageFiles.File file) {
        Template empty = Template.parse(file.project(), "", Syntax.JINJA);
        String text = files.text(file);
        String checksum = text.length() > LARGE_SEED ? file.original() : Checksum.of(text.strip());
        return draft(file, ResourceType.SEED, file.name(), file.path(), "", checksum, empty);
    }

    private Draft draft(
            PackageFiles.File file,
            ResourceType type,
            String name,
            String path,
            String code,
            String checksum,
            Template template) {
        DbtPackage own = files.dbtPackage();
        List<String> fqn = new ArrayList<>(List.of(own.name()));
        fqn.addAll(new PackageFiles.File("", "", path).directories());
        fqn.add(name);
        String id = type.label() + "." + own.name() + "." + name;
        return new Draft(
                new Draft.Origin(
                        id,
                        type,
                        own,
                        name,
                        path,
                        file.original(),
                        new Position(file.project(), 1, 1),
                        fqn,
                        code,
                        checksum),
                template,
                assumed(name));
    }

    private Relation assumed(String name) {
        return Relation.of(
                workspace.target().database(),
                workspace.target().schema(),
                name,
                workspace.root().quoting());
    }
}
