package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.Problems;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.model.context.DbtSyntax;
import dev.millrace.transform.model.context.Subject;
import dev.millrace.transform.model.context.TemplateNames;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.NodeSettings;
import dev.millrace.transform.model.manifest.OtherResource;
import dev.millrace.transform.model.manifest.Relation;
import dev.millrace.transform.model.manifest.ResourceType;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads what is described and not built: exposures, metrics, semantic models, saved queries. */
final class OtherReader {

    private static final Map<String, ResourceType> KINDS =
            Map.of(
                    "exposures", ResourceType.EXPOSURE,
                    "metrics", ResourceType.METRIC,
                    "semantic_models", ResourceType.SEMANTIC_MODEL,
                    "saved_queries", ResourceType.SAVED_QUERY);

    private final Workspace workspace;
    private final Problems problems;

    OtherReader(Workspace workspace, Problems problems) {
        this.workspace = workspace;
        this.problems = problems;
    }

    void read(PropertyFiles properties, Manifest.Parts parts) {
        PropertyRendering rendering = new PropertyRendering(workspace);
        KINDS.forEach(
                (kind, type) -> {
                    for (PropertyItem item : properties.of(kind)) {
                        try {
                            add(item, type, rendering.render(item), parts);
                        } catch (JinjaException e) {
                            JinjaProblems.add(problems, item.position(), e);
                        }
                    }
                });
    }

    private void add(
            PropertyItem item,
            ResourceType type,
            Map<String, Object> rendered,
            Manifest.Parts parts) {
        String packageName = item.dbtPackage().name();
        List<String> fqn = new ArrayList<>(List.of(packageName));
        fqn.addAll(item.directories());
        fqn.add(item.name());
        NodeSettings settings =
                SettingsBuilder.of(
                        type,
                        fqn,
                        item.dbtPackage(),
                        workspace.root(),
                        NodePatch.settings(rendered),
                        Map.of());
        List<String> parents =
                settings.enabled() ? parents(item, type, rendered, parts) : List.of();
        OtherResource resource =
                new OtherResource(
                        type.label() + "." + packageName + "." + item.name(),
                        type,
                        packageName,
                        item.name(),
                        item.file(),
                        item.position(),
                        fqn,
                        settings.tags(),
                        rendered,
                        parents);
        if (!settings.enabled()) {
            parts.disabledOthers().put(resource.id(), resource);
            return;
        }
        if (parts.others().putIfAbsent(resource.id(), resource) != null) {
            problems.add(
                    item.position(),
                    "there is another " + type.label() + " '" + item.name() + "' in the package");
        }
    }

    private List<String> parents(
            PropertyItem item,
            ResourceType type,
            Map<String, Object> rendered,
            Manifest.Parts parts) {
        Set<String> parents = new LinkedHashSet<>();
        List<Object> written = new ArrayList<>();
        if (type == ResourceType.EXPOSURE) {
            written.addAll(Yaml.list(rendered.get("depends_on")));
        } else if (type == ResourceType.SEMANTIC_MODEL) {
            written.addAll(Yaml.list(rendered.get("model")));
        }
        Manifest soFar = new Manifest(workspace.root().name(), "", parts);
        for (Object reference : written) {
            Draft collector = collected(item, String.valueOf(reference));
            collector
                    .refs()
                    .forEach(
                            ref ->
                                    soFar.find(ref, item.dbtPackage().name())
                                            .ifPresentOrElse(
                                                    node -> parents.add(node.id()),
                                                    () ->
                                                            problems.warn(
                                                                    item.position(),
                                                                    "'"
                                                                            + item.name()
                                                                            + "' depends on '"
                                                                            + ref.name()
                                                                            + "', which is not"
                                                                            + " there")));
            collector
                    .sources()
                    .forEach(
                            source ->
                                    soFar.source(
                                                    source.get(0),
                                                    source.get(1),
                                                    item.dbtPackage().name())
                                            .ifPresent(table -> parents.add(table.id())));
        }
        return List.copyOf(parents);
    }

    private Draft collected(PropertyItem item, String reference) {
        Template template =
                Template.parse(item.position().file(), "{{ " + reference + " }}", DbtSyntax.SYNTAX);
        Draft collector =
                new Draft(
                        new Draft.Origin(
                                "",
                                ResourceType.EXPOSURE,
                                item.dbtPackage(),
                                item.name(),
                                item.file(),
                                item.file(),
                                item.position(),
                                List.of(),
                                "",
                                ""),
                        template,
                        Relation.of(null, null, item.name(), workspace.root().quoting()));
        new TemplateNames(
                        workspace,
                        Subject.ofProject(item.position().file(), item.dbtPackage().name()),
                        collector,
                        null)
                .rendering()
                .render(template);
        return collector;
    }
}
