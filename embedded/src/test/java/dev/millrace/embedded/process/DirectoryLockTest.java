package dev.millrace.embedded.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;

class DirectoryLockTest {

    @TempDir private Path directory;

    @Test
    void isHeldByOneAtATimeAndNamesTheHolder() throws Exception {
        try (DirectoryLock _ = DirectoryLock.acquire(directory)) {
            assertThatExceptionOfType(DirectoryInUseException.class)
                    .isThrownBy(() -> DirectoryLock.acquire(directory))
                    .withMessageContaining(directory.toString())
                    .satisfies(
                            e ->
                                    assertThat(e.holder())
                                            .isEqualTo(
                                                    Long.toString(ProcessHandle.current().pid())));
        }
    }

    @Test
    void canBeTakenAgainOnceItIsGivenBack() throws Exception {
        DirectoryLock.acquire(directory).close();
        DirectoryLock.acquire(directory).close();
    }

    @Test
    void makesTheDirectory() throws Exception {
        Path missing = directory.resolve("a/b");
        try (DirectoryLock _ = DirectoryLock.acquire(missing)) {
            assertThat(missing).isDirectory();
        }
    }

    @Test
    void waitsForAHolderThatIsAboutToEnd() throws Exception {
        DirectoryLock first = DirectoryLock.acquire(directory);
        Thread holder =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        first.close();
                                    } catch (java.io.IOException e) {
                                        throw new java.io.UncheckedIOException(e);
                                    }
                                });
        try (DirectoryLock second = DirectoryLock.acquire(directory, Duration.ofSeconds(20))) {
            assertThat(second).isNotNull();
        }
        holder.join();
    }

    @Test
    void doesNotWaitForever() throws Exception {
        try (DirectoryLock _ = DirectoryLock.acquire(directory)) {
            assertThatExceptionOfType(DirectoryInUseException.class)
                    .isThrownBy(() -> DirectoryLock.acquire(directory, Duration.ofMillis(150)));
        }
    }
}
