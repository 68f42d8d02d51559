package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.context.DbtSyntax;
import dev.millrace.transform.model.context.Subject;
import dev.millrace.transform.model.context.TemplateNames;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.Documentation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Puts doc blocks into the descriptions that name them. */
public final class Descriptions {

    private final Workspace workspace;
    private final Documentation documentation;

    public Descriptions(Workspace workspace, Documentation documentation) {
        this.workspace = workspace;
        this.documentation = documentation;
    }

    /**
     * A description as readers get to see it.
     *
     * @param packageName package whose doc blocks go before those of others
     * @throws JinjaException if it names a block that is not there, or is no template
     */
    public String render(String description, String packageName) {
        if (!YamlRendering.isTemplate(description)) {
            return description;
        }
        TemplateNames names =
                new TemplateNames(
                        workspace,
                        Subject.ofProject("description", packageName),
                        new NoReferences(),
                        null);
        Invocable doc = arguments -> text(arguments, packageName);
        return names.with("doc", doc)
                .rendering()
                .render(Template.parse("description", description, DbtSyntax.SYNTAX))
                .text();
    }

    private String text(Arguments arguments, String packageName) {
        List<String> words = arguments.positional().stream().map(Values::text).toList();
        if (words.isEmpty() || words.size() > 2) {
            throw new JinjaException(
                    "doc() takes the name of a doc block, or a package and a name");
        }
        String name = words.getLast();
        List<String> packages = new ArrayList<>();
        if (words.size() == 2) {
            packages.add(words.getFirst());
        } else {
            packages.add(packageName);
            packages.add(workspace.root().name());
            packages.addAll(workspace.packages().keySet());
        }
        for (String each : packages) {
            Documentation.DocBlock block = documentation.docs().get("doc." + each + "." + name);
            if (block != null) {
                return block.text();
            }
        }
        Set<String> known = new TreeSet<>();
        documentation.docs().values().forEach(block -> known.add(block.name()));
        throw new JinjaException(
                "there is no doc block '" + name + "'" + NearestName.hint(name, known));
    }
}
