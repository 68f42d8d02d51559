package dev.millrace.standalone.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.standalone.stack.StartTraining.Lesson;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

@Timeout(120)
class StartTrainingTest {

    @TempDir private Path directory;
    private final RecordedProgress progress = new RecordedProgress();
    private DataDirectory data;

    @BeforeEach
    void prepare() throws IOException {
        data = DataDirectory.prepare(directory.resolve("data"));
    }

    @Test
    void whatAJvmLearnedIsUsedByTheNextStart() throws Exception {
        ServiceProgram program = program("");
        assertThat(program.command("64m")).noneMatch(option -> option.contains("AOTCache"));

        try (StartTraining training = training(program)) {
            training.start();
            await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(program.startCache()));
        }

        assertThat(program.command("64m")).contains("-XX:AOTCache=" + program.startCache());
        assertThat(output(program.command("64m"))).contains("hello").doesNotContain("rror");
        assertThat(leftBehind(program)).isEmpty();
    }

    @Test
    void whatWasLearnedAlreadyIsNotLearnedAgain() throws Exception {
        ServiceProgram program = program("");
        Files.writeString(program.startCache(), "learned before");

        try (StartTraining training = training(program)) {
            training.start();
        }

        assertThat(program.startCache()).hasContent("learned before");
        assertThat(data.logs()).isEmptyDirectory();
    }

    @Test
    void aStackThatStopsDoesNotWaitForIt() throws Exception {
        ServiceProgram program = program("Thread.sleep(3_600_000);");
        Path log = data.logs().resolve("tiny-training.log");

        try (StartTraining training = training(program)) {
            training.start();
            await().until(() -> Files.exists(log) && Files.readString(log).contains("hello"));
        }

        assertThat(program.startCache()).doesNotExist();
        assertThat(leftBehind(program)).isEmpty();
    }

    @Test
    void aServiceThatCannotBeTrainedStartsAsBefore() throws Exception {
        ServiceProgram program = program("System.exit(3);");

        try (StartTraining training = training(program)) {
            training.start();
            assertThat(progress.next())
                    .startsWith("tiny will start no faster: its training ended with 3");
        }

        assertThat(program.startCache()).doesNotExist();
        assertThat(leftBehind(program)).isEmpty();
    }

    private StartTraining training(ServiceProgram program) {
        return new StartTraining(
                List.of(new Lesson("tiny", program, Map.of("GREETING", "hello"))), data, progress);
    }

    /** A program that greets, and then does something else. */
    private ServiceProgram program(String then) throws IOException {
        Path source = directory.resolve("Tiny.java");
        Files.writeString(
                source,
                """
                class Tiny {
                    public static void main(String[] arguments) throws Exception {
                        System.out.println(System.getenv().getOrDefault("GREETING", "hello"));
                        %s
                    }
                }
                """
                        .formatted(then));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertThat(compiler.run(null, null, null, "-d", directory.toString(), source.toString()))
                .isZero();
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "Tiny");
        Path jar = Files.createDirectories(directory.resolve("program")).resolve("tiny.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            out.putNextEntry(new JarEntry("Tiny.class"));
            out.write(Files.readAllBytes(directory.resolve("Tiny.class")));
        }
        return new ServiceProgram(jar);
    }

    private static List<Path> leftBehind(ServiceProgram program) throws IOException {
        try (Stream<Path> files = Files.list(program.jar().resolveSibling("."))) {
            return files.filter(Files::isDirectory).toList();
        }
    }

    private static String output(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return text;
    }
}
