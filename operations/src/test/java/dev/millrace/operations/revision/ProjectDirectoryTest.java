package dev.millrace.operations.revision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.project.ProjectFiles;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

@Timeout(60)
class ProjectDirectoryTest {

    private static final String GONE = "gone";

    @TempDir private Path directory;

    @Test
    void aSettingThatIsMissingIsNamed() {
        assertThatThrownBy(
                        () ->
                                new ProjectDirectory(
                                        new ProjectSettings(null, Duration.ZERO, Duration.ZERO)))
                .isInstanceOf(MissingProjectDirectoryException.class);
    }

    @Test
    void theKnownRevisionIsNotWaitedFor() throws Exception {
        write("a.yml", "a: 1");
        String known = ProjectFiles.read(directory).revision();

        assertThat(reading(Duration.ofDays(1)).read(known).revision()).isEqualTo(known);
    }

    @Test
    void contentsThatStillChangeAreWaitedFor() throws Exception {
        assertThat(reads("a", "ab", "abc", "abc", "never read").read("").text("a.yml"))
                .isEqualTo("abc");
    }

    @Test
    void aFileThatGoesAwayDuringOneReadIsReadAgain() throws Exception {
        assertThat(reads("a", GONE, "b", "b").read("").text("a.yml")).isEqualTo("b");
        assertThat(reads(GONE, "b", "b").read("").text("a.yml")).isEqualTo("b");
    }

    @Test
    void whatWasReadBeforeAFailureDoesNotCountAsTheSame() throws Exception {
        assertThat(reads("a", GONE, "a", "b", "b").read("").text("a.yml")).isEqualTo("b");
    }

    @Test
    void whatCannotBeReadTwiceInSequenceIsToldAsSuch() {
        assertThatThrownBy(() -> reads("a", GONE, GONE, "a", "a").read(""))
                .isInstanceOf(IOException.class)
                .hasMessage("the file went away");
    }

    @Test
    void aDirectoryThatNeverRestsIsToldAsSuch() {
        AtomicInteger reads = new AtomicInteger();
        ProjectDirectory restless =
                new ProjectDirectory(
                        settings(Duration.ZERO), _ -> files("read " + reads.incrementAndGet()));

        assertThatThrownBy(() -> restless.read(""))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("keeps changing");
        assertThat(reads).hasValue(25);
    }

    @Test
    void anEmptyDirectoryIsNoProject() {
        assertThatThrownBy(() -> reading(Duration.ZERO).read(""))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no files of a project");
    }

    @Test
    void aLinkToNothingIsNotPartOfTheProject() throws Exception {
        write("a.yml", "a: 1");
        Files.createSymbolicLink(directory.resolve("b.yml"), Path.of("nothing.yml"));

        assertThat(reading(Duration.ZERO).read("").contents()).containsOnlyKeys("a.yml");
    }

    @Test
    void aLoopOfLinksEnds() throws Exception {
        write("a.yml", "a: 1");
        Files.createSymbolicLink(directory.resolve("loop"), directory);

        assertThatThrownBy(() -> reading(Duration.ZERO).read(""))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("loop");
    }

    private ProjectDirectory reading(Duration settle) {
        return new ProjectDirectory(settings(settle));
    }

    /** A directory whose only file has these contents, one after another. */
    private ProjectDirectory reads(String... contents) {
        Iterator<String> each = List.of(contents).iterator();
        return new ProjectDirectory(
                settings(Duration.ZERO),
                _ -> {
                    String content = each.next();
                    if (content.equals(GONE)) {
                        throw new IOException("the file went away");
                    }
                    return files(content);
                });
    }

    private ProjectSettings settings(Duration settle) {
        return new ProjectSettings(directory, Duration.ofSeconds(1), settle);
    }

    private static ProjectFiles files(String content) {
        return ProjectFiles.of(Map.of("a.yml", content.getBytes(StandardCharsets.UTF_8)));
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(directory.resolve(file), text);
    }
}
