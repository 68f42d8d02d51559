package dev.millrace.example;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.SettableClock;
import dev.millrace.test.TestWarehouse;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The example service on a port and a warehouse of its own, called over HTTP. */
public final class RunningService implements AutoCloseable {

    public static final String GOOD_SOURCES =
            """
            sources:
              - name: web
                type: segment
                write_key: key-of-web
            """;

    private final TestWarehouse warehouse;
    private final Path project;
    private final ConfigurableApplicationContext context;
    private final HttpClient client = HttpClient.newHttpClient();

    private RunningService(
            TestWarehouse warehouse, Path project, ConfigurableApplicationContext context) {
        this.warehouse = warehouse;
        this.project = project;
        this.context = context;
    }

    /** Starts the service on a good project. */
    public static RunningService start() {
        try {
            Path project = Files.createTempDirectory("millrace-project-");
            Files.createDirectory(project.resolve("sources"));
            Files.writeString(project.resolve("sources/web.yml"), GOOD_SOURCES);
            return start(TestWarehouse.create(), project);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the service on this warehouse and this project, with more settings. */
    public static RunningService start(TestWarehouse warehouse, Path project, String... settings) {
        List<String> defaults =
                new ArrayList<>(
                        List.of(
                                "--server.port=0",
                                "--spring.datasource.url=" + warehouse.url(),
                                "--spring.datasource.username="
                                        + warehouse.username(Role.INGESTION),
                                "--spring.datasource.password="
                                        + warehouse.password(Role.INGESTION),
                                "--millrace.access.jwt-secret=" + TestToken.SECRET,
                                "--millrace.project.dir=" + project,
                                "--millrace.project.poll-interval=50ms",
                                "--millrace.project.settle=20ms"));
        // A setting given twice would be a list of both.
        defaults.removeIf(
                given -> Stream.of(settings).anyMatch(other -> name(other).equals(name(given))));
        String[] arguments =
                Stream.concat(defaults.stream(), Stream.of(settings)).toArray(String[]::new);
        ConfigurableApplicationContext context =
                new SpringApplication(ExampleApplication.class).run(arguments);
        return new RunningService(warehouse, project, context);
    }

    private static String name(String setting) {
        return setting.substring(0, setting.indexOf('='));
    }

    public TestWarehouse warehouse() {
        return warehouse;
    }

    public Path project() {
        return project;
    }

    public SettableClock clock() {
        return context.getBean(SettableClock.class);
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public int port() {
        return Objects.requireNonNull(((WebServerApplicationContext) context).getWebServer())
                .getPort();
    }

    /** A token of this role that is good for an hour. */
    public String token(String role) {
        return TestToken.of(clock()).claim("roles", List.of(role)).signed();
    }

    /** Calls with headers given as name, value, name, value. */
    public Answer call(String method, String path, String... headers) {
        return send(method, path, "", headers);
    }

    /** Sends a JSON body as an admin. */
    public Answer command(String method, String path, String json) {
        return send(
                method,
                path,
                json,
                "Authorization",
                "Bearer " + token("admin"),
                "X-Reason",
                "a test",
                "Content-Type",
                "application/json");
    }

    public Answer get(String path, String token) {
        return call("GET", path, "Authorization", "Bearer " + token);
    }

    private Answer send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                        .method(
                                method,
                                body.isEmpty()
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return Answer.of(client.send(request.build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        context.close();
        client.close();
    }
}
