package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.Position;
import dev.millrace.transform.model.manifest.DbtPackage;

import java.util.List;
import java.util.Map;

/**
 * One thing that a properties file describes.
 *
 * @param file path of the file, relative to its package
 * @param directories directories between the searched one and the file
 * @param written what is written of it, not yet rendered
 */
record PropertyItem(
        DbtPackage dbtPackage,
        String file,
        List<String> directories,
        Position position,
        Map<String, Object> written) {

    String name() {
        return Yaml.text(written.get("name"), "");
    }
}
