package dev.millrace.serving.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.access.CallerKeyClient;
import dev.millrace.serving.query.Eventually;
import dev.millrace.serving.query.RunningService;
import dev.millrace.serving.query.RunningService.Answer;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** Who saw what, as it is written down by the service. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class AccessesTest {

    private static final String MODEL =
            """
            cubes:
              - name: one
                sql: "SELECT 1 AS id, 'x' AS name"
                dimensions: [{name: id, sql: id, type: number}, {name: name, sql: name, type: string}]
                measures: [{name: count, type: count}]
                segments: [{name: all_of_it, sql: "id = 1"}]
            """;

    private final TestWarehouse warehouse = TestWarehouse.create();
    private Path directory;
    private RunningService service;
    private CallerKeyClient client;

    @BeforeAll
    void serve(@TempDir Path project) {
        directory = project;
        RunningService.writeModel(project, MODEL);
        start();
    }

    private void start() {
        service =
                RunningService.start(warehouse, directory, "millrace.serving.live.heartbeat=300ms");
        client = new CallerKeyClient(service);
    }

    @AfterAll
    void stop() {
        if (service != null) {
            service.close();
        }
    }

    private static String token(Map<String, Object> claims) {
        return RunningService.token(
                "a secret of the metrics doors for tests", claims, Instant.now().plusSeconds(600));
    }

    private List<JsonNode> accesses(String parameters) {
        Answer answer = client.operators("GET", "/accesses?" + parameters, "");
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return StreamSupport.stream(answer.body().path("accesses").spliterator(), false)
                .map(row -> row.path("access"))
                .toList();
    }

    private List<JsonNode> soon(String parameters, int count) throws Exception {
        Eventually.within(
                Duration.ofSeconds(20), () -> assertThat(accesses(parameters)).hasSize(count));
        return accesses(parameters);
    }

    @Test
    void whoAskedForWhichMembersIsWrittenDownAndNoValue() throws Exception {
        String query =
                "{\"measures\":[\"one.count\"],\"dimensions\":[\"one.id\"],\"segments\":[\"one.all_of_it\"],\"filters\":[{\"or\":[{\"member\":\"one.name\",\"operator\":\"equals\",\"values\":[\"hush\",\"x\"]}]}]}";
        JsonNode made =
                client.create(
                        "{'name': 'seen', 'scopes': ['load'], 'groups': ['g'],"
                                + " 'securityContext': {'tenant_id': 'acme'}}");
        Answer answer =
                service.send(
                        service.request(CallerKeyClient.path("load", query))
                                .header("Authorization", made.path("key").asString())
                                .header("x-request-id", "request-7")
                                .build());
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);

        JsonNode access = soon("account=key:seen", 1).getFirst();

        assertThat(access.path("keyId").asString()).isEqualTo(made.path("id").asString());
        assertThat(access.path("tenants").toString()).isEqualTo("[\"acme\"]");
        assertThat(access.path("groups").toString()).isEqualTo("[\"g\"]");
        assertThat(access.path("door").asString()).isEqualTo("load");
        assertThat(access.path("measures").toString()).isEqualTo("[\"one.count\"]");
        assertThat(access.path("dimensions").toString()).isEqualTo("[\"one.id\"]");
        assertThat(access.path("filters").toString()).isEqualTo("[\"one.name\"]");
        assertThat(access.path("segments").toString()).isEqualTo("[\"one.all_of_it\"]");
        assertThat(access.path("rows").asInt()).isEqualTo(1);
        assertThat(access.path("bytes").asInt()).isEqualTo(answer.response().body().length());
        assertThat(access.path("outcome").asString()).isEqualTo("ok");
        assertThat(access.path("requestId").asString()).isEqualTo("request-7");
        assertThat(access.toString()).doesNotContain("hush");
    }

    @Test
    void howItWentIsWrittenDownOfEveryDoor() throws Exception {
        String narrow = token(Map.of("sub", "doors", "scopes", List.of("load", "sql", "meta")));
        client.load(narrow);
        client.load("{\"measures\":[\"one.nothing\"]}", narrow);
        client.get(CallerKeyClient.path("sql", CallerKeyClient.COUNT), narrow);
        client.get(CallerKeyClient.path("dry-run", CallerKeyClient.COUNT), narrow);
        client.get("/cubejs-api/v1/meta", narrow);
        client.get(CallerKeyClient.path("load", CallerKeyClient.COUNT) + "&format=csv", narrow);
        client.get("/v1/live?query=", narrow);

        List<JsonNode> accesses = soon("account=token:doors", 7);

        assertThat(accesses.reversed())
                .extracting(
                        access ->
                                access.path("door").asString()
                                        + " "
                                        + access.path("outcome").asString()
                                        + " "
                                        + access.path("status").asInt())
                .containsExactlyInAnyOrder(
                        "load ok 200",
                        "load error 400",
                        "sql ok 200",
                        "dry-run ok 200",
                        "meta ok 200",
                        "load refused 403",
                        "live refused 403");
        assertThat(soon("account=token:doors&outcome=refused", 2)).hasSize(2);
        assertThat(soon("account=token:doors&member=one.nothing", 1)).hasSize(1);
        assertThat(soon("account=token:doors&door=sql&member=one.count", 1)).hasSize(1);
    }

    @Test
    void aStreamIsThereFromItsBeginning() throws Exception {
        String token = token(Map.of("sub", "watcher"));
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<InputStream> stream =
                    http.send(
                            service.request(
                                            "/v1/live?query="
                                                    + CallerKeyClient.encoded(
                                                            CallerKeyClient.COUNT))
                                    .header("Authorization", token)
                                    .build(),
                            HttpResponse.BodyHandlers.ofInputStream());
            assertThat(stream.statusCode()).isEqualTo(200);

            JsonNode opened = soon("account=token:watcher", 1).getFirst();

            assertThat(opened.path("outcome").asString()).isEqualTo("opened");
            assertThat(opened.path("measures").toString()).isEqualTo("[\"one.count\"]");
            stream.body().close();
            http.shutdownNow();
        }
    }

    @Test
    void accessesAreFoundPageByPage() throws Exception {
        for (int i = 0; i < 3; i++) {
            client.load(token(Map.of("sub", "pages", "tenant_id", "p")));
        }
        soon("tenant=p", 3);

        JsonNode first = client.operators("GET", "/accesses?tenant=p&limit=2", "").body();
        List<JsonNode> second = accesses("tenant=p&limit=2&before=" + first.path("next").asInt());

        assertThat(first.path("accesses").size()).isEqualTo(2);
        assertThat(second).hasSize(1);
        assertThat(accesses("tenant=p&to=2020-01-01T00:00:00Z")).isEmpty();
        assertThat(accesses("tenant=p&from=2020-01-01T00:00:00Z")).hasSize(3);
        assertThat(client.operators("GET", "/accesses?limit=0", "").status()).isEqualTo(400);
        assertThat(client.operators("operator", "GET", "/accesses", "").status()).isEqualTo(403);
    }

    @Test
    void whoSeesSeveralTenantsIsFoundByEach() throws Exception {
        client.load(token(Map.of("sub", "both", "tenant_id", List.of("several-b", "several-a"))));
        client.load(token(Map.of("sub", "one", "tenant_id", "several-a")));

        assertThat(soon("tenant=several-a", 2)).hasSize(2);
        assertThat(soon("tenant=several-b", 1).getFirst().path("tenants").toString())
                .isEqualTo("[\"several-a\",\"several-b\"]");
    }

    @Test
    void aNameOfAnyLengthIsWrittenDownAndFound() throws Exception {
        String name = "long-" + "x".repeat(3_000);
        client.load(token(Map.of("sub", name)));

        assertThat(soon("account=token:" + name, 1).getFirst().path("account").asString())
                .startsWith("token:long-xxx")
                .hasSize(300);
    }

    @Test
    void theLastAnswersBeforeAStopAreWrittenDown() {
        for (int i = 0; i < 20; i++) {
            client.load(token(Map.of("sub", "last")));
        }

        service.close();
        start();

        assertThat(accesses("account=token:last")).hasSize(20);
    }

    @Test
    void whatIsOldIsForgotten() throws Exception {
        client.load(token(Map.of("sub", "old")));
        client.load(token(Map.of("sub", "young")));
        soon("account=token:old", 1);
        soon("account=token:young", 1);
        execute(
                "UPDATE serving.data_access SET at = at - interval '91 days' WHERE account ="
                        + " 'token:old'");

        service.bean(AccessRetention.class).forget();

        assertThat(accesses("account=token:old")).isEmpty();
        assertThat(accesses("account=token:young")).hasSize(1);
    }

    private void execute(String sql) throws SQLException {
        warehouse.execute(Role.SERVING, sql);
    }
}
