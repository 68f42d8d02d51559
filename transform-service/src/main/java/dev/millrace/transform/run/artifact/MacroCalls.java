package dev.millrace.transform.run.artifact;

import dev.millrace.transform.jinja.CallSite;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.context.DbtSyntax;
import dev.millrace.transform.model.context.Macros;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.ProjectMacro;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Finds the macros that templates call, as far as their text tells. */
final class MacroCalls {

    private static final String DISPATCH = "adapter.dispatch";

    private final Macros macros;

    MacroCalls(Macros macros) {
        this.macros = macros;
    }

    /** Ids of the macros that a macro calls. */
    Set<String> of(ProjectMacro macro) {
        Set<String> called = called(macro.definition().calls(), macro.packageName());
        called.remove(macro.id());
        return called;
    }

    /** Ids of the macros that a node calls, in its code and in what a test is given. */
    Set<String> of(Node node) {
        Set<String> called = called(node.template().calls(), node.packageName());
        called.addAll(node.dependencies().macros());
        if (node.test() != null) {
            node.test()
                    .arguments()
                    .values()
                    .forEach(argument -> add(argument, node.packageName(), called));
        }
        return called;
    }

    private void add(Object argument, String packageName, Set<String> called) {
        if (argument instanceof String text && text.contains("{{")) {
            try {
                Template template = Template.parse("argument", text, DbtSyntax.SYNTAX);
                called.addAll(called(template.calls(), packageName));
            } catch (JinjaException e) {
                // It is text that only looks like a template.
            }
        }
    }

    private Set<String> called(List<CallSite> calls, String packageName) {
        Set<String> called = new TreeSet<>();
        for (CallSite call : calls) {
            ProjectMacro found = find(call, packageName);
            if (found != null) {
                called.add(found.id());
            }
        }
        return called;
    }

    private @Nullable ProjectMacro find(CallSite call, String packageName) {
        if (call.name().equals(DISPATCH)) {
            return dispatched(call, packageName);
        }
        int dot = call.name().indexOf('.');
        return dot < 0
                ? macros.find(call.name(), packageName)
                : macros.in(call.name().substring(0, dot), call.name().substring(dot + 1));
    }

    private @Nullable ProjectMacro dispatched(CallSite call, String packageName) {
        Object name = argument(call, 0, "macro_name");
        Object namespace = argument(call, 1, "macro_namespace");
        if (!(name instanceof String text)) {
            return null;
        }
        return macros.findDispatched(
                text, namespace == null ? null : Values.text(namespace), packageName);
    }

    private static @Nullable Object argument(CallSite call, int index, String name) {
        return call.positional().size() > index
                ? call.positional().get(index)
                : call.keywords().get(name);
    }
}
