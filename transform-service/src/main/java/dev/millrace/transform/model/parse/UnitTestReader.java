package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.NodeSettings;
import dev.millrace.transform.model.manifest.ResourceType;
import dev.millrace.transform.model.manifest.UnitTest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the unit tests that properties files describe: one for each version of their model. */
final class UnitTestReader {

    private static final Set<String> OVERRIDES = Set.of("macros", "vars", "env_vars");

    private final Workspace workspace;
    private final ProjectFiles files;
    private final Problems problems;

    UnitTestReader(Workspace workspace, ProjectFiles files, Problems problems) {
        this.workspace = workspace;
        this.files = files;
        this.problems = problems;
    }

    void read(PropertyFiles properties, Manifest.Parts parts) {
        Manifest soFar = new Manifest(workspace.root().name(), "", parts);
        PropertyRendering rendering = new PropertyRendering(workspace);
        for (PropertyItem item : properties.of("unit_tests")) {
            try {
                add(item, rendering.render(item), soFar, parts);
            } catch (JinjaException e) {
                JinjaProblems.add(problems, item.position(), e);
            }
        }
    }

    private void add(
            PropertyItem item, Map<String, Object> rendered, Manifest soFar, Manifest.Parts parts) {
        String model = Yaml.text(rendered.get("model"), "").strip();
        NodeSettings settings = settings(item, model, rendered);
        if (!settings.enabled()) {
            return;
        }
        List<Node> tested = tested(item, model, rendered, soFar, parts);
        for (Node node : tested) {
            UnitTest test = test(item, model, node, rendered, settings, soFar);
            if (parts.unitTests().putIfAbsent(test.id(), test) != null) {
                problems.add(
                        item.position(),
                        "there is another unit test '" + item.name() + "' of '" + model + "'");
            }
        }
    }

    private NodeSettings settings(PropertyItem item, String model, Map<String, Object> rendered) {
        return SettingsBuilder.of(
                ResourceType.UNIT_TEST,
                fqn(item, model),
                item.dbtPackage(),
                workspace.root(),
                NodePatch.settings(rendered),
                Map.of());
    }

    private static List<String> fqn(PropertyItem item, String model) {
        List<String> fqn = new ArrayList<>(List.of(item.dbtPackage().name()));
        fqn.addAll(item.directories());
        fqn.add(model);
        fqn.add(item.name());
        return fqn;
    }

    /** The models that it is for: the versions of one, or that one. */
    private List<Node> tested(
            PropertyItem item,
            String model,
            Map<String, Object> rendered,
            Manifest soFar,
            Manifest.Parts parts) {
        List<Node> versions =
                soFar.nodes().values().stream()
                        .filter(node -> node.type() == ResourceType.MODEL)
                        .filter(node -> node.name().equals(model))
                        .filter(node -> node.packageName().equals(item.dbtPackage().name()))
                        .toList();
        if (versions.isEmpty()) {
            boolean off = parts.disabled().values().stream().anyMatch(n -> n.name().equals(model));
            if (!off) {
                throw new JinjaException(
                        "the unit test '"
                                + item.name()
                                + "' is for the model '"
                                + model
                                + "', which is not there");
            }
            return List.of();
        }
        Map<String, Object> limits = Yaml.map(rendered.get("versions"));
        List<String> included = Yaml.texts(limits.get("include"));
        List<String> excluded = Yaml.texts(limits.get("exclude"));
        boolean limited = !included.isEmpty() || !excluded.isEmpty();
        if (versions.getFirst().version() == null) {
            if (limited) {
                throw new JinjaException("'" + model + "' has no versions to include or exclude");
            }
            return versions;
        }
        List<Node> wanted =
                versions.stream()
                        .filter(
                                node ->
                                        excluded.isEmpty()
                                                ? included.isEmpty()
                                                        || included.contains(node.version())
                                                : !excluded.contains(node.version()))
                        .toList();
        if (wanted.isEmpty()) {
            throw new JinjaException(
                    "'" + model + "' has none of the versions that are to be tested");
        }
        return wanted;
    }

    private UnitTest test(
            PropertyItem item,
            String model,
            Node node,
            Map<String, Object> rendered,
            NodeSettings settings,
            Manifest soFar) {
        UnitTestRows rows = new UnitTestRows(item, files, soFar);
        List<UnitTest.Given> given = new ArrayList<>();
        for (Object each : Yaml.list(item.written().get("given"))) {
            if (!(each instanceof Map<?, ?> map) || map.get("input") == null) {
                throw new JinjaException(
                        "each of 'given' needs an 'input': ref('x'), source('a', 'b') or this");
            }
            String input = map.get("input").toString().strip();
            given.add(new UnitTest.Given(input, rows.read(map, "the input " + input, input)));
        }
        if (!(item.written().get("expect") instanceof Map<?, ?> expect)) {
            throw new JinjaException("a unit test needs 'expect', the rows that the model gives");
        }
        Map<String, Object> overrides = overrides(rendered, given);
        String packageName = item.dbtPackage().name();
        String id = "unit_test." + packageName + "." + model + "." + item.name();
        return new UnitTest(
                node.version() == null ? id : id + "_v" + node.version(),
                packageName,
                item.name(),
                item.file(),
                item.position(),
                fqn(item, model),
                node.id(),
                Yaml.text(rendered.get("description"), ""),
                given,
                rows.read(expect, "'expect'", null),
                overrides,
                settings.tags(),
                settings.map("meta"));
    }

    private static Map<String, Object> overrides(
            Map<String, Object> rendered, List<UnitTest.Given> given) {
        Map<String, Object> overrides = new LinkedHashMap<>();
        Yaml.map(rendered.get("overrides"))
                .forEach(
                        (kind, values) -> {
                            if (!OVERRIDES.contains(kind)) {
                                throw new JinjaException(
                                        "'overrides' are macros, vars and env_vars, not '"
                                                + kind
                                                + "'");
                            }
                            overrides.put(kind, Yaml.map(values));
                        });
        Object incremental = Yaml.map(overrides.get("macros")).get("is_incremental");
        if (incremental != null && !(incremental instanceof Boolean)) {
            throw new JinjaException("'is_incremental' is true or false, not " + incremental);
        }
        boolean hasThis = given.stream().anyMatch(each -> each.input().equals("this"));
        if (Boolean.TRUE.equals(incremental) && !hasThis) {
            throw new JinjaException(
                    "what is_incremental reads must be given: add an input 'this' with the rows"
                            + " that are there already");
        }
        return overrides;
    }
}
