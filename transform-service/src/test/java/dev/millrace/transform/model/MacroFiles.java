package dev.millrace.transform.model;

import dev.millrace.transform.jinja.MacroDefinition;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.model.context.DbtSyntax;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of macros that every project has, by package. */
final class MacroFiles {

    static final List<String> PACKAGES = List.of("dbt_postgres", "dbt");

    private MacroFiles() {}

    /** The text of each file by its path below the folder of the packages. */
    static Map<String, String> texts() throws IOException, URISyntaxException {
        Map<String, String> texts = new TreeMap<>();
        for (String packageName : PACKAGES) {
            Path folder = Path.of(MacroFiles.class.getResource("macros/" + packageName).toURI());
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    texts.put(packageName + "/" + file.getFileName(), Files.readString(file));
                }
            }
        }
        return texts;
    }

    static List<MacroDefinition> macros(String packageName) throws Exception {
        return texts().entrySet().stream()
                .filter(file -> file.getKey().startsWith(packageName + "/"))
                .map(file -> Template.parse(file.getKey(), file.getValue(), DbtSyntax.SYNTAX))
                .flatMap(template -> template.macros().stream())
                .toList();
    }

    /** All macros by name, those for PostgreSQL first. */
    static Map<String, MacroDefinition> byName() throws Exception {
        Map<String, MacroDefinition> byName = new LinkedHashMap<>();
        for (String packageName : PACKAGES) {
            for (MacroDefinition macro : macros(packageName)) {
                byName.putIfAbsent(macro.name(), macro);
            }
        }
        return byName;
    }
}
