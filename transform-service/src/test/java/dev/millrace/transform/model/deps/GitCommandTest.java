package dev.millrace.transform.model.deps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

class GitCommandTest {

    @TempDir Path directory;

    @BeforeEach
    void needsGit() throws IOException {
        new GitRepository(directory);
    }

    private static GitCommand within(Duration timeout) {
        return new GitCommand(timeout);
    }

    @Test
    void whatTakesTooLongIsStopped() {
        GitCommand impatient = within(Duration.ofMillis(300));
        assertThatThrownBy(() -> impatient.run(directory, "-c", "alias.wait=!sleep 60", "wait"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("git took longer than");
    }

    @Test
    void nobodyIsAskedAndOtherProtocolsAreClosed() throws IOException {
        GitCommand.Outcome outcome =
                within(Duration.ofSeconds(30))
                        .run(
                                directory,
                                "-c",
                                "alias.said=!echo $GIT_TERMINAL_PROMPT $GIT_ALLOW_PROTOCOL",
                                "said");
        assertThat(outcome.output()).isEqualTo("0 https:ssh:file");
        GitCommand.Outcome refused =
                within(Duration.ofSeconds(30)).run(directory, "fetch", "git://127.0.0.1:1/x");
        assertThat(refused.succeeded()).isFalse();
        assertThat(refused.output()).contains("not allowed");
    }

    @Test
    void longOutputIsCutAtItsBeginning() throws IOException {
        GitCommand.Outcome outcome =
                within(Duration.ofSeconds(30))
                        .run(directory, "-c", "alias.talk=!seq 1 100000", "talk");
        assertThat(outcome.output()).endsWith("100000").hasSizeLessThan(70_000);
    }

    @Test
    void passwordsInAddressesAreNotInItsOutput() throws IOException {
        GitCommand.Outcome outcome =
                within(Duration.ofSeconds(30))
                        .run(directory, "fetch", "https://ada:s3cret@127.0.0.1:1/x.git");
        assertThat(outcome.succeeded()).isFalse();
        assertThat(outcome.output()).doesNotContain("s3cret");
    }
}
