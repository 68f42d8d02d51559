package dev.millrace.transform.model.deps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.project.ProjectFiles;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

class LocalPackagesTest {

    @TempDir Path directory;

    @Test
    void aDirectoryIsLinkedUnderThePackagesName() throws IOException {
        DepsStage stage = new DepsStage(directory);
        stage.makePackage("helpers", "helping");
        stage.packages("  - local: ../helpers");
        assertThat(stage.install())
                .containsExactly(
                        new InstalledPackage(
                                "helping", "../helpers", "local", stage.installed("helping")));
        assertThat(stage.installed("helping/macros/helping.sql")).exists();
        assertThat(stage.lock()).contains("- local: ../helpers").contains("sha1_hash: ");
    }

    @Test
    void aProjectInsideOfThePackageThatItTestsCanUseIt() throws IOException {
        DepsStage stage = new DepsStage(directory, "helpers/integration_tests");
        stage.makePackage("helpers", "helping");
        stage.packages("  - local: ../");
        stage.install();
        assertThat(stage.installed("helping/dbt_project.yml")).hasContent("name: helping");
        assertThat(ProjectFiles.read(stage.project).contents())
                .containsKey("dbt_packages/helping/macros/helping.sql");
        // The hash is the one that dbt itself gives this list.
        assertThat(stage.lock()).contains("sha1_hash: de2deba3d66ce03d8c02949013650cc9b94f6030");
        stage.install();
        assertThat(stage.installed("helping/dbt_project.yml")).exists();
    }

    @Test
    void packagesOfPackagesAreInstalledToo() throws IOException {
        DepsStage stage = new DepsStage(directory);
        stage.makePackage("libs/helpers", "helping");
        stage.makePackage("libs/base", "base");
        stage.write("libs/helpers/packages.yml", "packages: [{local: ../base}]");
        stage.packages("  - local: ../libs/helpers");
        assertThat(stage.install())
                .extracting(InstalledPackage::name)
                .containsExactly("helping", "base");
        assertThat(stage.lock()).contains("- local: ../libs/base");
        assertThat(stage.install()).hasSize(2);
    }

    @Test
    void whatWasInstalledBeforeIsReplaced() throws IOException {
        DepsStage stage = new DepsStage(directory);
        stage.makePackage("helpers", "helping");
        stage.makePackage("project/dbt_packages/old", "old");
        stage.packages("  - local: ../helpers");
        stage.install();
        assertThat(stage.installed("old")).doesNotExist();
        try (Stream<Path> files = Files.list(stage.project)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "dbt_project.yml", "packages.yml", "package-lock.yml", "dbt_packages");
        }
        assertThat(stage.directory.resolve("helpers/macros/helping.sql")).exists();
    }

    @Test
    void aMistakeLeavesEverythingAsItWas() throws IOException {
        DepsStage stage = new DepsStage(directory);
        stage.makePackage("helpers", "helping");
        stage.packages("  - local: ../helpers");
        stage.install();
        String lock = stage.lock();
        stage.packages("  - local: ../helpers", "  - local: ../nowhere");
        assertThat(stage.problem())
                .isEqualTo(
                        "packages.yml:3:5 there is no directory '../nowhere' beside the project");
        assertThat(stage.installed("helping/macros/helping.sql")).exists();
        assertThat(stage.lock()).isEqualTo(lock);
    }

    @Test
    void aDirectoryThatHoldsOtherThingsIsNotReplaced() throws IOException {
        DepsStage stage = new DepsStage(directory);
        stage.makePackage("helpers", "helping");
        stage.write("project/dbt_project.yml", "name: shop\npackages-install-path: models\n");
        stage.write("project/models/staging/orders.sql", "select 1");
        stage.packages("  - local: ../helpers");
        assertThat(stage.problem()).contains("models/staging is no package and would be lost");
        assertThat(stage.project.resolve("models/staging/orders.sql")).exists();
    }

    @Test
    void packagesStayWithinTheProject() throws IOException {
        DepsStage stage = new DepsStage(directory);
        stage.write("project/dbt_project.yml", "name: shop\npackages-install-path: ../elsewhere\n");
        stage.packages("  - local: ../helpers");
        assertThat(stage.problem()).contains("must name a directory below the project");
    }

    @Test
    void twoPackagesOfOneNameAreToldWithBothPlaces() throws IOException {
        DepsStage stage = new DepsStage(directory);
        stage.makePackage("one", "helping");
        stage.makePackage("two", "helping");
        stage.packages("  - local: ../one", "  - local: ../two");
        assertThat(stage.problem())
                .startsWith("packages.yml:3:5")
                .contains("another package 'helping' at packages.yml:2:5 (../one)");
    }

    @Test
    void aPackageOfTheProjectsOwnNameIsRefused() throws IOException {
        DepsStage stage = new DepsStage(directory);
        stage.makePackage("one", "shop");
        stage.packages("  - local: ../one");
        assertThat(stage.problem()).contains("called 'shop', as the project itself is");
    }

    @Test
    void aNameThatIsAPathIsRefused() throws IOException {
        DepsStage stage = new DepsStage(directory);
        stage.write("one/dbt_project.yml", "name: ../../escaped\n");
        stage.packages("  - local: ../one");
        assertThat(stage.problem()).contains("'../../escaped', and a name is of letters");
    }

    @Test
    void whatIsNoPackageIsToldSo() throws IOException {
        DepsStage stage = new DepsStage(directory);
        stage.write("one/readme.md", "nothing");
        stage.packages("  - local: ../one");
        assertThat(stage.problem()).contains("it has no dbt_project.yml");
    }

    @Test
    void dependenciesMayStandInTheOtherFileWithoutTemplates() throws IOException {
        DepsStage stage = new DepsStage(directory);
        stage.makePackage("helpers", "helping");
        stage.write("project/dependencies.yml", "packages: [{local: ../helpers}]\n");
        assertThat(stage.install()).hasSize(1);
        stage.packages("  - local: ../helpers");
        assertThat(stage.problem()).contains("dependencies.yml:1:1").contains("in one file");
    }

    @Test
    void templatesReadTheEnvironment() throws IOException {
        DepsStage stage = new DepsStage(directory);
        stage.makePackage("helpers", "helping");
        stage.environment.put("HELPERS", "../helpers");
        stage.packages("  - local: \"{{ env_var('HELPERS') }}\"");
        assertThat(stage.install()).hasSize(1);
        stage.packages("  - local: \"{{ env_var('NOWHERE') }}\"");
        assertThat(stage.problem())
                .startsWith("packages.yml:2:12")
                .contains("the environment variable NOWHERE is not set");
    }

    @Test
    void whatIsNotOfferedSaysWhatToWriteInstead() throws IOException {
        DepsStage stage = new DepsStage(directory);
        stage.packages("  - {tarball: 'https://example.com/x.tgz', name: x}");
        assertThat(stage.problem()).contains("write where the package's repository is: git:");
        stage.packages("  - private: org/repo");
        assertThat(stage.problem()).contains("write git: with the address");
        stage.packages("  - name: x");
        assertThat(stage.problem()).contains("one of the keys package, git and local");
    }

    @Test
    void aProjectWithoutPackagesHasNone() throws IOException {
        DepsStage stage = new DepsStage(directory);
        stage.makePackage("project/dbt_packages/old", "old");
        assertThat(stage.install()).isEmpty();
        assertThat(stage.installed("old")).doesNotExist();
    }
}
