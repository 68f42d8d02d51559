package dev.millrace.transform.model.select;

import dev.millrace.transform.jinja.CallSite;
import dev.millrace.transform.model.context.Macros;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.ProjectMacro;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which macros are others than they were, and which nodes call these, directly or not. */
final class MacroChanges {

    private static final String DISPATCH = "adapter.dispatch";
    private static final List<String> PREFIXES = List.of("postgres__", "default__");

    private final @Nullable Macros macros;
    private final Map<String, ProjectMacro> byId = new HashMap<>();
    private final Set<String> changed = new HashSet<>();

    /**
     * @param before sources of macros by id
     * @param macros those of today; null if they are not known, so that nothing has changed
     */
    MacroChanges(Map<String, String> before, @Nullable Macros macros) {
        this.macros = macros;
        if (macros == null) {
            return;
        }
        for (ProjectMacro macro : macros.all()) {
            byId.put(macro.id(), macro);
            // dbt's own are not those that dbt wrote down: they are written anew here.
            boolean own = !Macros.isInternal(macro.packageName());
            String source = before.get(macro.id());
            if (own && !macro.definition().source().strip().equals(stripped(source))) {
                changed.add(macro.id());
            }
        }
    }

    private static @Nullable String stripped(@Nullable String source) {
        return source == null ? null : source.strip();
    }

    /** Whether a resource calls a macro that has changed. */
    boolean concern(Resource resource) {
        if (changed.isEmpty() || !(resource instanceof Resource.OfNode(Node node))) {
            return false;
        }
        Deque<String> open = new ArrayDeque<>(node.dependencies().macros());
        open.addAll(called(node.template().calls(), node.packageName()));
        Set<String> seen = new HashSet<>();
        while (!open.isEmpty()) {
            String id = open.pop();
            if (!seen.add(id)) {
                continue;
            }
            if (changed.contains(id)) {
                return true;
            }
            ProjectMacro macro = byId.get(id);
            if (macro != null) {
                open.addAll(called(macro.definition().calls(), macro.packageName()));
            }
        }
        return false;
    }

    private List<String> called(List<CallSite> calls, String inPackage) {
        List<String> ids = new ArrayList<>();
        for (CallSite call : calls) {
            if (call.name().equals(DISPATCH)) {
                dispatched(call, inPackage).forEach(macro -> ids.add(macro.id()));
            } else {
                add(find(call.name(), inPackage), ids);
            }
        }
        return ids;
    }

    private static void add(@Nullable ProjectMacro macro, List<String> ids) {
        if (macro != null) {
            ids.add(macro.id());
        }
    }

    private @Nullable ProjectMacro find(String name, String inPackage) {
        int dot = name.indexOf('.');
        if (macros == null) {
            return null;
        }
        return dot < 0
                ? macros.find(name, inPackage)
                : macros.in(name.substring(0, dot), name.substring(dot + 1));
    }

    /** All that may be meant, as who dispatches may be another package each time. */
    private List<ProjectMacro> dispatched(CallSite call, String inPackage) {
        Object name =
                call.positional().isEmpty()
                        ? call.keywords().get("macro_name")
                        : call.positional().getFirst();
        List<ProjectMacro> found = new ArrayList<>();
        for (String prefix : PREFIXES) {
            String wanted = prefix + name;
            ProjectMacro own = find(wanted, inPackage);
            if (own != null) {
                found.add(own);
            }
            byId.values().stream().filter(macro -> macro.name().equals(wanted)).forEach(found::add);
        }
        return found;
    }
}
