package dev.millrace.transform.model.deps;

import java.nio.file.Path;

/**
 * A package of a project.
 *
 * @param name name of the package
 * @param source where it comes from, without secrets
 * @param version its version, commit, or {@code local}
 * @param directory where it is installed; it is not there if only the lock was written
 */
public record InstalledPackage(String name, String source, String version, Path directory) {}
