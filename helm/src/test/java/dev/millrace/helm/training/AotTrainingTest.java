package dev.millrace.helm.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class AotTrainingTest {

    /** What the image sets for every JVM, on a build machine with this much memory. */
    private static final String LARGE_MACHINE = "-XX:MaxRAMPercentage=70 -XX:MaxRAM=128g";

    @Test
    void theCacheIsForCompressedPointersHoweverLargeTheBuildMachineIs()
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        for (String word : AotTraining.command(Path.of("app"), Path.of("app/app.aot"))) {
            if (word.equals("-jar")) {
                break;
            }
            // Nothing is to be learned here.
            if (!word.startsWith("-XX:AOTCacheOutput")) {
                command.add(word);
            }
        }
        command.addAll(List.of("-XX:+PrintFlagsFinal", "-version"));

        assertThat(run(command)).containsPattern("\\bUseCompressedOops\\s+= true\\b");
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_TOOL_OPTIONS", LARGE_MACHINE);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
