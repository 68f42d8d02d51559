package dev.millrace.transform.model.parse;

import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Rendering;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.context.DbtSyntax;
import dev.millrace.transform.model.context.NodeDescriptions;
import dev.millrace.transform.model.context.Subject;
import dev.millrace.transform.model.context.TemplateNames;
import dev.millrace.transform.model.context.TestArguments;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.Hook;
import dev.millrace.transform.model.manifest.NodeSettings;
import dev.millrace.transform.model.manifest.Relation;
import dev.millrace.transform.model.manifest.ResourceType;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/** Renders a node's code once, without a warehouse, to learn what it refers to and sets. */
final class Learning {

    private final Workspace workspace;

    Learning(Workspace workspace) {
        this.workspace = workspace;
    }

    /** Renders the code itself. */
    void learn(Draft draft, @Nullable NodePatch patch) {
        NodeSettings soFar = settings(draft, patch);
        TemplateNames names = names(draft, soFar);
        Rendering rendering = names.rendering();
        if (draft.test() != null) {
            names.with(
                    TestArguments.NAME,
                    TestArguments.rendered(
                            names, draft.origin().position().file(), draft.test().arguments()));
        }
        rendering.render(draft.template());
    }

    /** Renders hooks, which may refer to other nodes as well. */
    void learnHooks(Draft draft, NodeSettings settings) {
        for (String which : new String[] {"pre-hook", "post-hook"}) {
            for (Hook hook : settings.hooks(which)) {
                if (YamlRendering.isTemplate(hook.sql())) {
                    names(draft, settings)
                            .rendering()
                            .render(
                                    Template.parse(
                                            draft.origin().position().file(),
                                            hook.sql(),
                                            DbtSyntax.SYNTAX));
                }
            }
        }
    }

    /** Finds out what foreign keys refer to, which has to be there before the node. */
    void learnForeignKeys(Draft draft, NodeSettings settings, ContractSettings contract) {
        for (String to : contract.foreignTables()) {
            names(draft, settings)
                    .rendering()
                    .render(
                            Template.parse(
                                    draft.origin().position().file(),
                                    "{{ " + to + " }}",
                                    DbtSyntax.SYNTAX));
        }
    }

    NodeSettings settings(Draft draft, @Nullable NodePatch patch) {
        Draft.Origin origin = draft.origin();
        return SettingsBuilder.of(
                origin.type(),
                origin.fqn(),
                origin.dbtPackage(),
                workspace.root(),
                patch == null ? Map.of() : patch.settings(),
                draft.configured());
    }

    private TemplateNames names(Draft draft, NodeSettings settings) {
        Draft.Origin origin = draft.origin();
        TemplateNames names =
                new TemplateNames(
                        workspace,
                        new Subject(
                                origin.position().file(),
                                origin.dbtPackage().name(),
                                draft.assumed(),
                                null,
                                description(draft, settings, draft.assumed())),
                        draft,
                        null);
        if (origin.type() == ResourceType.OPERATION) {
            for (String name : List.of("results", "schemas", "database_schemas")) {
                names.with(name, new ListValue());
            }
        }
        return names;
    }

    /** What a node sees of itself as {@code model}, and naming macros as {@code node}. */
    static DictValue description(Draft draft, NodeSettings settings, Relation relation) {
        Draft.Origin origin = draft.origin();
        DictValue dict =
                NodeDescriptions.begun(
                        origin.type(),
                        origin.dbtPackage().name(),
                        origin.name(),
                        origin.path(),
                        origin.file(),
                        origin.id(),
                        origin.fqn());
        dict.put("database", text(relation.database()));
        dict.put("schema", text(relation.schema()));
        dict.put("alias", text(relation.identifier()));
        dict.put("raw_code", origin.code());
        dict.put("language", "sql");
        dict.put("config", Values.of(settings.all()));
        dict.put("tags", new ListValue(settings.tags()));
        dict.put("meta", Values.of(settings.map("meta")));
        dict.put("columns", new DictValue());
        dict.put("description", "");
        dict.put("refs", new ListValue());
        dict.put("sources", new ListValue());
        dict.put("depends_on", Values.of(Map.of("nodes", List.of(), "macros", List.of())));
        return dict;
    }

    private static Object text(@Nullable String text) {
        return text == null ? None.NONE : text;
    }
}
