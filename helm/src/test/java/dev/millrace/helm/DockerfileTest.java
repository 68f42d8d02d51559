package dev.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

class DockerfileTest {

    @ParameterizedTest
    @CsvSource({"ingestion,8081", "transform,8082", "serving,8083"})
    void eachServiceIsATargetThatRunsAsANumberedUserOnItsPort(String service, String port)
            throws IOException {
        Dockerfile dockerfile = Dockerfile.read();
        Dockerfile.Stage stage = dockerfile.stage(service);

        assertThat(stage.from()).isEqualTo("runtime");
        assertThat(stage.one("USER")).isEqualTo("10001:10001");
        assertThat(stage.one("EXPOSE")).isEqualTo(port);
        assertThat(dockerfile.environment(service)).containsEntry("SERVER_PORT", port);
        assertThat(dockerfile.words(service, "ENTRYPOINT"))
                .containsExactly("java", "-XX:AOTCache=/app/app.aot", "-jar", "/app/app.jar");
        assertThat(stage.all("COPY"))
                .hasSize(3)
                .allSatisfy(copy -> assertThat(copy).contains("/layers/" + service + "/"));
        assertThat(stage.one("RUN")).endsWith("AotTraining " + service + " /app");
        assertThat(
                        Files.readString(
                                Repository.file(
                                        service + "-service/src/main/resources/application.yml")))
                .contains("port: " + port);
    }

    @Test
    void theChartAndTheImagesAgreeOnTheUser() {
        assertThat(Chart.render("minimal").podSpecs())
                .allSatisfy(
                        pod ->
                                assertThat(pod.at("securityContext/runAsUser").text())
                                        .isEqualTo("10001"));
    }

    @Test
    void theImagesDifferInNameAndPortAlone() throws IOException {
        Dockerfile dockerfile = Dockerfile.read();

        assertThat(Chart.SERVICES.stream().map(service -> withoutName(dockerfile, service)))
                .hasSize(3)
                .containsOnly(withoutName(dockerfile, "serving"));
    }

    private static List<String> withoutName(Dockerfile dockerfile, String service) {
        return dockerfile.stage(service).instructions().stream()
                .filter(instruction -> !instruction.name().equals("LABEL"))
                .map(instruction -> instruction.name() + " " + instruction.arguments())
                .map(text -> text.replace(service, "SERVICE").replaceAll("\\b808\\d\\b", "PORT"))
                .toList();
    }

    @Test
    void everyBuildArgumentIsUsed() throws IOException {
        String text = Files.readString(Repository.file("Dockerfile"));

        assertThat(text.lines().filter(line -> line.startsWith("ARG ")))
                .isNotEmpty()
                .allSatisfy(
                        line -> assertThat(text).contains("${" + line.split("[ =]", -1)[1] + "}"));
    }

    @Test
    void baseImagesHaveVersions() throws IOException {
        assertThat(Files.readAllLines(Repository.file("Dockerfile")))
                .filteredOn(line -> line.startsWith("ARG ") && line.contains("_IMAGE="))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).matches("ARG \\w+=[a-z-]+:\\d.*"));
    }

    @Test
    void theContextHoldsNothingButSources() throws IOException {
        assertThat(Files.readAllLines(Repository.file(".dockerignore")))
                .contains("**", "**/target")
                .noneMatch(line -> line.startsWith("!.env") || line.equals("!.git"));
    }

    @ParameterizedTest
    @CsvSource({"200,true", "503,false"})
    void theHealthCheckPassesOnlyWhenReadinessAnswers200(int status, boolean healthy)
            throws IOException, InterruptedException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/actuator/health/readiness",
                exchange -> {
                    exchange.sendResponseHeaders(status, -1);
                    exchange.close();
                });
        server.start();
        try {
            assertThat(isHealthy(server.getAddress().getPort())).isEqualTo(healthy);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void theHealthCheckFailsWhenNobodyListens() throws IOException, InterruptedException {
        assertThat(isHealthy(1)).isFalse();
    }

    private static boolean isHealthy(int port) throws IOException, InterruptedException {
        return Shell.attempt(
                                Map.of("SERVER_PORT", Integer.toString(port)),
                                Dockerfile.read()
                                        .words("serving", "HEALTHCHECK")
                                        .toArray(String[]::new))
                        .status()
                == 0;
    }
}
