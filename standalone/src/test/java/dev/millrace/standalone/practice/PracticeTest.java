package dev.millrace.standalone.practice;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class PracticeTest {

    @TempDir private Path directory;

    @Test
    void theProjectIsBuiltAndBuiltAgain() throws Exception {
        assertThat(Practice.run(Path.of("../examples/practice"), directory)).isZero();

        assertThat(results()).contains("model.practice.order_days", "unit_test.practice");
    }

    @Test
    void aCommandThatFailsIsTold() throws Exception {
        assertThat(Practice.run(directory.resolve("nothing"), directory)).isNotZero();
    }

    private String results() throws IOException {
        return Files.readString(directory.resolve("target/run_results.json"));
    }
}
