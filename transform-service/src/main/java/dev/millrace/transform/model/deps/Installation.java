package dev.millrace.transform.model.deps;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;

/** Puts packages in their place, all of them or none. */
final class Installation {

    private final Path project;
    private final Path target;
    private final Path staging;

    /**
     * @param target directory for packages
     * @param staging directory beside it that nobody else uses
     */
    Installation(Path project, Path target, Path staging) {
        this.project = project;
        this.target = target;
        this.staging = staging;
    }

    /** What would be lost if the directory was replaced and is no package; nothing if it may be. */
    Optional<Path> obstacle() throws IOException {
        if (!Files.isDirectory(target)) {
            return Files.exists(target, LinkOption.NOFOLLOW_LINKS)
                    ? Optional.of(target)
                    : Optional.empty();
        }
        try (Stream<Path> children = Files.list(target)) {
            return children.filter(child -> !child.getFileName().toString().startsWith("."))
                    .filter(child -> !Files.isSymbolicLink(child))
                    .filter(child -> !Files.isRegularFile(child.resolve(PackagesFile.PROJECT)))
                    .findFirst();
        }
    }

    void install(Collection<Resolved> packages) throws IOException {
        Path installed = Files.createDirectories(staging.resolve("installed"));
        for (Resolved each : packages) {
            Path place = installed.resolve(each.name());
            switch (each.spec()) {
                case PackageSpec.Local _ -> link(each.files(), place);
                case PackageSpec.Git _ -> Files.move(each.files(), place);
                case PackageSpec.Hub _ -> PackageTree.copy(each.files(), place, project);
            }
        }
        replace(installed);
    }

    /** A link lets changes to the package be seen at once; a copy is what there is without. */
    private void link(Path files, Path place) throws IOException {
        Path from = target.toAbsolutePath().normalize();
        try {
            // Where it will stand counts, and not where it is made.
            Files.createSymbolicLink(place, real(from).relativize(files.toRealPath()));
        } catch (UnsupportedOperationException | FileSystemException e) {
            PackageTree.copy(files, place, project);
        }
    }

    private static Path real(Path directory) throws IOException {
        Path parent = directory.getParent();
        return parent == null ? directory : parent.toRealPath().resolve(directory.getFileName());
    }

    private void replace(Path installed) throws IOException {
        Path former = staging.resolve("former");
        boolean there = Files.exists(target, LinkOption.NOFOLLOW_LINKS);
        if (there) {
            Files.move(target, former);
        }
        try {
            Files.createDirectories(target.toAbsolutePath().getParent());
            Files.move(installed, target);
        } catch (IOException e) {
            if (there) {
                Files.move(former, target);
            }
            throw e;
        }
    }
}
