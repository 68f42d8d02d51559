package dev.millrace.ingestion;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;

/** The whole service on a free port, with a project of its own and a warehouse of its own. */
public final class RunningIngestion implements AutoCloseable {

    private static final String SECRET = "a-secret-of-the-tests-that-is-long-enough";

    private final HttpClient client = HttpClient.newHttpClient();
    private final ConfigurableApplicationContext context;
    private final Path project;
    private final TestWarehouse warehouse;

    private RunningIngestion(
            ConfigurableApplicationContext context, Path project, TestWarehouse warehouse) {
        this.context = context;
        this.project = project;
        this.warehouse = warehouse;
    }

    public static RunningIngestion start(String bootstrapServers, String sources)
            throws IOException {
        return start(bootstrapServers, sources, Map.of());
    }

    public static RunningIngestion start(
            String bootstrapServers, String sources, Map<String, String> settings)
            throws IOException {
        Path project = Files.createTempDirectory("millrace-project-");
        write(project, sources);
        TestWarehouse warehouse = TestWarehouse.create();
        Map<String, Object> properties = new HashMap<>();
        properties.put("server.port", "0");
        properties.put("millrace.project.dir", project.toString());
        properties.put("millrace.project.poll-interval", "200ms");
        properties.put("millrace.access.jwt-secret", SECRET);
        properties.put("millrace.pii.key", "a-key-of-the-tests-only");
        properties.put("spring.kafka.bootstrap-servers", bootstrapServers);
        properties.put("spring.datasource.url", warehouse.url());
        properties.put("spring.datasource.username", warehouse.username(Role.INGESTION));
        properties.put("spring.datasource.password", warehouse.password(Role.INGESTION));
        properties.putAll(settings);
        String[] arguments =
                properties.entrySet().stream()
                        .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
                        .toArray(String[]::new);
        return new RunningIngestion(
                new SpringApplicationBuilder(IngestionApplication.class).run(arguments),
                project,
                warehouse);
    }

    public URI uri(String path) {
        return URI.create(
                "http://127.0.0.1:"
                        + context.getEnvironment().getProperty("local.server.port")
                        + path);
    }

    public TestWarehouse warehouse() {
        return warehouse;
    }

    public void changeProject(String sources) throws IOException {
        write(project, sources);
    }

    public HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString(UTF_8));
    }

    /** Posts with the write key by Basic. */
    public HttpResponse<String> post(String path, String writeKey, String json) throws Exception {
        return send(request(path, writeKey).POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    public HttpRequest.Builder request(String path, String writeKey) {
        String basic = Base64.getEncoder().encodeToString((writeKey + ":").getBytes(UTF_8));
        return HttpRequest.newBuilder(uri(path)).header("Authorization", "Basic " + basic);
    }

    /** Gets as an operator of this role. */
    public HttpResponse<String> get(String path, String role) throws Exception {
        return send(
                HttpRequest.newBuilder(uri(path)).header("Authorization", "Bearer " + token(role)));
    }

    public HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    @Override
    public void close() {
        context.close();
    }

    private static String token(String role) throws JOSEException {
        SignedJWT token =
                new SignedJWT(
                        new JWSHeader(JWSAlgorithm.HS256),
                        new JWTClaimsSet.Builder()
                                .subject("tester")
                                .claim("role", role)
                                .expirationTime(Date.from(Instant.now().plusSeconds(600)))
                                .build());
        token.sign(new MACSigner(SECRET.getBytes(UTF_8)));
        return token.serialize();
    }

    private static void write(Path project, String sources) throws IOException {
        Files.createDirectories(project.resolve("sources"));
        Files.writeString(
                project.resolve("dbt_project.yml"), "name: shop\nversion: '1.0'\nprofile: shop\n");
        Files.writeString(project.resolve("sources/all.yml"), sources);
    }
}
