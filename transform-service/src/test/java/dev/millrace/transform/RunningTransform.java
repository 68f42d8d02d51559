package dev.millrace.transform;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestKafka;
import dev.millrace.test.TestWarehouse;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/** The service as it is started, over a warehouse of its own, with operators at its doors. */
public final class RunningTransform implements AutoCloseable {

    private static final String SECRET = "a-secret-of-the-tests-that-is-long-enough";

    private final HttpClient client = HttpClient.newHttpClient();
    private final ConfigurableApplicationContext service;

    private RunningTransform(ConfigurableApplicationContext service) {
        this.service = service;
    }

    /** Starts it for a project, with settings of its own as on a command line. */
    public static RunningTransform start(
            TestWarehouse warehouse, Path project, String... settings) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "--server.port=0",
                                "--millrace.project.dir=" + project,
                                "--millrace.access.jwt-secret=" + SECRET,
                                "--spring.kafka.bootstrap-servers=" + TestKafka.bootstrapServers(),
                                "--spring.datasource.url=" + warehouse.url(),
                                "--spring.datasource.username="
                                        + warehouse.username(Role.TRANSFORM),
                                "--spring.datasource.password="
                                        + warehouse.password(Role.TRANSFORM),
                                "--millrace.models.password=" + warehouse.password(Role.MODELS)));
        all.addAll(List.of(settings));
        return new RunningTransform(
                new SpringApplicationBuilder(TransformApplication.class)
                        .run(all.toArray(String[]::new)));
    }

    /** What an operator posts, and says why. */
    public HttpResponse<String> post(String path, String body)
            throws IOException, InterruptedException {
        return send(
                request(path, "operator")
                        .header("Content-Type", "application/json")
                        .header("X-Reason", "a test")
                        .POST(BodyPublishers.ofString(body)));
    }

    /** What a reader sees. */
    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path, "reader"));
    }

    public HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /** A request by somebody named {@code tester} who has a role. */
    public HttpRequest.Builder request(String path, String role) {
        SignedJWT token =
                new SignedJWT(
                        new JWSHeader(JWSAlgorithm.HS256),
                        new JWTClaimsSet.Builder()
                                .subject("tester")
                                .claim("role", role)
                                .expirationTime(Date.from(Instant.now().plusSeconds(600)))
                                .build());
        try {
            token.sign(new MACSigner(SECRET.getBytes(StandardCharsets.UTF_8)));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        String port = service.getEnvironment().getProperty("local.server.port");
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + token.serialize());
    }

    @Override
    public void close() {
        service.close();
    }
}
