package dev.millrace.transform.model.parse;

import dev.millrace.transform.jinja.Arguments;
import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.context.Macros;
import dev.millrace.transform.model.context.Subject;
import dev.millrace.transform.model.context.TemplateNames;
import dev.millrace.transform.model.context.Workspace;
import dev.millrace.transform.model.manifest.NodeSettings;
import dev.millrace.transform.model.manifest.ProjectMacro;
import dev.millrace.transform.model.manifest.Quoting;
import dev.millrace.transform.model.manifest.Relation;
import dev.millrace.transform.model.manifest.ResourceType;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;

/**
 * Decides database, schema and name of a node, by the macros that dbt has for that or those that a
 * package or the project overrides them with.
 */
final class Naming {

    private static final int MAX_BYTES = 63;

    private final Workspace workspace;

    Naming(Workspace workspace) {
        this.workspace = workspace;
    }

    Relation relation(Draft draft, NodeSettings settings, DictValue description) {
        String packageName = draft.origin().dbtPackage().name();
        String database =
                call("generate_database_name", packageName, settings.get("database"), description);
        String schema =
                call("generate_schema_name", packageName, settings.get("schema"), description);
        String alias = call("generate_alias_name", packageName, settings.get("alias"), description);
        if (draft.origin().type() == ResourceType.SNAPSHOT) {
            schema = settings.text("target_schema", schema);
            database = settings.text("target_database", database);
        }
        if (alias.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES
                && draft.origin().type() != ResourceType.TEST) {
            throw new JinjaException(
                    "the name '"
                            + alias
                            + "' is longer than PostgreSQL's 63 bytes; give it an alias");
        }
        Quoting quoting =
                PackageReader.quoting(settings.map("quoting"), workspace.root().quoting());
        return Relation.of(database, schema, alias, quoting);
    }

    /** The macro of the node's package, or else the project's, or else dbt's. */
    private String call(
            String name, String packageName, @Nullable Object custom, DictValue description) {
        Macros macros = workspace.macros();
        ProjectMacro macro = macros.in(packageName, name);
        if (macro == null) {
            macro = macros.find(name, workspace.root().name());
        }
        if (macro == null) {
            throw new IllegalStateException("there is no macro " + name);
        }
        TemplateNames names =
                new TemplateNames(
                        workspace,
                        Subject.ofProject(macro.file(), packageName),
                        new NoReferences(),
                        null);
        Object result =
                names.rendering()
                        .call(
                                macro.definition(),
                                Arguments.of(
                                        custom == null ? None.NONE : Values.of(custom),
                                        description));
        String text = Values.text(result).strip();
        if (text.isEmpty() || result == None.NONE) {
            throw new JinjaException(
                    "the macro "
                            + name
                            + " at "
                            + macro.definition().place()
                            + " gives an empty name");
        }
        return text;
    }
}
