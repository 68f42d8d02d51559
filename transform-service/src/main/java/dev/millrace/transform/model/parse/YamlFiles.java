package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.YamlValue;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** YAML as dbt reads it: what stands twice is odd, and no mistake. */
final class YamlFiles {

    private YamlFiles() {}

    /** The document of a file; nothing if it is empty or no YAML, of which the latter is told. */
    static Optional<YamlValue> read(ProjectFiles files, String path, Problems problems) {
        Problems found = new Problems();
        Optional<YamlValue> document =
                YamlValue.parse(
                        path,
                        files.text(path).getBytes(StandardCharsets.UTF_8),
                        YamlValue.verbatim(),
                        found);
        if (document.isEmpty()) {
            found.list().forEach(p -> problems.add(p.position(), p.message()));
        }
        // Walking through the values is what finds keys that stand twice.
        document.ifPresent(YamlValue::plain);
        if (document.isPresent()) {
            found.list().forEach(p -> problems.warn(p.position(), p.message()));
        }
        return document;
    }
}
