package dev.millrace.transform.model.deps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Problem;
import dev.millrace.contracts.project.Problems;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A project whose packages are installed, and directories that packages come from. */
final class DepsStage {

    final Path directory;
    final Path project;
    final Map<String, String> environment = new HashMap<>();
    Problems problems = new Problems();

    DepsStage(Path directory) throws IOException {
        this(directory, "project");
    }

    /**
     * @param at where in the directory the project is
     */
    DepsStage(Path directory, String at) throws IOException {
        this.directory = directory.toRealPath();
        this.project = this.directory.resolve(at);
        write(at + "/dbt_project.yml", "name: shop\nprofile: shop\n");
    }

    void write(String path, String text) throws IOException {
        Path file = directory.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** A dbt package with one macro. */
    void makePackage(String path, String name) throws IOException {
        write(path + "/dbt_project.yml", "name: " + name + "\n");
        write(path + "/macros/" + name + ".sql", "{% macro " + name + "() %}{% endmacro %}");
    }

    void packages(String... lines) throws IOException {
        Files.writeString(
                project.resolve("packages.yml"), "packages:\n" + String.join("\n", lines) + "\n");
    }

    List<InstalledPackage> install(InstallRequest.Mode mode) {
        problems = new Problems();
        return new PackageInstaller(Environment.of(environment), Map.of(), problems)
                .install(new InstallRequest(project, mode, Duration.ofSeconds(60)));
    }

    /** Installs what there must be no mistake in. */
    List<InstalledPackage> install() {
        List<InstalledPackage> installed = install(InstallRequest.Mode.INSTALL);
        assertThat(problems.list()).isEmpty();
        return installed;
    }

    /** The only mistake of an installation. */
    String problem() {
        assertThat(install(InstallRequest.Mode.INSTALL)).isEmpty();
        assertThat(problems.list()).hasSize(1);
        Problem problem = problems.list().getFirst();
        return problem.position() + " " + problem.message();
    }

    String lock() throws IOException {
        return Files.readString(project.resolve("package-lock.yml"));
    }

    Path installed(String path) {
        return project.resolve("dbt_packages").resolve(path);
    }
}
