package dev.millrace.contracts.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;

class ProjectListingTest {

    @TempDir private Path directory = Path.of("");

    @Test
    void filesAreListedWithTheirSizesAndTimes() throws IOException {
        Path model = write("models/a.sql", "select 1");
        write("target/a.sql", "select 1");
        Instant written = Instant.parse("2026-01-01T00:00:00.123456789Z");
        Files.setLastModifiedTime(model, FileTime.from(written));

        ProjectListing listing = ProjectListing.of(directory);
        assertThat(listing.stamps()).containsOnlyKeys("models/a.sql");
        assertThat(listing.stamps())
                .hasEntrySatisfying(
                        "models/a.sql",
                        stamp -> {
                            assertThat(stamp.size()).isEqualTo(8);
                            assertThat(stamp.modified())
                                    .isBetween(written.minusNanos(1_000), written);
                        });
    }

    @Test
    void aListingIsTheSameUntilAFileIsWritten() throws IOException {
        Path model = write("models/a.sql", "select 1");
        ProjectListing first = ProjectListing.of(directory);
        assertThat(ProjectListing.of(directory).stamps()).isEqualTo(first.stamps());
        Files.setLastModifiedTime(model, FileTime.from(Instant.EPOCH));

        assertThat(ProjectListing.of(directory).stamps()).isNotEqualTo(first.stamps());
    }

    @Test
    void filesThatAreReadLaterAreTheSameAsThoseReadAtOnce() throws IOException {
        write("models/a.sql", "select 1");
        write("profiles.yml", "shop: {outputs: {a: {schema: s, pass: s3cret}}}");
        ProjectFiles later = ProjectFiles.later(ProjectListing.of(directory));
        ProjectFiles atOnce = ProjectFiles.read(directory);

        assertThat(later.text("models/a.sql")).isEqualTo("select 1");
        assertThat(later.text("profiles.yml")).contains("schema: s").doesNotContain("s3cret");
        assertThat(later.below("models", "sql")).containsExactly("models/a.sql");
        assertThat(later.contains("models/b.sql")).isFalse();
        assertThat(later.revision()).isEqualTo(atOnce.revision());
        assertThat(later.contents()).containsOnlyKeys("models/a.sql", "profiles.yml");
        assertThatThrownBy(() -> later.bytes("models/b.sql"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("models/b.sql");
    }

    @Test
    void aFileThatWasReadOnceStaysAsItWas() throws IOException {
        Path model = write("models/a.sql", "select 1");
        ProjectFiles later = ProjectFiles.later(ProjectListing.of(directory));
        later.text("models/a.sql");
        Files.delete(model);

        assertThat(later.text("models/a.sql")).isEqualTo("select 1");
    }

    @Test
    void whatIsReadAheadStaysAsItWas() throws IOException, InterruptedException {
        Path seed = write("seeds/a.csv", "id");
        ProjectFiles later = ProjectFiles.later(ProjectListing.of(directory));
        later.readAhead().join();
        Files.writeString(seed, "id,name");

        assertThat(later.text("seeds/a.csv")).isEqualTo("id");
    }

    @Test
    void whatCannotBeReadAheadIsToldWhenItIsAskedFor() throws IOException, InterruptedException {
        Path seed = write("seeds/a.csv", "id");
        write("seeds/b.csv", "id");
        ProjectFiles later = ProjectFiles.later(ProjectListing.of(directory));
        Files.delete(seed);
        later.readAhead().join();

        assertThat(later.text("seeds/b.csv")).isEqualTo("id");
        assertThatThrownBy(() -> later.text("seeds/a.csv"))
                .isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void filesCanBeLeftOut() throws IOException {
        write("models/a.sql", "select 1");
        write("out/manifest.json", "{}");

        assertThat(ProjectListing.of(directory).without(path -> path.startsWith("out/")).stamps())
                .containsOnlyKeys("models/a.sql");
    }

    @Test
    void aFileThatIsGoneSinceItWasListedIsNamed() throws IOException {
        Path model = write("models/a.sql", "select 1");
        ProjectFiles later = ProjectFiles.later(ProjectListing.of(directory));
        Files.delete(model);

        assertThatThrownBy(() -> later.revision())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("a.sql");
    }

    private Path write(String path, String text) throws IOException {
        Path file = directory.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
