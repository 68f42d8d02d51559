package dev.millrace.transform.run;

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

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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

/** The operators' doors to runs and models, on the service as it is started. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class RunHttpTest {

    private static final String SECRET = "a-secret-of-the-tests-that-is-long-enough";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient client = HttpClient.newHttpClient();
    private final TestWarehouse warehouse = TestWarehouse.create();
    private @Nullable ConfigurableApplicationContext service;

    @BeforeAll
    void start(@TempDir Path project) throws Exception {
        Files.createDirectories(project.resolve("models"));
        Files.writeString(project.resolve("dbt_project.yml"), "name: shop\n");
        Files.writeString(
                project.resolve("models/total.sql"),
                "{{ config(materialized='table') }}select {{ var('n', 1) }} as n");
        Files.writeString(project.resolve("models/shown.sql"), "select n from {{ ref('total') }}");
        service =
                new SpringApplicationBuilder(TransformApplication.class)
                        .run(
                                "--server.port=0",
                                "--millrace.project.dir=" + project,
                                "--millrace.access.jwt-secret=" + SECRET,
                                "--millrace.landing.enabled=false",
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
    void aRunIsBegunAndFollowed() throws Exception {
        HttpResponse<String> begun =
                post("/operator/runs", "{\"select\": \"+shown\", \"vars\": {\"n\": 7}}");
        assertThat(begun.statusCode()).isEqualTo(202);
        String id = JSON.readTree(begun.body()).path("id").asString();

        JsonNode run = JSON.readTree(get("/operator/runs/" + id).body());
        while (run.path("status").asString().equals("running")) {
            run = JSON.readTree(get("/operator/runs/" + id).body());
        }

        assertThat(run.path("status").asString()).isEqualTo("succeeded");
        assertThat(run.path("nodes").findValuesAsString("status"))
                .containsExactly("success", "success");
        assertThat(run.path("nodes").get(0).path("compiled").asString()).isEqualTo("select 7 as n");
        assertThat(get("/operator/runs?status=succeeded&limit=1").body()).contains("\"runs\":[{");
        assertThat(get("/operator/models").body()).contains("\"relation\":\"analytics.shown\"");
    }

    @Test
    void aDryRunShowsThePlanAndBeginsNothing() throws Exception {
        HttpResponse<String> plan =
                post("/operator/runs", "{\"select\": \"total\", \"dry_run\": true}");

        assertThat(plan.statusCode()).isEqualTo(200);
        assertThat(plan.body()).contains("\"compiled\":\"select 1 as n\"").contains("planned");
    }

    @Test
    void aVariableMayBeNull() throws Exception {
        HttpResponse<String> plan =
                post(
                        "/operator/runs",
                        "{\"select\": \"total\", \"dry_run\": true, \"vars\": {\"n\": null}}");

        assertThat(plan.statusCode()).isEqualTo(200);
        assertThat(plan.body()).contains("\"compiled\":\"select None as n\"");
    }

    @Test
    void whatMakesNoSenseIsAProblem() throws Exception {
        HttpResponse<String> answer = post("/operator/runs", "{\"select\": \"totl\"}");

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("did you mean 'total'?");
        assertThat(get("/operator/runs/none").statusCode()).isEqualTo(404);
        assertThat(get("/operator/runs?status=odd").statusCode()).isEqualTo(400);
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
