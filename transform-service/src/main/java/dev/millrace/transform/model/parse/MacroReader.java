package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.MacroDefinition;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.model.context.DbtSyntax;
import dev.millrace.transform.model.manifest.DbtPackage;
import dev.millrace.transform.model.manifest.ProjectMacro;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the macros of packages, with generic tests and materializations among them. */
final class MacroReader {

    private final ProjectFiles files;
    private final Problems problems;
    private final List<ProjectMacro> macros = new ArrayList<>(GlobalMacros.all());

    MacroReader(ProjectFiles files, Problems problems) {
        this.files = files;
        this.problems = problems;
    }

    List<ProjectMacro> read(List<DbtPackage> packages) {
        for (DbtPackage each : packages) {
            PackageFiles inPackage = new PackageFiles(files, each);
            Map<String, MacroDefinition> seen = new HashMap<>();
            inPackage
                    .below(each.paths().macros(), "sql")
                    .forEach(file -> read(inPackage, file, seen));
            for (PackageFiles.File file : inPackage.below(each.paths().tests(), "sql")) {
                if (isGeneric(file)) {
                    read(inPackage, file, seen);
                }
            }
        }
        return macros;
    }

    /** Whether a file of tests holds generic ones. */
    static boolean isGeneric(PackageFiles.File file) {
        return file.path().startsWith("generic/");
    }

    private void read(
            PackageFiles inPackage, PackageFiles.File file, Map<String, MacroDefinition> seen) {
        try {
            Template template =
                    Template.parse(file.project(), inPackage.text(file), DbtSyntax.SYNTAX);
            for (MacroDefinition macro : template.macros()) {
                MacroDefinition earlier = seen.putIfAbsent(macro.name(), macro);
                if (earlier != null) {
                    problems.add(
                            JinjaProblems.position(macro.place()),
                            "there is another macro '" + macro.name() + "' at " + earlier.place());
                } else {
                    macros.add(
                            new ProjectMacro(
                                    inPackage.dbtPackage().name(),
                                    file.original(),
                                    macro.name(),
                                    template));
                }
            }
        } catch (JinjaException e) {
            JinjaProblems.add(problems, new Position(file.project(), 1, 1), e);
        }
    }
}
