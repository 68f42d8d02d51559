package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The client that dashboards use, from npm, against this service. */
@EnabledIf(
        value = "isClientInstalled",
        disabledReason = "needs node, and `npm ci` run in bench/sdk/cube")
class RealClientTest {

    static boolean isClientInstalled() {
        return Files.isDirectory(bench().resolve("node_modules/@cubejs-client/core"));
    }

    private static Path bench() {
        Path here = Path.of("").toAbsolutePath();
        return Stream.iterate(here, at -> at != null, Path::getParent)
                .map(at -> at.resolve("bench/sdk/cube"))
                .filter(Files::isDirectory)
                .findFirst()
                .orElse(here);
    }

    @Test
    void cubesOwnClientLoadsPivotsAndFills(@TempDir Path directory)
            throws IOException, InterruptedException {
        RunningService service = ShopService.running();
        Path output = directory.resolve("output.txt");
        ProcessBuilder builder =
                new ProcessBuilder("node", "load.mjs")
                        .directory(bench().toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment().put("SERVING_URL", "http://127.0.0.1:" + service.port());
        builder.environment().put("SERVING_TOKEN", RunningService.token());
        Process node = builder.start();
        boolean ended = node.waitFor(60, TimeUnit.SECONDS);
        node.destroyForcibly();
        String said = Files.readString(output, StandardCharsets.UTF_8);
        System.out.println(said);

        assertThat(ended).as(said).isTrue();
        assertThat(node.exitValue()).as(said).isZero();
        assertThat(said).endsWith("OK\n");
    }
}
