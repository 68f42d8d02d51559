package dev.millrace.transform.run.artifact;

import dev.millrace.transform.model.manifest.Documentation;
import dev.millrace.transform.model.manifest.ProjectMacro;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Macros as {@code manifest.json} has them. */
final class MacroEntries {

    private final ManifestContents contents;
    private final MacroCalls calls;

    MacroEntries(ManifestContents contents, MacroCalls calls) {
        this.contents = contents;
        this.calls = calls;
    }

    Map<String, @Nullable Object> of(ProjectMacro macro) {
        Documentation.MacroProperties said = contents.documentation().macros().get(macro.id());
        String own = macro.packageName();
        return new Entry()
                .put("name", macro.name())
                .put("resource_type", "macro")
                .put("package_name", own)
                .put("path", macro.file())
                .put("original_file_path", macro.file())
                .put("unique_id", macro.id())
                .put("macro_sql", macro.definition().source())
                .put("depends_on", new Entry().put("macros", calls.of(macro)).values())
                .put("description", said == null ? "" : contents.described(said.description(), own))
                .put("meta", said == null ? Map.of() : said.meta())
                .put(
                        "docs",
                        new Entry()
                                .put("show", said == null || said.shown())
                                .put("node_color", null)
                                .values())
                .put("patch_path", said == null ? null : said.file())
                .put("arguments", said == null ? List.of() : arguments(said, own))
                .put("created_at", contents.createdAt())
                .put(
                        "supported_languages",
                        macro.name().startsWith("materialization_") ? List.of("sql") : null)
                .values();
    }

    private List<Object> arguments(Documentation.MacroProperties said, String packageName) {
        List<Object> arguments = new ArrayList<>();
        for (Documentation.Argument each : said.arguments()) {
            arguments.add(
                    new Entry()
                            .put("name", each.name())
                            .put("type", each.type())
                            .put("description", contents.described(each.description(), packageName))
                            .values());
        }
        return arguments;
    }
}
