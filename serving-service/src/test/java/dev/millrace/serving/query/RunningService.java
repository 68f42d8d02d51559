package dev.millrace.serving.query;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.ServingApplication;
import dev.millrace.test.TestWarehouse;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The service as it runs, on a port of its own, over a warehouse of a test's own. */
public final class RunningService implements AutoCloseable {

    static final String API_SECRET = "a secret of the metrics doors for tests";
    public static final String OPERATOR_SECRET = "a secret of the operators' doors for tests";

    private static final JsonMapper JSON = JsonMapper.shared();

    private final ConfigurableApplicationContext context;
    private final HttpClient client = HttpClient.newHttpClient();

    /** An answer, with its body as JSON. */
    public record Answer(int status, JsonNode body, HttpResponse<String> response) {

        String error() {
            return body.path("error").asString("");
        }

        JsonNode data() {
            return body.path("data");
        }
    }

    private RunningService(ConfigurableApplicationContext context) {
        this.context = context;
    }

    public static RunningService start(
            TestWarehouse warehouse, Path project, String... properties) {
        Map<String, String> settings =
                new HashMap<>(
                        Map.of(
                                "server.port", "0",
                                "millrace.project.dir", project.toString(),
                                "spring.datasource.url", warehouse.url(),
                                "spring.datasource.username", warehouse.username(Role.SERVING),
                                "spring.datasource.password", warehouse.password(Role.SERVING),
                                "millrace.warehouse.url", warehouse.url(),
                                "millrace.warehouse.username", warehouse.username(Role.READER),
                                "millrace.warehouse.password", warehouse.password(Role.READER),
                                "millrace.access.jwt-secret", OPERATOR_SECRET,
                                "millrace.serving.api-secret", API_SECRET));
        settings.put("millrace.serving.tenant-secret", TestWarehouse.TENANT_SECRET);
        for (String property : properties) {
            int equals = property.indexOf('=');
            settings.put(property.substring(0, equals), property.substring(equals + 1));
        }
        List<String> arguments = new ArrayList<>();
        settings.forEach((key, value) -> arguments.add("--" + key + "=" + value));
        return new RunningService(
                SpringApplication.run(ServingApplication.class, arguments.toArray(String[]::new)));
    }

    /** Writes a model into a project's directory. */
    public static void writeModel(Path project, String yaml) {
        try {
            Path file = project.resolve("model/cubes/model.yml");
            Files.createDirectories(file.getParent());
            Files.writeString(file, yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    <T> T bean(String name, Class<T> type) {
        return context.getBean(name, type);
    }

    public static String token() {
        return token(API_SECRET, Map.of("sub", "tester"), Instant.now().plusSeconds(3_600));
    }

    public static String token(String secret, Map<String, Object> claims, Instant expires) {
        JWTClaimsSet.Builder builder =
                new JWTClaimsSet.Builder().expirationTime(Date.from(expires));
        claims.forEach(builder::claim);
        SignedJWT jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), builder.build());
        try {
            jwt.sign(new MACSigner(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return jwt.serialize();
    }

    Answer load(String query) {
        return get("/cubejs-api/v1/load?query=" + encoded(query));
    }

    Answer multi(String query) {
        return get("/cubejs-api/v1/load?queryType=multi&query=" + encoded(query));
    }

    Answer get(String path) {
        return send(request(path).header("Authorization", token()).GET().build());
    }

    Answer post(String path, String body) {
        return send(
                request(path)
                        .header("Authorization", token())
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build());
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
    }

    public Answer send(HttpRequest request) {
        HttpResponse<String> response = respond(request);
        String body = response.body();
        return new Answer(
                response.statusCode(),
                body.isEmpty() ? JSON.missingNode() : JSON.readTree(body),
                response);
    }

    /** The body of an answer that is no JSON. */
    public String text(HttpRequest request) {
        return respond(request).body();
    }

    /** The answer, which may be of any form. */
    public HttpResponse<String> respond(HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        context.close();
    }
}
