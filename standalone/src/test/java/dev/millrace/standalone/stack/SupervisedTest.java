package dev.millrace.standalone.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.millrace.embedded.process.ChildCommand;
import dev.millrace.embedded.process.ChildProcess;
import dev.millrace.embedded.process.Signal;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

@Timeout(120)
class SupervisedTest {

    @TempDir private Path directory;
    private final RecordedProgress progress = new RecordedProgress();
    private Path pidFile;
    private Sleeper sleeper;
    private Supervised supervised;

    @BeforeEach
    void supervise() {
        pidFile = directory.resolve("sleeper.pid");
        sleeper = new Sleeper(directory.resolve("sleeper.log"));
        supervised = new Supervised(sleeper, pidFile, progress);
    }

    @AfterEach
    void stop() {
        supervised.stop();
        sleeper.stopAll();
    }

    @Test
    void startsAKilledProcessAgain() throws Exception {
        supervised.start();
        supervised.awaitFirstStart();
        assertThat(progress.next()).isEqualTo("started sleeper");
        long first = pid();

        kill(first);
        assertThat(progress.next()).isEqualTo("restarting sleeper: ended with signal 9");
        assertThat(progress.next()).isEqualTo("restarted sleeper");
        assertThat(pid()).isNotEqualTo(first);
        assertThat(ProcessHandle.of(pid())).get().matches(ProcessHandle::isAlive);
    }

    @Test
    void keepsTryingWhenItDoesNotComeBack() throws Exception {
        supervised.start();
        supervised.awaitFirstStart();
        progress.next();
        sleeper.failures.set(2);
        kill(pid());
        assertThat(progress.next()).contains("ended with signal 9");
        assertThat(progress.next()).isEqualTo("restarting sleeper: does not start: not today");
        assertThat(progress.next()).isEqualTo("restarting sleeper: does not start: not today");
        assertThat(progress.next()).isEqualTo("restarted sleeper");
    }

    @Test
    void givesUpWhenItNeverStarted() {
        sleeper.failures.set(1);
        supervised.start();
        assertThatIOException()
                .isThrownBy(() -> supervised.awaitFirstStart())
                .withMessage("not today");
        assertThat(sleeper.attempts).hasValue(1);
    }

    @Test
    void stopsForGood() throws Exception {
        supervised.start();
        supervised.awaitFirstStart();
        ProcessHandle process = ProcessHandle.of(pid()).orElseThrow();
        supervised.stop();
        assertThat(process.isAlive()).isFalse();
        assertThat(pidFile).doesNotExist();
        assertThat(sleeper.attempts).hasValue(1);
    }

    @Test
    void stopsWhatIsStillStarting() throws Exception {
        sleeper.patience = Duration.ofMinutes(5);
        supervised.start();
        ProcessHandle process = sleeper.spawned.take();
        supervised.stop();
        assertThat(process.isAlive()).isFalse();
        assertThatIOException().isThrownBy(() -> supervised.awaitFirstStart());
    }

    private static void kill(long pid) throws InterruptedException {
        Signal.KILL.send(ProcessHandle.of(pid).orElseThrow());
    }

    private long pid() throws IOException {
        return Long.parseLong(Files.readString(pidFile).strip());
    }

    /** A program that does nothing for a long time, and that takes a while to get ready for it. */
    private static final class Sleeper implements Component {

        private final Path log;
        private final BlockingQueue<ProcessHandle> spawned = new LinkedBlockingQueue<>();
        private final AtomicInteger failures = new AtomicInteger();
        private final AtomicInteger attempts = new AtomicInteger();
        private volatile Duration patience = Duration.ZERO;

        Sleeper(Path log) {
            this.log = log;
        }

        @Override
        public String name() {
            return "sleeper";
        }

        @Override
        public String address() {
            return "nowhere";
        }

        @Override
        public Running start(Consumer<ChildProcess> told) throws IOException, InterruptedException {
            attempts.incrementAndGet();
            if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new IOException("not today");
            }
            ChildProcess child =
                    ChildProcess.start(ChildCommand.of("sleeper", List.of("sleep", "300"), log));
            told.accept(child);
            spawned.add(ProcessHandle.of(child.pid()).orElseThrow());
            JavaProgram program = new JavaProgram(child, log, Duration.ofSeconds(10));
            long ready = System.nanoTime() + patience.toNanos();
            return program.awaitReady(() -> System.nanoTime() >= ready);
        }

        void stopAll() {
            spawned.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
