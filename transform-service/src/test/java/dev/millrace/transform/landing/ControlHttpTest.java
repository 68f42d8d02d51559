package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestKafka;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.TransformApplication;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.Objects;

/** The operators' doors to the landing of sources, on the service as it is started. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class ControlHttpTest {

    private static final String SECRET = "a-secret-of-the-tests-that-is-long-enough";
    private static final String CLICKS = "/operator/sources/clicks";

    private final HttpClient client = HttpClient.newHttpClient();
    private final TestWarehouse warehouse = TestWarehouse.create();
    private @Nullable ConfigurableApplicationContext service;

    @BeforeAll
    void start(@TempDir Path project) throws Exception {
        Files.createDirectories(project.resolve("sources"));
        Files.writeString(
                project.resolve("sources/all.yml"),
                """
                sources:
                  - name: clicks
                    type: kafka
                    streams: [{name: click, topic: control.http.clicks}]
                """);
        service =
                new SpringApplicationBuilder(TransformApplication.class)
                        .run(
                                "--server.port=0",
                                "--millrace.project.dir=" + project,
                                "--millrace.access.jwt-secret=" + SECRET,
                                "--millrace.landing.group=control-http",
                                "--spring.kafka.bootstrap-servers=" + TestKafka.bootstrapServers(),
                                "--spring.datasource.url=" + warehouse.url(),
                                "--spring.datasource.username="
                                        + warehouse.username(Role.TRANSFORM),
                                "--spring.datasource.password="
                                        + warehouse.password(Role.TRANSFORM),
                                "--millrace.models.password=" + warehouse.password(Role.MODELS));
    }

    @AfterAll
    void stop() {
        if (service != null) {
            service.close();
        }
    }

    @Test
    void aPausedSourceIsSeenByThoseWhoLookAtStreamsUntilItIsResumed() throws Exception {
        assertThat(post(CLICKS + "/pause", "").body())
                .contains("\"source\":\"clicks\"", "\"pausedBy\":\"tester\"", "\"a test\"");
        assertThat(get("/operator/streams").body()).contains("\"paused\":[{\"source\":\"clicks\"");

        assertThat(post(CLICKS + "/resume", "").body()).contains("\"paused\":null");
        assertThat(get("/operator/streams").body()).contains("\"paused\":[]");
    }

    @Test
    void aRewindTellsFromWhereToWhereAndWhatCannotBeIsAProblem() throws Exception {
        assertThat(post(CLICKS + "/rewind", "{\"to\": \"2026-03-01T12:00:00Z\"}").body())
                .startsWith("{\"source\":\"clicks\",\"dryRun\":false,\"partitions\":[");
        HttpResponse<String> unclear = post(CLICKS + "/rewind", "{\"to\": 1}");
        assertThat(unclear.statusCode()).isEqualTo(422);
        assertThat(unclear.headers().firstValue("Content-Type").orElse(""))
                .startsWith("application/problem+json");
        HttpResponse<String> unknown = post("/operator/sources/klicks/pause", "");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("Its sources: [clicks]");
    }

    @Test
    void onlyOperatorsPauseAndSayWhyAndTheAuditTellsOfIt() throws Exception {
        for (String what : new String[] {"/pause", "/resume", "/rewind"}) {
            HttpRequest.Builder asReader =
                    request(CLICKS + what, "reader")
                            .header("X-Reason", "r")
                            .POST(BodyPublishers.ofString("{}"));
            assertThat(send(asReader).statusCode()).isEqualTo(403);
            HttpRequest.Builder withoutReason =
                    request(CLICKS + what, "operator").POST(BodyPublishers.ofString("{}"));
            assertThat(send(withoutReason).statusCode()).isEqualTo(400);
        }
        post(CLICKS + "/resume", "");

        assertThat(send(request("/operator/audit?path=" + CLICKS + "/resume", "admin")).body())
                .contains("a test", "tester");
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send(
                request(path, "operator")
                        .header("Content-Type", "application/json")
                        .header("X-Reason", "a test")
                        .POST(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(request(path, "reader"));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path, String role) throws Exception {
        String port =
                Objects.requireNonNull(service).getEnvironment().getProperty("local.server.port");
        SignedJWT token =
                new SignedJWT(
                        new JWSHeader(JWSAlgorithm.HS256),
                        new JWTClaimsSet.Builder()
                                .subject("tester")
                                .claim("role", role)
                                .expirationTime(Date.from(Instant.now().plusSeconds(600)))
                                .build());
        token.sign(new MACSigner(SECRET.getBytes(StandardCharsets.UTF_8)));
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + token.serialize());
    }
}
