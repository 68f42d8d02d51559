package dev.millrace.transform.model.parse;

import dev.millrace.transform.jinja.MacroDefinition;
import dev.millrace.transform.jinja.Template;
import dev.millrace.transform.model.context.DbtSyntax;
import dev.millrace.transform.model.manifest.ProjectMacro;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The macros that dbt has of its own, in Millrace's own words: the packages {@code dbt} and {@code
 * dbt_postgres}. They are parsed once for the whole process.
 */
final class GlobalMacros {

    private static final String DIRECTORY = "/dev/millrace/transform/model/macros/";

    private GlobalMacros() {}

    private static final class Holder {

        static final List<ProjectMacro> ALL = read();
    }

    static List<ProjectMacro> all() {
        return Holder.ALL;
    }

    private static List<ProjectMacro> read() {
        List<ProjectMacro> macros = new ArrayList<>();
        for (String file : text("index.txt").lines().filter(line -> !line.isBlank()).toList()) {
            String packageName = file.substring(0, file.indexOf('/'));
            Template template =
                    Template.parse(packageName + "://" + file, text(file), DbtSyntax.SYNTAX);
            for (MacroDefinition macro : template.macros()) {
                macros.add(new ProjectMacro(packageName, file, macro.name(), template));
            }
        }
        return List.copyOf(macros);
    }

    private static String text(String file) {
        try (InputStream in = GlobalMacros.class.getResourceAsStream(DIRECTORY + file)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its file " + DIRECTORY + file);
            }
            try (BufferedReader reader =
                    new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                return reader.readAllAsString();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
