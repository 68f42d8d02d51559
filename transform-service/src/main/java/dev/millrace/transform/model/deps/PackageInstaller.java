package dev.millrace.transform.model.deps;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.transform.model.context.EnvironmentRendering;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Installs the packages of a project. */
public final class PackageInstaller {

    private static final String PATH_KEY = "packages-install-path";
    private static final String DEFAULT_PATH = "dbt_packages";

    private final Environment environment;
    private final EnvironmentRendering rendering;
    private final Problems problems;

    /**
     * @param environment what {@code env_var} in {@code packages.yml} reads, secrets included
     * @param vars values that the command was given for {@code var}
     * @param problems takes every mistake
     */
    public PackageInstaller(Environment environment, Map<String, Object> vars, Problems problems) {
        this.environment = environment;
        this.rendering = new EnvironmentRendering(environment, vars);
        this.problems = problems;
    }

    /** The packages that are installed now; empty and as before if there were mistakes. */
    public List<InstalledPackage> install(InstallRequest request) {
        PackagesFile files = new PackagesFile(rendering, problems);
        Path project = request.project().toAbsolutePath().normalize();
        List<PackageSpec> list = files.read(project, "");
        Optional<Path> target = target(files, project);
        if (target.isEmpty() || !problems.isEmpty()) {
            return List.of();
        }
        Path staging = null;
        try {
            staging = Files.createTempDirectory(project, ".dbt_packages");
            return install(request, files, list, target.get(), staging);
        } catch (IOException e) {
            problems.add(new Position(PackagesFile.PACKAGES, 1, 1), String.valueOf(e.getMessage()));
            return List.of();
        } finally {
            remove(staging);
        }
    }

    private List<InstalledPackage> install(
            InstallRequest request,
            PackagesFile files,
            List<PackageSpec> list,
            Path target,
            Path staging)
            throws IOException {
        Path project = request.project().toAbsolutePath().normalize();
        Installation installation = new Installation(project, target, staging);
        Optional<Path> obstacle = installation.obstacle();
        if (obstacle.isPresent()) {
            problems.add(
                    new Position(PackagesFile.PROJECT, 1, 1),
                    project.relativize(obstacle.get())
                            + " is no package and would be lost; move it, or name another directory"
                            + " in packages-install-path");
            return List.of();
        }
        LockFile lock = new LockFile(project, files, rendering);
        Optional<List<PackageSpec>> locked =
                request.mode() == InstallRequest.Mode.INSTALL ? lock.read(list) : Optional.empty();
        Resolver resolver =
                new Resolver(
                        project,
                        files,
                        new GitRepositories(
                                new GitCommand(request.timeout()), staging.resolve("downloads")),
                        hub(),
                        problems);
        Collection<Resolved> resolved =
                locked.isPresent() ? resolver.locked(locked.get()) : resolver.all(list);
        if (!problems.isEmpty()) {
            return List.of();
        }
        if (request.mode() != InstallRequest.Mode.LOCK) {
            installation.install(resolved);
        }
        if (locked.isEmpty() && !list.isEmpty()) {
            lock.write(list, resolved);
        }
        return resolved.stream()
                .map(
                        each ->
                                new InstalledPackage(
                                        each.name(),
                                        each.source(),
                                        each.version(),
                                        target.resolve(each.name())))
                .toList();
    }

    private HubDirectory hub() {
        return new HubDirectory(
                environment
                        .value(HubDirectory.VARIABLE)
                        .filter(value -> !value.isBlank())
                        .map(Path::of)
                        .orElse(null));
    }

    /** The directory of packages, which must be one of the project's own. */
    private Optional<Path> target(PackagesFile files, Path project) {
        if (!Files.isRegularFile(project.resolve(PackagesFile.PROJECT))) {
            problems.add(
                    new Position(PackagesFile.PROJECT, 1, 1),
                    "there is no such file in " + project + ", so this is no dbt project");
            return Optional.empty();
        }
        String written = files.projectKey(project, "", PATH_KEY).orElse(DEFAULT_PATH);
        if (!SpecReader.isWithin(written) || written.isBlank() || written.equals(".")) {
            problems.add(
                    new Position(PackagesFile.PROJECT, 1, 1),
                    "packages-install-path must name a directory below the project, such as"
                            + " dbt_packages");
            return Optional.empty();
        }
        return Optional.of(project.resolve(written).normalize());
    }

    private static void remove(@Nullable Path staging) {
        if (staging != null) {
            try {
                PackageTree.delete(staging);
            } catch (IOException e) {
                // It is hidden and harms nobody; the next one has a name of its own.
            }
        }
    }
}
