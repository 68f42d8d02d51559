package dev.millrace.transform.model.deps;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class GitPackagesTest {

    @TempDir Path directory;
    private DepsStage stage;
    private GitRepository repository;
    private String first;
    private String second;

    @BeforeEach
    void makeARepository() throws IOException {
        stage = new DepsStage(directory);
        repository = new GitRepository(stage.directory.resolve("remote"));
        repository.commit("dbt_project.yml", "name: helping\n");
        first = repository.commit("macros/a.sql", "{% macro a() %}1{% endmacro %}");
        repository.tag("1.0.0");
        second = repository.commit("macros/a.sql", "{% macro a() %}2{% endmacro %}");
        repository.git("branch", "next");
        repository.commit("macros/a.sql", "{% macro a() %}3{% endmacro %}");
    }

    private void ask(String... more) throws IOException {
        stage.packages("  - git: " + repository.url(), String.join("\n", more));
    }

    private String macro() throws IOException {
        return Files.readString(stage.installed("helping/macros/a.sql"));
    }

    @Test
    void aTagIsInstalledWithoutGitsOwnFiles() throws IOException {
        ask("    revision: 1.0.0");
        assertThat(stage.install())
                .containsExactly(
                        new InstalledPackage(
                                "helping", repository.url(), first, stage.installed("helping")));
        assertThat(macro()).contains("1");
        assertThat(stage.installed("helping/.git")).doesNotExist();
        assertThat(stage.lock())
                .contains("git: " + repository.url())
                .contains("revision: " + first);
        assertThat(stage.problems.warnings()).isEmpty();
    }

    @Test
    void aBranchIsInstalledAsItIsNow() throws IOException {
        ask("    revision: next");
        stage.install();
        assertThat(macro()).contains("2");
    }

    @Test
    void aCommitIsInstalledByItsNameAndByTheBeginningOfThat() throws IOException {
        ask("    revision: " + second);
        stage.install();
        assertThat(macro()).contains("2");
        ask("    revision: " + first.substring(0, 10));
        stage.install();
        assertThat(macro()).contains("1");
    }

    @Test
    void withoutARevisionTheNewestIsTakenAndThatIsWarnedOf() throws IOException {
        ask();
        stage.install();
        assertThat(macro()).contains("3");
        assertThat(stage.problems.warnings())
                .singleElement()
                .satisfies(warning -> assertThat(warning.message()).contains("is not pinned"));
        ask("    warn-unpinned: false");
        stage.install();
        assertThat(stage.problems.warnings()).isEmpty();
    }

    @Test
    void theLockHoldsUntilTheListChangesOrSomebodyUpgrades() throws IOException {
        ask("    revision: next");
        stage.install();
        repository.git("checkout", "--quiet", "next");
        repository.commit("macros/a.sql", "{% macro a() %}4{% endmacro %}");
        stage.install();
        assertThat(macro()).contains("2");
        stage.install(InstallRequest.Mode.UPGRADE);
        assertThat(macro()).contains("4");
        ask("    revision: 1.0.0");
        stage.install();
        assertThat(macro()).contains("1");
    }

    @Test
    void theLockAloneInstallsNothing() throws IOException {
        ask("    revision: 1.0.0");
        assertThat(stage.install(InstallRequest.Mode.LOCK)).hasSize(1);
        assertThat(stage.lock()).contains(first);
        assertThat(stage.installed("helping")).doesNotExist();
    }

    @Test
    void aPackageMayBeADirectoryOfItsRepository() throws IOException {
        repository.commit("inner/one/dbt_project.yml", "name: one\n");
        repository.commit("inner/one/packages.yml", "packages: [{local: ../two}]\n");
        repository.commit("inner/two/dbt_project.yml", "name: two\n");
        ask("    revision: main", "    subdirectory: inner/one");
        assertThat(stage.install())
                .extracting(InstalledPackage::name)
                .containsExactly("one", "two");
        assertThat(stage.installed("two/dbt_project.yml")).exists();
        assertThat(stage.lock()).contains("subdirectory: inner/two");
        assertThat(stage.install()).hasSize(2);
    }

    @Test
    void aPackageCannotAskForADirectoryOutsideOfItsRepository() throws IOException {
        stage.makePackage("secret", "secret");
        repository.commit(
                "packages.yml", "packages: [{local: ../../secret}, {local: ../secret}]\n");
        ask("    revision: main");
        assertThat(stage.install(InstallRequest.Mode.INSTALL)).isEmpty();
        assertThat(stage.problems.list())
                .allSatisfy(
                        problem ->
                                assertThat(problem.message())
                                        .contains("the repository has no directory 'secret'"));
    }

    @Test
    void differentRevisionsAreToldWithBothPlaces() throws IOException {
        stage.makePackage("other", "other");
        stage.write(
                "other/packages.yml",
                "packages: [{git: '" + repository.url() + "', revision: next}]\n");
        ask("    revision: 1.0.0", "  - local: ../other");
        assertThat(stage.problem())
                .startsWith("other/packages.yml:1:12")
                .contains("the revision next of")
                .contains("and 1.0.0 at packages.yml:2:5");
    }

    @Test
    void anUnknownRevisionIsTold() throws IOException {
        ask("    revision: 9.9.9");
        assertThat(stage.problem()).contains("no tag, branch or commit '9.9.9'");
    }

    @Test
    void anUnknownRepositoryIsToldWithWhatGitSays() throws IOException {
        stage.packages("  - git: file:///no/such/repository", "    revision: 1.0.0");
        assertThat(stage.problem())
                .startsWith("packages.yml:2:5 'file:///no/such/repository' cannot be fetched: ");
    }

    @Test
    void aLinkThatLeadsOutOfThePackageIsRefused() throws IOException {
        Files.createSymbolicLink(
                stage.directory.resolve("remote/macros/passwd.sql"), Path.of("/etc/passwd"));
        repository.commit();
        ask("    revision: main");
        assertThat(stage.problem()).contains("its link macros/passwd.sql leads out of it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.com/x.git",
                "ext::sh -c 'touch /tmp/x'",
                "--upload-pack=touch",
                "git://example.com/x",
                "relative/path",
                "https://-oProxyCommand=x/y"
            })
    void addressesOfOtherKindsAreNotFollowed(String address) throws IOException {
        stage.packages("  - git: \"" + address + "\"", "    revision: main");
        assertThat(stage.problem()).startsWith("packages.yml:2:5").contains("no address that is");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--upload-pack=x", "a..b", "+main", "main:refs/heads/x", "a b"})
    void revisionsThatAreNoneAreRefused(String revision) throws IOException {
        ask("    revision: \"" + revision + "\"");
        assertThat(stage.problem()).contains("names no tag, branch or commit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "/etc", ".git", "a/../../b"})
    void subdirectoriesAreWithinTheRepository(String path) throws IOException {
        ask("    revision: main", "    subdirectory: \"" + path + "\"");
        assertThat(stage.problem()).contains("expected the path of a directory in the repository");
    }

    @Test
    void aTokenIsNeitherShownNorLocked() throws IOException {
        stage.environment.put("DBT_ENV_SECRET_TOKEN", "t0ken");
        stage.environment.put("REMOTE", repository.url());
        stage.packages(
                "  - git: \"https://{{ env_var('DBT_ENV_SECRET_TOKEN') }}@127.0.0.1:1/x.git\"",
                "    revision: main");
        assertThat(stage.problem()).contains("https://…@127.0.0.1:1").doesNotContain("t0ken");
        stage.packages("  - git: \"{{ env_var('REMOTE') }}\"", "    revision: 1.0.0");
        stage.install();
        assertThat(stage.lock())
                .contains("{{ env_var(''REMOTE'') }}")
                .doesNotContain(repository.url());
        assertThat(stage.install()).hasSize(1);
    }
}
