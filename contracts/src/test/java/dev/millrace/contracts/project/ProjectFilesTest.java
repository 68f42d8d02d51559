package dev.millrace.contracts.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.contracts.Sha256;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

class ProjectFilesTest {

    @TempDir Path directory;

    @Test
    void whatDbtWritesAndWhatIsHiddenIsLeftOut() throws IOException {
        write("dbt_project.yml", "name: shop");
        write("models/a.sql", "select 1");
        write("target/compiled/a.sql", "select 1");
        write(".git/config.yml", "x");
        write("sources/.web.yml.swp", "x");
        write("models/picture.png", "x");

        assertThat(ProjectFiles.read(directory).contents())
                .containsOnlyKeys("dbt_project.yml", "models/a.sql");
    }

    @Test
    void packagesAreReadWithoutWhatIsForTheirOwnDevelopment() throws IOException {
        write("dbt_project.yml", "name: shop");
        write("dbt_packages/p/models/b.sql", "select 2");
        write("dbt_packages/p/integration_tests/models/c.sql", "select 3");
        write("dbt_packages/p/dbt_packages/q/models/d.sql", "select 4");
        write("dbt_packages/p/target/manifest.json", "{}");

        assertThat(ProjectFiles.read(directory).contents())
                .containsOnlyKeys("dbt_packages/p/models/b.sql", "dbt_project.yml");
    }

    @Test
    void aPackageThatIsALinkToADirectoryAroundTheProjectIsReadOnce() throws IOException {
        write("macros/star.sql", "{% macro star() %}*{% endmacro %}");
        write("tests_of_it/dbt_project.yml", "name: tests_of_it");
        Path packages =
                Files.createDirectories(directory.resolve("tests_of_it").resolve("dbt_packages"));
        Files.createSymbolicLink(packages.resolve("utils"), directory);

        assertThat(ProjectFiles.read(directory.resolve("tests_of_it")).contents())
                .containsOnlyKeys("dbt_packages/utils/macros/star.sql", "dbt_project.yml");
    }

    @Test
    void whatIsNamedLikeAToolsFolderFurtherDownIsRead() throws IOException {
        write("models/logs/m.sql", "select 1");
        write("models/target/m.sql", "select 1");
        write("seeds/venv/s.csv", "a");
        write("logs/dbt.json", "{}");
        write("venv/lib/x.py", "1");
        write("models/node_modules/x.json", "{}");

        assertThat(ProjectFiles.read(directory).contents())
                .containsOnlyKeys("models/logs/m.sql", "models/target/m.sql", "seeds/venv/s.csv");
    }

    @Test
    void aProjectThatItselfIsCalledTargetIsRead() throws IOException {
        Path project = directory.resolve("target");
        write("target/models/logs/m.sql", "select 1");

        assertThat(ProjectFiles.read(project).contents()).containsOnlyKeys("models/logs/m.sql");
    }

    @Test
    void aPasswordOfAProfileIsInNoSnapshot() throws IOException {
        write("profiles.yml", "shop: {target: a, outputs: {a: {schema: s, pass: s3cret}}}");
        ProjectFiles files = ProjectFiles.read(directory);

        assertThat(files.text("profiles.yml")).contains("schema: s").doesNotContain("s3cret");
        assertThat(ProjectFiles.of(files.contents()).revision()).isEqualTo(files.revision());
    }

    @Test
    void anotherPasswordIsNoOtherRevision() throws IOException {
        write("profiles.yml", "shop: {outputs: {a: {pass: one}}}");
        String revision = ProjectFiles.read(directory).revision();
        write("profiles.yml", "shop: {outputs: {a: {pass: another}}}");

        assertThat(ProjectFiles.read(directory).revision()).isEqualTo(revision);
    }

    @Test
    void theRevisionIsTheBeginningOfTheDigestOfPathsSizesAndContents() {
        ProjectFiles files = ProjectFiles.of(Map.of("a.sql", "xy".getBytes(UTF_8)));

        assertThat(files.revision()).isEqualTo(Sha256.hex("a.sql\u00002\u0000xy").substring(0, 12));
    }

    @Test
    void aConfigMapsSymbolicLinksAreFollowed() throws IOException {
        Path versions = Files.createDirectories(directory.resolve("..2026_01_01"));
        Files.createDirectories(versions.resolve("sources"));
        Files.writeString(versions.resolve("sources/web.yml"), "sources: []");
        Files.createSymbolicLink(directory.resolve("..data"), Path.of("..2026_01_01"));
        Files.createSymbolicLink(directory.resolve("sources"), Path.of("..data/sources"));

        assertThat(ProjectFiles.read(directory).contents()).containsOnlyKeys("sources/web.yml");
    }

    @Test
    void theSameContentsAreTheSameRevision() throws IOException {
        write("models/a.sql", "select 1");
        String revision = ProjectFiles.read(directory).revision();
        write("models/a.sql", "select 2");
        String changed = ProjectFiles.read(directory).revision();
        write("models/a.sql", "select 1");

        assertThat(changed).isNotEqualTo(revision);
        assertThat(ProjectFiles.read(directory).revision()).isEqualTo(revision).hasSize(12);
    }

    @Test
    void textThatMovesFromOneFileToTheNextIsAnotherRevision() {
        ProjectFiles one = files("a.sql", "xy", "b.sql", "z");
        ProjectFiles other = files("a.sql", "x", "b.sql", "yz");

        assertThat(one.revision()).isNotEqualTo(other.revision());
    }

    @Test
    void filesAreFoundByDirectoryAndExtension() {
        ProjectFiles files = files("models/a.sql", "", "models/a.yml", "", "modelsx/b.sql", "");

        assertThat(files.below("models", "sql")).containsExactly("models/a.sql");
        assertThat(files.below("", "sql")).containsExactly("models/a.sql", "modelsx/b.sql");
    }

    @Test
    void aDirectoryThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> ProjectFiles.read(directory.resolve("nowhere")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nowhere");
    }

    @Test
    void aFileOverTheLimitIsRefusedBeforeItIsRead() throws IOException {
        Path huge = directory.resolve("huge.csv");
        try (var file = new java.io.RandomAccessFile(huge.toFile(), "rw")) {
            file.setLength((32L << 20) + 1);
        }

        assertThatThrownBy(() -> ProjectFiles.read(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("huge.csv is over 32 MiB");
    }

    private void write(String path, String text) throws IOException {
        Path file = directory.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static ProjectFiles files(String a, String ta, String b, String tb) {
        return ProjectFiles.of(Map.of(a, ta.getBytes(UTF_8), b, tb.getBytes(UTF_8)));
    }

    private static ProjectFiles files(
            String a, String ta, String b, String tb, String c, String tc) {
        return ProjectFiles.of(
                Map.of(a, ta.getBytes(UTF_8), b, tb.getBytes(UTF_8), c, tc.getBytes(UTF_8)));
    }
}
