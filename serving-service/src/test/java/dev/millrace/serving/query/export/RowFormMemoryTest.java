package dev.millrace.serving.query.export;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

class RowFormMemoryTest {

    private static final int ROWS = 500_000;

    /** The rows take some 50 MB as Arrow has them, and more as objects. */
    @ParameterizedTest
    @EnumSource
    void manyRowsNeedLittleMemory(ExportFormat format, @TempDir Path directory)
            throws IOException, InterruptedException {
        Path said = directory.resolve("said");
        Process program =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElse("java"),
                                "-Xmx24m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                ManyRows.class.getName(),
                                format.name(),
                                "" + ROWS)
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();

        assertThat(program.waitFor(100, TimeUnit.SECONDS)).isTrue();
        assertThat(program.exitValue()).as(Files.readString(said)).isZero();
    }
}
