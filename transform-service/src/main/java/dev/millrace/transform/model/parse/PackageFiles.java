package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.transform.model.manifest.DbtPackage;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The files of one package. */
record PackageFiles(ProjectFiles files, DbtPackage dbtPackage) {

    /**
     * A file of a package.
     *
     * @param project path relative to the project
     * @param original path relative to the package, as dbt's {@code original_file_path}
     * @param path path relative to the directory that it was looked for in
     */
    record File(String project, String original, String path) {

        /** The file's name without directories and extension. */
        String name() {
            String file = path.substring(path.lastIndexOf('/') + 1);
            int dot = file.lastIndexOf('.');
            return dot < 0 ? file : file.substring(0, dot);
        }

        /** The directories between the one that was searched and the file. */
        List<String> directories() {
            int slash = path.lastIndexOf('/');
            return slash < 0 ? List.of() : List.of(path.substring(0, slash).split("/", -1));
        }
    }

    /** Files below some directories of the package, each once. */
    List<File> below(List<String> directories, String... extensions) {
        Set<String> seen = new LinkedHashSet<>();
        List<File> found = new ArrayList<>();
        for (String directory : directories) {
            String clean = directory.replaceAll("^\\./|/+$", "");
            String prefix = dbtPackage.within(clean);
            for (String path : files.below(prefix, extensions)) {
                if (seen.add(path)) {
                    String original =
                            dbtPackage.directory().isEmpty()
                                    ? path
                                    : path.substring(dbtPackage.directory().length() + 1);
                    found.add(new File(path, original, path.substring(prefix.length() + 1)));
                }
            }
        }
        return found;
    }

    String text(File file) {
        return files.text(file.project());
    }
}
