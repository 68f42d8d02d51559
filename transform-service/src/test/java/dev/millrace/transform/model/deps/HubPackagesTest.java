package dev.millrace.transform.model.deps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.project.Position;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

class HubPackagesTest {

    @TempDir Path directory;
    private DepsStage stage;

    @BeforeEach
    void fillAHub() throws IOException {
        stage = new DepsStage(directory);
        for (String version : List.of("1.0.0", "1.2.0", "1.10.0", "2.0.0-rc1", "2.0.0")) {
            stage.makePackage("hub/acme/tools/" + version, "tools");
        }
        stage.makePackage("hub/acme/more/0.1.0", "more");
        stage.write(
                "hub/acme/more/0.1.0/packages.yml",
                "packages: [{package: acme/tools, version: ['>=1.2.0', '<2.0.0']}]\n");
        stage.environment.put("MILLRACE_DBT_HUB", stage.directory.resolve("hub").toString());
    }

    private void ask(String version) throws IOException {
        stage.packages("  - package: acme/tools", "    version: " + version);
    }

    private String installed() {
        return stage.install().getFirst().version();
    }

    @Test
    void theNewestVersionThatMeetsTheConditionsIsCopied() throws IOException {
        ask("1.2.0");
        assertThat(installed()).isEqualTo("1.2.0");
        assertThat(stage.installed("tools/macros/tools.sql")).exists();
        ask("['>=1.0.0', '<2.0.0']");
        assertThat(installed()).isEqualTo("1.10.0");
        ask("'>1.0.0'");
        assertThat(installed()).isEqualTo("2.0.0");
        assertThat(stage.lock()).contains("package: acme/tools").contains("version: 2.0.0");
    }

    @Test
    void whatIsNotFinishedIsTakenOnlyIfItIsAskedFor() throws IOException {
        ask("['>=1.0.0', '<2.0.0']\n    install_prerelease: true");
        assertThat(installed()).isEqualTo("2.0.0-rc1");
        ask("2.0.0-rc1");
        assertThat(installed()).isEqualTo("2.0.0-rc1");
    }

    @Test
    void conditionsOfSeveralPackagesAreMetTogether() throws IOException {
        stage.packages(
                "  - package: acme/tools", "    version: '>=1.0.0'",
                "  - package: acme/more", "    version: 0.1.0");
        assertThat(stage.install())
                .extracting(each -> each.name() + " " + each.version())
                .containsExactlyInAnyOrder("tools 1.10.0", "more 0.1.0");
        assertThat(stage.install()).hasSize(2);
    }

    @Test
    void conditionsThatNoVersionMeetsAreToldWithBothPlaces() throws IOException {
        stage.packages(
                "  - package: acme/tools", "    version: 1.0.0",
                "  - package: acme/more", "    version: 0.1.0");
        assertThat(stage.problem())
                .startsWith("more/packages.yml:1:12 no version of acme/tools meets")
                .contains("packages.yml:2:5 asks for 1.0.0")
                .contains("there are: 1.0.0, 1.2.0, 1.10.0, 2.0.0-rc1, 2.0.0");
    }

    @Test
    void withoutAHubTheLineToWriteInsteadIsTold() throws IOException {
        stage.environment.clear();
        stage.packages("  - package: dbt-labs/dbt_utils", "    version: 1.3.0");
        assertThat(stage.problem())
                .startsWith("packages.yml:2:5 packages of the hub are not downloaded")
                .contains("git: https://github.com/dbt-labs/dbt-utils.git with revision: 1.3.0")
                .contains("MILLRACE_DBT_HUB");
    }

    @Test
    void whatIsNotInTheHubIsTold() throws IOException {
        stage.packages("  - package: acme/nothing", "    version: 1.0.0");
        assertThat(stage.problem()).contains("acme/nothing with versions of the package in it");
    }

    @Test
    void namesAndVersionsThatAreNoneAreRefused() throws IOException {
        stage.packages("  - package: ../../etc", "    version: 1.0.0");
        assertThat(stage.problem()).contains("expected a name as in dbt-labs/dbt_utils");
        stage.packages("  - package: acme/tools");
        assertThat(stage.problem()).contains("the key 'version' is required");
        ask("latest");
        assertThat(stage.problem()).contains("'latest' is no version");
    }

    @Test
    void theHashOfAListIsTheOneThatDbtGivesIt() {
        Position at = new Position("packages.yml", 1, 1);
        List<PackageSpec> list =
                List.of(
                        hub(at, "dbt-labs/dbt_utils", "1.1.1"),
                        hub(at, "godatadriven/dbt_date", "0.10.0"),
                        git(at, "https://github.com/dbt-labs/dbt-audit-helper.git", "main"));
        assertThat(LockFile.hash(list)).isEqualTo("f2a73967505955af30d18f70489a423fd47cdf79");
    }

    private static PackageSpec hub(Position at, String name, String version) {
        return new PackageSpec.Hub(
                at, Map.of("package", name, "version", version), name, List.of(version), false);
    }

    private static PackageSpec git(Position at, String url, String revision) {
        return new PackageSpec.Git(
                at, Map.of("git", url, "revision", revision), url, revision, null, null);
    }
}
