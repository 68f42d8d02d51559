package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.transform.jinja.Block;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.model.context.DbtSyntax;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.DbtPackage;
import dev.millrace.transform.model.manifest.Relation;
import dev.millrace.transform.model.manifest.ResourceType;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Finds the snapshots of a package: blocks in SQL files, and what properties files describe. */
final class SnapshotReader {

    private final PackageFiles files;
    private final Workspace workspace;
    private final Problems problems;

    SnapshotReader(PackageFiles files, Workspace workspace, Problems problems) {
        this.files = files;
        this.workspace = workspace;
        this.problems = problems;
    }

    List<Draft> read() {
        List<Draft> drafts = new ArrayList<>();
        for (PackageFiles.File file : files.below(files.dbtPackage().paths().snapshots(), "sql")) {
            try {
                Template.parse(file.project(), files.text(file), DbtSyntax.SYNTAX).blocks().stream()
                        .filter(block -> block.tag().equals("snapshot"))
                        .forEach(block -> drafts.add(draft(file, block)));
            } catch (JinjaException e) {
                JinjaProblems.add(problems, new Position(file.project(), 1, 1), e);
            }
        }
        return drafts;
    }

    private Draft draft(PackageFiles.File file, Block block) {
        DbtPackage own = files.dbtPackage();
        List<String> fqn = new ArrayList<>(List.of(own.name()));
        fqn.addAll(file.directories());
        fqn.add(file.name());
        fqn.add(block.name());
        String code = block.source();
        return new Draft(
                new Draft.Origin(
                        "snapshot." + own.name() + "." + block.name(),
                        ResourceType.SNAPSHOT,
                        own,
                        block.name(),
                        file.path(),
                        file.original(),
                        new Position(file.project(), block.place().line(), block.place().column()),
                        fqn,
                        code,
                        Checksum.of(code)),
                block.body(),
                Relation.of(
                        workspace.target().database(),
                        workspace.target().schema(),
                        block.name(),
                        workspace.root().quoting()));
    }

    /** Snapshots without a file of their own: a properties file names the relation. */
    static final class Described {

        private final Workspace workspace;
        private final Problems problems;

        Described(Workspace workspace, Problems problems) {
            this.workspace = workspace;
            this.problems = problems;
        }

        List<Draft> read(PropertyFiles properties) {
            List<Draft> drafts = new ArrayList<>();
            PropertyRendering rendering = new PropertyRendering(workspace);
            for (PropertyItem item : properties.of("snapshots")) {
                if (item.written().get("relation") == null) {
                    continue;
                }
                try {
                    drafts.add(draft(item, rendering.render(item)));
                } catch (JinjaException e) {
                    JinjaProblems.add(problems, item.position(), e);
                }
            }
            return drafts;
        }

        private Draft draft(PropertyItem item, Map<String, Object> rendered) {
            DbtPackage own = item.dbtPackage();
            String file = item.file().substring(item.file().lastIndexOf('/') + 1);
            List<String> fqn = new ArrayList<>(List.of(own.name()));
            fqn.addAll(item.directories());
            fqn.add(file.substring(0, file.lastIndexOf('.')));
            fqn.add(item.name());
            String code = "select * from {{ " + rendered.get("relation") + " }}";
            return new Draft(
                    new Draft.Origin(
                            "snapshot." + own.name() + "." + item.name(),
                            ResourceType.SNAPSHOT,
                            own,
                            item.name(),
                            item.file(),
                            item.file(),
                            item.position(),
                            fqn,
                            code,
                            Checksum.of(code)),
                    Template.parse(item.position().file(), code, DbtSyntax.SYNTAX),
                    Relation.of(
                            workspace.target().database(),
                            workspace.target().schema(),
                            item.name(),
                            workspace.root().quoting()));
        }
    }
}
