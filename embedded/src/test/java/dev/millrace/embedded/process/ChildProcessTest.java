package dev.millrace.embedded.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

@Timeout(60)
class ChildProcessTest {

    @TempDir private Path directory;
    private Path log;

    @BeforeEach
    void chooseLog() {
        log = directory.resolve("child.log");
    }

    @Test
    void writesWhatTheProgramSaysToItsLog() throws Exception {
        ChildProcess child = ChildProcess.start(shell("echo out; echo err >&2; exit 3"));
        assertThat(child.onExit().get(20, TimeUnit.SECONDS)).isEqualTo(3);
        assertThat(log).hasContent("out\nerr");
    }

    @Test
    void appendsToALogThatIsThere() throws Exception {
        Files.writeString(log, "before\n");
        ChildProcess.start(shell("echo after")).onExit().get(20, TimeUnit.SECONDS);
        assertThat(log).hasContent("before\nafter");
    }

    @Test
    void closesTheLogToOthers() throws Exception {
        ChildProcess.start(shell("true")).onExit().get(20, TimeUnit.SECONDS);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
                .isEqualTo("rw-------");
    }

    @Test
    void passesTheEnvironmentOnAndAddsToIt() throws Exception {
        ChildProcess.start(
                        shell("echo $ADDED; test -n \"$PATH\" && echo inherited")
                                .withEnvironment(Map.of("ADDED", "added")))
                .onExit()
                .get(20, TimeUnit.SECONDS);
        assertThat(log).hasContent("added\ninherited");
    }

    @Test
    void stopsByTheSignalThatItIsTold() throws Exception {
        ChildProcess child =
                ChildProcess.start(
                        shell(
                                "trap 'echo asked; exit 0' INT; echo up; while :; do sleep 0.05;"
                                        + " done"));
        awaitLine("up");
        child.stop(Signal.INT, Duration.ofSeconds(20));
        assertThat(child.isAlive()).isFalse();
        assertThat(log).content().contains("asked");
    }

    @Test
    void killsWhatDoesNotListen() throws Exception {
        ChildProcess child =
                ChildProcess.start(shell("trap '' TERM; echo up; while :; do sleep 0.05; done"));
        awaitLine("up");
        child.stop(Signal.TERM, Duration.ofMillis(200));
        assertThat(child.isAlive()).isFalse();
        assertThat(child.onExit().get(20, TimeUnit.SECONDS)).isEqualTo(128 + 9);
    }

    @Test
    void runsInASessionOfItsOwnSoThatCtrlCDoesNotReachIt() throws Exception {
        ChildProcess child = ChildProcess.start(shell("ps -o sid= -p $$ || echo none"));
        child.onExit().get(20, TimeUnit.SECONDS);
        assertThat(Files.readString(log).strip()).isEqualTo(Long.toString(child.pid()));
    }

    @Test
    void saysWhichProgramIsMissing() {
        assertThatThrownBy(
                        () ->
                                ChildProcess.start(
                                                ChildCommand.of(
                                                        "ghost",
                                                        List.of("/no/such/program"),
                                                        log.resolve("nowhere/log")))
                                        .onExit()
                                        .get(20, TimeUnit.SECONDS))
                .isInstanceOf(IOException.class);
    }

    @Test
    void diesWithItsParentEvenWhenThatIsKilled() throws Exception {
        Path pid = directory.resolve("pid");
        Process parent =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                ParentProgram.class.getName(),
                                pid.toString(),
                                log.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("parent.log").toFile())
                        .start();
        try {
            while (!Files.exists(pid)) {
                assertThat(parent.isAlive()).as("the parent runs").isTrue();
                Thread.onSpinWait();
            }
            ProcessHandle child =
                    ProcessHandle.of(Long.parseLong(Files.readString(pid))).orElseThrow();
            parent.destroyForcibly().waitFor();
            child.onExit().get(20, TimeUnit.SECONDS);
            assertThat(child.isAlive()).isFalse();
        } finally {
            parent.destroyForcibly();
        }
    }

    /** A parent that starts a child and then waits to be killed. */
    static final class ParentProgram {
        private ParentProgram() {}

        public static void main(String[] arguments) throws Exception {
            ChildProcess child =
                    ChildProcess.start(
                            ChildCommand.of(
                                    "child", List.of("sleep", "300"), Path.of(arguments[1])));
            Path unfinished = Path.of(arguments[0] + ".unfinished");
            Files.writeString(unfinished, Long.toString(child.pid()));
            Files.move(unfinished, Path.of(arguments[0]));
            child.onExit().join();
        }
    }

    private ChildCommand shell(String script) {
        return ChildCommand.of("child", List.of("sh", "-c", script), log);
    }

    private void awaitLine(String text) throws IOException {
        while (!Files.readString(log).contains(text)) {
            Thread.onSpinWait();
        }
    }
}
