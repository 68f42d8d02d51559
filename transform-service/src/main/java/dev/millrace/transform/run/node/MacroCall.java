package dev.millrace.transform.run.node;

import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.YamlValue;
import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.materialization.BuildFailedException;
import dev.millrace.transform.model.context.DbtSyntax;
import dev.millrace.transform.model.context.Macros;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.NodeProperties;
import dev.millrace.transform.model.manifest.NodeSettings;
import dev.millrace.transform.model.manifest.ProjectMacro;
import dev.millrace.transform.model.manifest.Relation;
import dev.millrace.transform.model.manifest.ResourceType;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A macro that is called by itself, and by no node.
 *
 * @param macro its name, with its package before a dot if it is of one
 * @param arguments values by parameter
 */
public record MacroCall(String macro, Map<String, Object> arguments) {

    /**
     * A call with its arguments as YAML, such as <code>{schema: old}</code>.
     *
     * @throws BuildFailedException if that is no mapping
     */
    public static MacroCall of(String macro, String yaml) throws BuildFailedException {
        Map<String, Object> arguments = new LinkedHashMap<>();
        YamlValue.inlineMapping(yaml)
                .orElseThrow(
                        () ->
                                new BuildFailedException(
                                        "arguments are a mapping in YAML, such as '{schema: old}',"
                                                + " not '"
                                                + yaml
                                                + "'"))
                .forEach((name, value) -> arguments.put(name, Values.of(value)));
        return new MacroCall(macro, arguments);
    }

    Arguments values() {
        return new Arguments(List.of(), arguments);
    }

    /** The macro that is meant. */
    ProjectMacro find(Workspace workspace) {
        int dot = macro.indexOf('.');
        Macros macros = workspace.macros();
        String root = workspace.root().name();
        ProjectMacro found =
                dot < 0
                        ? macros.find(macro, root)
                        : macros.in(macro.substring(0, dot), macro.substring(dot + 1));
        if (found == null) {
            throw new JinjaException("there is no macro '" + macro + "' to run");
        }
        return found;
    }

    /** What stands for the node that there is none of. */
    static Node operation(Workspace workspace, String name) {
        String root = workspace.root().name();
        return new Node(
                "operation." + root + "." + name,
                ResourceType.OPERATION,
                root,
                name,
                name,
                name,
                new Position(name, 1, 1),
                List.of(root, name),
                "",
                "",
                Template.parse(name, "", DbtSyntax.SYNTAX),
                new NodeSettings(Map.of()),
                Relation.of(
                        workspace.target().database(),
                        workspace.target().schema(),
                        name,
                        workspace.root().quoting()),
                NodeProperties.NONE,
                Node.Dependencies.NONE,
                null);
    }
}
