package dev.millrace.transform.model.deps;

import dev.millrace.contracts.project.Position;

import java.nio.file.Path;
import java.util.Map;

/**
 * A package that was found.
 *
 * @param spec the entry that asked for it first
 * @param name its name
 * @param version its version, commit, or {@code local}
 * @param files where its files are
 * @param locked its entry in the lock
 */
record Resolved(
        PackageSpec spec, String name, String version, Path files, Map<String, Object> locked) {

    Position position() {
        return spec.position();
    }

    String source() {
        return switch (spec) {
            case PackageSpec.Local local -> local.path();
            case PackageSpec.Git git -> git.shownUrl();
            case PackageSpec.Hub hub -> hub.name();
        };
    }
}
