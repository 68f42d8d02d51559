package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.YamlValue;
import dev.millrace.transform.jinja.Block;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.DbtPackage;
import dev.millrace.transform.model.manifest.Documentation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads what describes a project and builds nothing: doc blocks, groups, macros, selectors. */
public final class DocumentationReader {

    private static final String SELECTORS = "selectors.yml";
    private static final Set<String> TAGS = Set.of("docs");

    private final ProjectFiles files;
    private final Workspace workspace;
    private final Problems problems;

    /**
     * @param workspace of the project as it was read
     */
    public DocumentationReader(ProjectFiles files, Workspace workspace, Problems problems) {
        this.files = files;
        this.workspace = workspace;
        this.problems = problems;
    }

    public Documentation read() {
        Map<String, Documentation.DocBlock> docs = new LinkedHashMap<>();
        Map<String, Documentation.Group> groups = new LinkedHashMap<>();
        Map<String, Documentation.MacroProperties> macros = new LinkedHashMap<>();
        // What is wrong with these files was told when the project itself was read.
        PropertyFiles properties = new PropertyFiles(new Problems());
        for (DbtPackage each : workspace.packages().values()) {
            PackageFiles inPackage = new PackageFiles(files, each);
            inPackage.below(each.paths().docs(), "md").forEach(file -> docs(inPackage, file, docs));
            properties.read(inPackage);
        }
        PropertyRendering rendering = new PropertyRendering(workspace);
        properties.of("groups").forEach(item -> group(item, rendering, groups));
        properties.of("macros").forEach(item -> macro(item, rendering, macros));
        return new Documentation(docs, groups, macros, selectors());
    }

    private void docs(
            PackageFiles inPackage,
            PackageFiles.File file,
            Map<String, Documentation.DocBlock> docs) {
        try {
            for (Block block : Block.in(file.project(), inPackage.text(file), TAGS)) {
                String packageName = inPackage.dbtPackage().name();
                String id = "doc." + packageName + "." + block.name();
                Documentation.DocBlock doc =
                        new Documentation.DocBlock(
                                id,
                                packageName,
                                block.name(),
                                file.path(),
                                file.original(),
                                block.source().strip());
                Documentation.DocBlock earlier = docs.putIfAbsent(id, doc);
                if (earlier != null) {
                    problems.add(
                            JinjaProblems.position(block.place()),
                            "there is another doc block '"
                                    + block.name()
                                    + "' in "
                                    + earlier.file()
                                    + "; give one of them another name");
                }
            }
        } catch (JinjaException e) {
            JinjaProblems.add(problems, new Position(file.project(), 1, 1), e);
        }
    }

    private void group(
            PropertyItem item,
            PropertyRendering rendering,
            Map<String, Documentation.Group> groups) {
        try {
            String packageName = item.dbtPackage().name();
            String id = "group." + packageName + "." + item.name();
            groups.putIfAbsent(
                    id,
                    new Documentation.Group(
                            id,
                            packageName,
                            item.name(),
                            item.file(),
                            Yaml.map(rendering.render(item).get("owner"))));
        } catch (JinjaException e) {
            JinjaProblems.add(problems, item.position(), e);
        }
    }

    private void macro(
            PropertyItem item,
            PropertyRendering rendering,
            Map<String, Documentation.MacroProperties> macros) {
        try {
            Map<String, Object> written = rendering.render(item);
            String packageName = item.dbtPackage().name();
            Map<String, Object> docs = Yaml.map(written.get("docs"));
            macros.putIfAbsent(
                    "macro." + packageName + "." + item.name(),
                    new Documentation.MacroProperties(
                            packageName + "://" + item.file(),
                            Yaml.text(written.get("description"), ""),
                            Yaml.map(written.get("meta")),
                            !Boolean.FALSE.equals(Yaml.flag(docs.get("show"))),
                            arguments(written)));
        } catch (JinjaException e) {
            JinjaProblems.add(problems, item.position(), e);
        }
    }

    private static List<Documentation.Argument> arguments(Map<String, Object> written) {
        List<Documentation.Argument> arguments = new ArrayList<>();
        for (Map<String, Object> each : Yaml.maps(written.get("arguments"))) {
            arguments.add(
                    new Documentation.Argument(
                            Yaml.text(each.get("name"), ""),
                            Yaml.text(each.get("type")),
                            Yaml.text(each.get("description"), "")));
        }
        return arguments;
    }

    private Map<String, Map<String, Object>> selectors() {
        Map<String, Map<String, Object>> selectors = new LinkedHashMap<>();
        if (files.contains(SELECTORS)) {
            YamlFiles.read(files, SELECTORS, new Problems())
                    .map(YamlValue::plain)
                    .ifPresent(
                            plain -> {
                                for (Map<String, Object> each :
                                        Yaml.maps(Yaml.map(plain).get("selectors"))) {
                                    selectors.putIfAbsent(Yaml.text(each.get("name"), ""), each);
                                }
                            });
        }
        return selectors;
    }
}
