package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.Problems;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.Relation;
import dev.millrace.transform.model.manifest.ResourceType;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What properties files say of nodes, by the node that they mean. */
final class Patches {

    private static final Map<String, ResourceType> KINDS =
            Map.of(
                    "models", ResourceType.MODEL,
                    "seeds", ResourceType.SEED,
                    "snapshots", ResourceType.SNAPSHOT,
                    "analyses", ResourceType.ANALYSIS,
                    "data_tests", ResourceType.TEST);

    private final Workspace workspace;
    private final Problems problems;
    private final Map<Key, NodePatch> byName = new LinkedHashMap<>();
    private final Map<Key, Version> versions = new HashMap<>();
    private final Map<String, NodePatch> byId = new HashMap<>();

    private record Key(ResourceType type, String packageName, String name) {}

    private record Version(NodePatch patch, String version) {}

    Patches(Workspace workspace, PropertyFiles files, Problems problems) {
        this.workspace = workspace;
        this.problems = problems;
        PropertyRendering rendering = new PropertyRendering(workspace);
        KINDS.forEach(
                (kind, type) -> {
                    for (PropertyItem item : files.of(kind)) {
                        try {
                            add(type, item, rendering.render(item));
                        } catch (JinjaException e) {
                            JinjaProblems.add(problems, item.position(), e);
                        }
                    }
                });
    }

    private void add(ResourceType type, PropertyItem item, Map<String, Object> rendered) {
        List<Map<String, Object>> several = Yaml.maps(rendered.get("versions"));
        if (type == ResourceType.MODEL && !several.isEmpty()) {
            versions(item, rendered, several);
            return;
        }
        Key key = new Key(type, item.dbtPackage().name(), item.name());
        NodePatch earlier = byName.putIfAbsent(key, NodePatch.of(item, rendered));
        if (earlier != null) {
            problems.add(
                    item.position(),
                    "'" + item.name() + "' is described already at " + earlier.item().position());
        }
    }

    private void versions(
            PropertyItem item, Map<String, Object> rendered, List<Map<String, Object>> several) {
        String latest =
                rendered.get("latest_version") == null
                        ? several.stream()
                                .map(each -> String.valueOf(each.get("v")))
                                .max(Patches::byVersion)
                                .orElse("")
                        : String.valueOf(rendered.get("latest_version"));
        for (Map<String, Object> each : several) {
            String version = String.valueOf(each.get("v"));
            String file = Yaml.text(each.get("defined_in"), item.name() + "_v" + version);
            NodePatch patch =
                    NodePatch.of(item, VersionedModel.of(rendered, each), version, latest);
            String packageName = item.dbtPackage().name();
            versions.put(
                    new Key(ResourceType.MODEL, packageName, file), new Version(patch, version));
            if (version.equals(latest)) {
                versions.putIfAbsent(
                        new Key(ResourceType.MODEL, packageName, item.name()),
                        new Version(patch, version));
            }
        }
    }

    private static int byVersion(String a, String b) {
        boolean numbers = a.matches("\\d{1,9}") && b.matches("\\d{1,9}");
        return numbers ? Integer.compare(Integer.parseInt(a), Integer.parseInt(b)) : a.compareTo(b);
    }

    /** A model's file as one version of the model, if a properties file says so. */
    Draft versioned(Draft draft) {
        Draft.Origin origin = draft.origin();
        Version version =
                versions.get(new Key(origin.type(), origin.dbtPackage().name(), origin.name()));
        if (version == null) {
            return draft;
        }
        String name = version.patch().item().name();
        List<String> fqn = new ArrayList<>(origin.fqn());
        fqn.set(fqn.size() - 1, name);
        fqn.add("v" + version.version());
        String id = "model." + origin.dbtPackage().name() + "." + name + ".v" + version.version();
        byId.put(id, version.patch());
        return new Draft(
                new Draft.Origin(
                        id,
                        origin.type(),
                        origin.dbtPackage(),
                        name,
                        origin.path(),
                        origin.file(),
                        origin.position(),
                        fqn,
                        origin.code(),
                        origin.checksum()),
                draft.template(),
                Relation.of(
                        workspace.target().database(),
                        workspace.target().schema(),
                        name + "_v" + version.version().replace('.', '_'),
                        workspace.root().quoting()));
    }

    /** What is said of a node; null if nothing is. */
    @Nullable NodePatch of(Draft draft) {
        Draft.Origin origin = draft.origin();
        NodePatch patch = byId.get(origin.id());
        return patch != null
                ? patch
                : byName.get(new Key(origin.type(), origin.dbtPackage().name(), origin.name()));
    }

    /** The tests that are written beside nodes and their columns. */
    List<Draft> tests(List<Draft> drafts, GenericTests tests) {
        List<Draft> found = new ArrayList<>();
        Map<Key, Draft> named = new HashMap<>();
        drafts.forEach(
                draft ->
                        named.putIfAbsent(
                                new Key(
                                        draft.origin().type(),
                                        draft.origin().dbtPackage().name(),
                                        draft.origin().name()),
                                draft));
        byName.forEach(
                (key, patch) -> {
                    Draft draft = named.get(key);
                    if (draft == null) {
                        problems.warn(
                                patch.item().position(),
                                "there is no "
                                        + key.type().label()
                                        + " '"
                                        + key.name()
                                        + "' that this could describe");
                    }
                    tests(patch, null, draft == null ? null : draft.origin().id(), tests, found);
                });
        byId.forEach((id, patch) -> tests(patch, patch.properties().version(), id, tests, found));
        return found;
    }

    private void tests(
            NodePatch patch,
            @Nullable String version,
            @Nullable String attachedTo,
            GenericTests tests,
            List<Draft> found) {
        String name = patch.item().name();
        GenericTests.Subjected subject =
                new GenericTests.Subjected(
                        patch.item(),
                        version == null
                                ? "ref('" + name + "')"
                                : "ref('" + name + "', version='" + version + "')",
                        "",
                        version == null ? name : name + "_v" + version,
                        attachedTo,
                        List.of());
        for (Map<String, Object> column : patch.columnsWithTests()) {
            for (Object test : NodePatch.testsOf(column)) {
                add(subject, test, column, tests, found);
            }
        }
        for (Object test : patch.tests()) {
            add(subject, test, null, tests, found);
        }
    }

    private void add(
            GenericTests.Subjected subject,
            Object test,
            @Nullable Map<String, Object> column,
            GenericTests tests,
            List<Draft> found) {
        try {
            found.add(tests.draft(subject, test, column));
        } catch (JinjaException e) {
            JinjaProblems.add(problems, subject.item().position(), e);
        }
    }
}
