package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.transform.model.manifest.DbtPackage;

import java.util.List;
import java.util.Optional;

/** The files of rows that unit tests share: {@code fixtures} in the directories of tests. */
record Fixtures(ProjectFiles files) {

    private static final String DIRECTORY = "fixtures/";

    /** Whether a file of tests is one. */
    static boolean isOne(PackageFiles.File file) {
        return file.path().startsWith(DIRECTORY);
    }

    /** The text of the fixture of a name. */
    Optional<String> text(DbtPackage dbtPackage, String name, String format) {
        PackageFiles inPackage = new PackageFiles(files, dbtPackage);
        List<PackageFiles.File> found =
                inPackage.below(dbtPackage.paths().tests(), format).stream()
                        .filter(Fixtures::isOne)
                        .filter(file -> file.name().equals(name))
                        .toList();
        return found.stream().findFirst().map(inPackage::text);
    }
}
