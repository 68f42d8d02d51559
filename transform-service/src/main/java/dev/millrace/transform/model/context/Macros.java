package dev.millrace.transform.model.context;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.model.manifest.DbtPackage;
import dev.millrace.transform.model.manifest.ProjectMacro;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The macros of all packages, and the rules by which a name finds one: that of the node's own
 * package, of the project, a package, and dbt's own, in this order.
 */
public final class Macros {

    /** The package of dbt's own macros, by the name that all of it has in templates. */
    public static final String DBT = "dbt";

    /** Packages of dbt's own macros; what stands first goes before. */
    private static final List<String> INTERNAL = List.of("dbt_postgres", DBT);

    private static final List<String> PREFIXES = List.of("postgres__", "default__");

    private final String root;
    private final Map<String, List<String>> searchOrders;
    private final Map<String, Map<String, ProjectMacro>> packages = new HashMap<>();
    private final Map<String, ProjectMacro> internal = new HashMap<>();
    private final List<ProjectMacro> all;

    /**
     * @param root the project's own package
     * @param known names of all packages, also of those without macros
     */
    public Macros(DbtPackage root, Set<String> known, Collection<ProjectMacro> macros) {
        this.root = root.name();
        this.searchOrders = root.dispatch();
        this.all = List.copyOf(macros);
        known.forEach(name -> packages.put(name, new HashMap<>()));
        for (String name : INTERNAL.reversed()) {
            macros.stream()
                    .filter(macro -> macro.packageName().equals(name))
                    .forEach(macro -> internal.put(macro.name(), macro));
        }
        macros.stream()
                .filter(macro -> !INTERNAL.contains(macro.packageName()))
                .forEach(
                        macro ->
                                packages.computeIfAbsent(
                                                macro.packageName(), name -> new HashMap<>())
                                        .put(macro.name(), macro));
    }

    /** Whether a package is dbt's own. */
    public static boolean isInternal(String packageName) {
        return INTERNAL.contains(packageName);
    }

    public List<ProjectMacro> all() {
        return all;
    }

    /**
     * The macro that a name means in a template of a package; null if there is none.
     *
     * @param local package of the node whose template it is
     */
    public @Nullable ProjectMacro find(String name, String local) {
        ProjectMacro macro = packages.getOrDefault(local, Map.of()).get(name);
        if (macro == null && !local.equals(root)) {
            macro = packages.getOrDefault(root, Map.of()).get(name);
        }
        return macro == null ? internal.get(name) : macro;
    }

    /** The macro of a package; null if it has none of that name. */
    public @Nullable ProjectMacro in(String packageName, String name) {
        return packageName.equals(DBT)
                ? internal.get(name)
                : packages.getOrDefault(packageName, Map.of()).get(name);
    }

    /** The macros of a package, as attributes of its name; null if there is no such package. */
    @Nullable HasAttributes namespace(String packageName) {
        boolean known = packageName.equals(DBT) || packages.containsKey(packageName);
        return known ? new Namespace(packageName) : null;
    }

    Set<String> names() {
        Set<String> names = new TreeSet<>(internal.keySet());
        packages.values().forEach(macros -> names.addAll(macros.keySet()));
        names.addAll(packages.keySet());
        return names;
    }

    /**
     * The macro that {@code adapter.dispatch} means.
     *
     * @param namespace package that is dispatched over; null for whatever the name itself finds
     * @param local package of the node whose template it is
     * @throws JinjaException if there is none
     */
    ProjectMacro dispatch(String name, @Nullable String namespace, String local) {
        if (name.contains(".")) {
            throw new JinjaException(
                    "adapter.dispatch() takes the name of a macro and its package apart; write"
                            + " adapter.dispatch('"
                            + name.substring(name.indexOf('.') + 1)
                            + "', '"
                            + name.substring(0, name.indexOf('.'))
                            + "')");
        }
        ProjectMacro found = findDispatched(name, namespace, local);
        if (found != null) {
            return found;
        }
        throw new JinjaException(
                "no macro is found for adapter.dispatch('"
                        + name
                        + "'"
                        + (namespace == null ? "" : ", '" + namespace + "'")
                        + "); looked for "
                        + String.join(", ", candidates(name, namespace))
                        + NearestName.hint("default__" + name, names()));
    }

    /** The same where it is no mistake that there is none: null then. */
    public @Nullable ProjectMacro findDispatched(
            String name, @Nullable String namespace, String local) {
        for (String packageName : searched(namespace)) {
            for (String prefix : PREFIXES) {
                ProjectMacro macro =
                        packageName.isEmpty()
                                ? find(prefix + name, local)
                                : in(packageName, prefix + name);
                if (macro != null) {
                    return macro;
                }
            }
        }
        return null;
    }

    private List<String> candidates(String name, @Nullable String namespace) {
        List<String> candidates = new ArrayList<>();
        for (String packageName : searched(namespace)) {
            for (String prefix : PREFIXES) {
                candidates.add((packageName.isEmpty() ? "" : packageName + ".") + prefix + name);
            }
        }
        return candidates;
    }

    private List<String> searched(@Nullable String namespace) {
        if (namespace == null) {
            return List.of("");
        }
        List<String> order = searchOrders.get(namespace);
        if (order != null && !order.isEmpty()) {
            return order;
        }
        boolean known = isInternal(namespace) || packages.containsKey(namespace);
        return known ? List.of(root, namespace) : List.of("");
    }

    private final class Namespace implements HasAttributes {

        private final String packageName;

        Namespace(String packageName) {
            this.packageName = packageName;
        }

        @Override
        public @Nullable Object attribute(String name) {
            ProjectMacro macro = in(packageName, name);
            return macro == null ? null : macro.definition();
        }

        @Override
        public String absence(String name) {
            Set<String> known =
                    packageName.equals(DBT)
                            ? internal.keySet()
                            : packages.getOrDefault(packageName, Map.of()).keySet();
            return "the package '"
                    + packageName
                    + "' has no macro '"
                    + name
                    + "'"
                    + NearestName.hint(name, known);
        }
    }
}
