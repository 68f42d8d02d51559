package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.model.context.Macros;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.DbtPackage;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.NodeProperties;
import dev.millrace.transform.model.manifest.NodeSettings;
import dev.millrace.transform.model.manifest.Relation;
import dev.millrace.transform.model.manifest.ResourceType;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a project with its packages. */
public final class ManifestReader {

    private final ProjectFiles files;
    private final ProjectBasis basis;
    private final StreamTables streams;
    private final Problems problems;

    /** A project that was read: its contents, and what its templates are rendered with. */
    public record Read(Manifest manifest, Workspace workspace) {}

    /**
     * @param streams source tables that need no declaration in the project
     * @param problems takes every mistake and warning
     */
    public ManifestReader(
            ProjectFiles files, ProjectBasis basis, StreamTables streams, Problems problems) {
        this.files = files;
        this.basis = basis;
        this.streams = streams;
        this.problems = problems;
    }

    /** Nothing if there is no dbt project; of no use if there were mistakes. */
    public Optional<Read> read() {
        List<DbtPackage> packages = new PackageReader(files, basis, problems).read();
        if (packages.isEmpty()) {
            return Optional.empty();
        }
        DbtPackage root = packages.getFirst();
        Map<String, DbtPackage> byName = new LinkedHashMap<>();
        packages.forEach(each -> byName.put(each.name(), each));
        Macros macros =
                new Macros(root, byName.keySet(), new MacroReader(files, problems).read(packages));
        Manifest manifest = manifest(basis.reading(root, byName, macros), packages);
        return Optional.of(new Read(manifest, basis.workspace(root, byName, macros)));
    }

    private Manifest manifest(Workspace workspace, List<DbtPackage> packages) {
        PropertyFiles properties = new PropertyFiles(problems);
        List<Draft> drafts = new ArrayList<>();
        for (DbtPackage each : packages) {
            PackageFiles inPackage = new PackageFiles(files, each);
            properties.read(inPackage);
            drafts.addAll(new SqlNodes(inPackage, workspace, problems).read());
            drafts.addAll(new SnapshotReader(inPackage, workspace, problems).read());
            drafts.addAll(new ProjectHooks(workspace, problems).of(each));
        }
        Patches patches = new Patches(workspace, properties, problems);
        drafts.addAll(new SnapshotReader.Described(workspace, problems).read(properties));
        drafts.replaceAll(patches::versioned);
        GenericTests tests = new GenericTests(workspace);
        drafts.addAll(patches.tests(drafts, tests));
        SourceReader sources = new SourceReader(workspace, tests, problems);
        sources.read(properties.of("sources"));
        drafts.addAll(sources.tests());
        Manifest.Parts parts = new Manifest.Parts();
        parts.sources().putAll(sources.tables());
        parts.disabledSources().putAll(sources.disabled());
        Learning learning = new Learning(workspace);
        Naming naming = new Naming(workspace);
        for (Draft draft : drafts) {
            node(draft, patches.of(draft), workspace, learning, naming, parts);
        }
        new AccessCheck(properties.of("groups"), problems).check(parts.nodes().values());
        new OtherReader(workspace, problems).read(properties, parts);
        new UnitTestReader(workspace, files, problems).read(properties, parts);
        return new Resolution(workspace, files.revision(), parts, streams, problems).resolved();
    }

    private void node(
            Draft draft,
            @Nullable NodePatch patch,
            Workspace workspace,
            Learning learning,
            Naming naming,
            Manifest.Parts parts) {
        Draft.Origin origin = draft.origin();
        try {
            NodeSettings settings;
            try {
                learning.learn(draft, patch);
                settings = learning.settings(draft, patch);
                if (settings.enabled()) {
                    learning.learnHooks(draft, settings);
                }
            } catch (JinjaException e) {
                settings = learning.settings(draft, patch);
                if (settings.enabled()) {
                    throw e;
                }
            }
            Relation relation =
                    settings.enabled()
                            ? naming.relation(draft, settings, described(draft, patch, settings))
                            : draft.assumed();
            if (origin.type() == ResourceType.SNAPSHOT && settings.enabled()) {
                SnapshotSettings.problems(settings)
                        .forEach(problem -> problems.add(origin.position(), problem));
            }
            if (settings.enabled()) {
                new SettingsCheck(workspace, problems).check(draft, settings);
            }
            if (origin.type() == ResourceType.MODEL && settings.enabled()) {
                MicrobatchSettings.problems(settings)
                        .forEach(problem -> problems.add(origin.position(), problem));
                if (patch != null) {
                    ContractSettings contract = new ContractSettings(settings, patch.properties());
                    contract.problems().forEach(p -> problems.add(patch.item().position(), p));
                    contract.warnings().forEach(p -> problems.warn(patch.item().position(), p));
                    learning.learnForeignKeys(draft, settings, contract);
                }
            }
            add(node(draft, patch, settings, relation), parts);
        } catch (JinjaException e) {
            JinjaProblems.add(problems, origin.position(), e);
        }
    }

    /** What naming macros see of a node. */
    private static DictValue described(
            Draft draft, @Nullable NodePatch patch, NodeSettings settings) {
        DictValue described = Learning.description(draft, settings, draft.assumed());
        String version = patch == null ? null : patch.properties().version();
        described.put("version", version == null ? None.NONE : version);
        return described;
    }

    private void add(Node node, Manifest.Parts parts) {
        if (!node.settings().enabled()) {
            parts.disabled().put(node.id(), node);
            return;
        }
        Node earlier = parts.nodes().putIfAbsent(node.id(), node);
        if (earlier != null && node.type() != ResourceType.TEST) {
            problems.add(
                    node.position(),
                    "there is another "
                            + node.type().label()
                            + " '"
                            + node.name()
                            + "' in the package: "
                            + earlier.position().file());
        }
    }

    private static Node node(
            Draft draft, @Nullable NodePatch patch, NodeSettings settings, Relation relation) {
        Draft.Origin origin = draft.origin();
        NodeProperties properties = patch == null ? NodeProperties.NONE : patch.properties();
        String access = settings.text("access");
        String group = settings.text("group");
        properties =
                new NodeProperties(
                        properties.file(),
                        properties.description(),
                        properties.columns(),
                        properties.constraints(),
                        access == null ? properties.access() : access,
                        group == null ? properties.group() : group,
                        properties.version(),
                        properties.latestVersion(),
                        properties.deprecationDate());
        return new Node(
                origin.id(),
                origin.type(),
                origin.dbtPackage().name(),
                patch != null && properties.version() != null ? patch.item().name() : origin.name(),
                origin.path(),
                origin.file(),
                origin.position(),
                origin.fqn(),
                origin.code(),
                origin.checksum(),
                draft.template(),
                settings,
                relation,
                properties,
                new Node.Dependencies(
                        draft.refs().stream().distinct().toList(),
                        draft.sources().stream().distinct().toList(),
                        List.of(),
                        draft.macros()),
                draft.test());
    }
}
