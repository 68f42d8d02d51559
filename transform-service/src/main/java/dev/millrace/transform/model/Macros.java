package dev.millrace.transform.model;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.MacroDefinition;
import dev.millrace.transform.jinja.Syntax;
import dev.millrace.transform.jinja.Template;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The macros of a project, by name. */
final class Macros {

    /** dbt's own tags: some define macros, others are for commands that are not run here. */
    static final Syntax SYNTAX =
            new Syntax(Map.of("test", "test_"), Set.of("materialization", "snapshot", "docs"));

    private final String packageName;
    private final Map<String, MacroDefinition> byName = new TreeMap<>();

    private Macros(String packageName) {
        this.packageName = packageName;
    }

    static Macros read(
            ProjectFiles files, String packageName, List<String> directories, Problems problems) {
        Macros macros = new Macros(packageName);
        directories.stream()
                .flatMap(directory -> files.below(directory, "sql").stream())
                .distinct()
                .forEach(path -> macros.read(path, files.text(path), problems));
        return macros;
    }

    private void read(String path, String text, Problems problems) {
        try {
            for (MacroDefinition macro : Template.parse(path, text, SYNTAX).macros()) {
                MacroDefinition earlier = byName.putIfAbsent(macro.name(), macro);
                if (earlier != null) {
                    problems.add(
                            JinjaProblems.position(macro.place()),
                            "there is another macro '" + macro.name() + "' at " + earlier.place());
                }
            }
        } catch (JinjaException e) {
            JinjaProblems.add(problems, new Position(path, 1, 1), e);
        }
    }

    Optional<MacroDefinition> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    Set<String> names() {
        return byName.keySet();
    }

    /** {@code shop.macro()}: the macros by the name of their package. */
    HasAttributes namespace() {
        return new HasAttributes() {
            @Override
            public @Nullable Object attribute(String name) {
                return byName.get(name);
            }
        };
    }

    /**
     * {@code adapter.dispatch('x')}: the macro for PostgreSQL, or else the one for all.
     *
     * @throws JinjaException if there is neither
     */
    Invocable dispatch() {
        return arguments -> {
            String name =
                    arguments
                            .bind("dispatch", "macro_name", "macro_namespace", "packages")
                            .text("macro_name");
            for (String candidate : List.of("postgres__" + name, "default__" + name)) {
                MacroDefinition macro = byName.get(candidate);
                if (macro != null) {
                    return macro;
                }
            }
            throw new JinjaException(
                    "there is neither a macro 'postgres__"
                            + name
                            + "' nor 'default__"
                            + name
                            + "' in "
                            + packageName
                            + NearestName.hint("default__" + name, byName.keySet()));
        };
    }
}
