package dev.millrace.serving.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** Keys of the metrics doors, over two replicas. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class CallerKeysTest {

    private static final String MODEL =
            """
            cubes:
              - name: one
                sql: "SELECT 1 AS id"
                measures: [{name: count, type: count}]
              - name: sales
                sql: "SELECT * FROM (VALUES ('a', 1), ('a', 2), ('b', 3)) v (tenant, id)"
                dimensions: [{name: tenant, sql: tenant, type: string}]
                measures: [{name: count, type: count}]
                access_policy:
                  - group: customer
                    row_level: {filters: [{member: tenant, operator: equals, values: ["{ securityContext.tenant_id }"]}]}
            """;

    private static final String SALES = "{\"measures\":[\"sales.count\"]}";

    private final TestWarehouse warehouse = TestWarehouse.create();
    private RunningService service;
    private RunningService another;
    private CallerKeyClient client;

    @BeforeAll
    void serve(@TempDir Path project) {
        RunningService.writeModel(project, MODEL);
        service = RunningService.start(warehouse, project);
        another = RunningService.start(warehouse, project);
        client = new CallerKeyClient(service);
    }

    @AfterAll
    void stop() {
        for (RunningService running : new RunningService[] {service, another}) {
            if (running != null) {
                running.close();
            }
        }
    }

    @Test
    void aKeyOpensTheDoorsOfItsScopesInBothForms() {
        String key = client.key("{'name': 'both forms', 'scopes': ['load']}");

        assertThat(key).startsWith("mrk_");
        assertThat(client.load(key).status()).isEqualTo(200);
        assertThat(client.load("Bearer " + key).status()).isEqualTo(200);
    }

    @Test
    void aKeyIsOfATenant() {
        String key =
                client.key(
                        "{'name': 'of a', 'scopes': ['load'], 'groups': ['customer'],"
                                + " 'securityContext': {'tenant_id': 'a'}}");

        assertThat(sales(client.load(SALES, key))).isEqualTo("2");
        assertThat(client.load(SALES, RunningService.token()).status()).isEqualTo(400);
    }

    @Test
    void claimsUnderUCountAsTheyDoInTokens() {
        String key =
                client.key(
                        "{'name': 'nested', 'scopes': ['load'], 'securityContext': {'u':"
                                + " {'tenant_id': 'b', 'group': 'customer'}}}");

        assertThat(sales(client.load(SALES, key))).isEqualTo("1");
    }

    private static String sales(Answer answer) {
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer.body().path("data").path(0).path("sales.count").asString();
    }

    @ParameterizedTest
    @CsvSource({
        "load, /cubejs-api/v1/load, 200",
        "load, /cubejs-api/v1/subscribe, 200",
        "load, /cubejs-api/v1/dry-run, 200",
        "load, /cubejs-api/v1/sql, sql",
        "load, /cubejs-api/v1/meta, meta",
        "load, /v1/live, live",
        "meta, /cubejs-api/v1/meta, 200",
        "meta, /cubejs-api/v1/load, load",
        "meta, /cubejs-api/v1/dry-run, load",
        "sql, /cubejs-api/v1/sql, 200",
        "export, /cubejs-api/v1/load, load",
        "load, /v1/feed/orders, feed",
        "load, /v1/embed, embed",
        "load, /cubejs-api/v1/graphql, meta",
        "meta, /cubejs-api/v1/m%65ta, load",
        "load, /v1/something/new, meta"
    })
    void aDoorThatTheKeyIsNotForNamesTheScope(String scope, String path, String outcome) {
        String key =
                client.key(
                        "{'name': 'only %s at %s', 'scopes': ['%s']}"
                                .formatted(scope, path.replaceAll("[^a-z0-9]", "."), scope));

        Answer answer =
                client.get(path + "?query=" + CallerKeyClient.encoded(CallerKeyClient.COUNT), key);

        if (outcome.equals("200")) {
            assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        } else {
            assertThat(answer.status()).as(answer.body().toString()).isEqualTo(403);
            assertThat(CallerKeyClient.error(answer)).isEqualTo("API scope is missing: " + outcome);
        }
    }

    @Test
    void filesNeedTheScopeForFilesHoweverTheyAreAskedFor() {
        String load = client.key("{'name': 'no files', 'scopes': ['load']}");
        String export = client.key("{'name': 'files', 'scopes': ['export']}");
        String csv = CallerKeyClient.path("load", CallerKeyClient.COUNT) + "&format=csv";

        assertThat(CallerKeyClient.error(client.get(csv, load)))
                .isEqualTo("API scope is missing: export");
        Answer accepted =
                service.send(
                        service.request(CallerKeyClient.path("load", CallerKeyClient.COUNT))
                                .header("Authorization", load)
                                .header("Accept", "text/csv")
                                .build());
        assertThat(CallerKeyClient.error(accepted)).isEqualTo("API scope is missing: export");
        assertThat(service.text(service.request(csv).header("Authorization", export).build()))
                .contains("one.count");
    }

    @Test
    void aTokenIsForEverythingUnlessItNamesScopes() {
        assertThat(client.get("/cubejs-api/v1/meta", token(Map.of())).status()).isEqualTo(200);
        assertThat(client.load(token(Map.of("scopes", List.of("load")))).status()).isEqualTo(200);
        assertThat(client.load(token(Map.of("scopes", "openid load"))).status()).isEqualTo(200);
        for (Object narrow : List.of(List.of(), List.of("meta"), "", 7, Map.of("load", true))) {
            Answer answer = client.load(token(Map.of("scopes", narrow)));
            assertThat(answer.status()).as(narrow.toString()).isEqualTo(403);
            assertThat(CallerKeyClient.error(answer)).isEqualTo("API scope is missing: load");
        }
    }

    @Test
    void nestedClaimsNarrowATokenAndNeverWidenIt() {
        Map<String, Object> nested = Map.of("u", Map.of("scopes", List.of("meta")));
        Map<String, Object> both =
                Map.of("scopes", List.of("meta"), "u", Map.of("scopes", List.of("load")));

        assertThat(client.load(token(nested)).status()).isEqualTo(403);
        assertThat(client.load(token(both)).status()).isEqualTo(403);
        assertThat(client.get("/cubejs-api/v1/meta", token(both)).status()).isEqualTo(403);
    }

    private static String token(Map<String, Object> claims) {
        return RunningService.token(
                "a secret of the metrics doors for tests", claims, Instant.now().plusSeconds(60));
    }

    @Test
    void aRotatedKeyHasTwoSecretsForTheOverlapAndKeepsItsId() {
        JsonNode made = client.create("{'name': 'rotated', 'scopes': ['load']}");
        String first = made.path("key").asString();
        String second = rotate(made, "{'overlap': 'PT1H'}");

        assertThat(second)
                .startsWith("mrk_" + made.path("id").asString() + "_")
                .isNotEqualTo(first);
        assertThat(client.load(first).status()).isEqualTo(200);
        assertThat(client.load(second).status()).isEqualTo(200);

        String third = rotate(made, "{'overlap': 'PT1H'}");

        assertThat(client.load(first).status()).isEqualTo(403);
        assertThat(client.load(second).status()).isEqualTo(200);
        assertThat(client.load(third).status()).isEqualTo(200);
        assertThat(
                        client.operators("DELETE", "/caller-keys/" + made.path("id").asString(), "")
                                .status())
                .isEqualTo(204);
        assertThat(client.load(second).status()).isEqualTo(403);
        assertThat(client.load(third).status()).isEqualTo(403);
    }

    @Test
    void withoutAnOverlapTheOldSecretEndsAtOnce() {
        JsonNode made = client.create("{'name': 'at once', 'scopes': ['load']}");
        String second = rotate(made, "");

        assertThat(client.load(made.path("key").asString()).status()).isEqualTo(403);
        assertThat(client.load(second).status()).isEqualTo(200);
    }

    private String rotate(JsonNode key, String body) {
        Answer rotated =
                client.operators(
                        "POST", "/caller-keys/" + key.path("id").asString() + "/rotate", body);
        assertThat(rotated.status()).as(rotated.body().toString()).isEqualTo(201);
        return rotated.body().path("key").asString();
    }

    @Test
    void aKeyThatIsTakenAwayIsSoWithinASecondInEveryReplica() throws Exception {
        JsonNode made = client.create("{'name': 'taken', 'scopes': ['load']}");
        String key = made.path("key").asString();
        CallerKeyClient there = new CallerKeyClient(another);
        assertThat(there.load(key).status()).isEqualTo(200);

        client.operators("DELETE", "/caller-keys/" + made.path("id").asString(), "");

        assertThat(client.load(key).status()).isEqualTo(403);
        Eventually.within(
                Duration.ofSeconds(1), () -> assertThat(there.load(key).status()).isEqualTo(403));
        assertThat(CallerKeyClient.error(there.load(key))).isEqualTo("Invalid token");
    }

    /** A stream that was opened in time must not go on for good. */
    @Test
    void aStreamEndsWhenItsKeyIsTakenAway() throws IOException, InterruptedException {
        JsonNode made = client.create("{'name': 'watching', 'scopes': ['live']}");
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<java.io.InputStream> stream =
                    http.send(
                            service.request(
                                            "/v1/live?query="
                                                    + CallerKeyClient.encoded(
                                                            CallerKeyClient.COUNT))
                                    .header("Authorization", made.path("key").asString())
                                    .build(),
                            HttpResponse.BodyHandlers.ofInputStream());
            assertThat(stream.statusCode()).isEqualTo(200);
            BufferedReader lines =
                    new BufferedReader(
                            new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
            List<String> seen = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                seen.add(line);
                if (line.startsWith("event: answer")) {
                    client.operators("DELETE", "/caller-keys/" + made.path("id").asString(), "");
                }
            }
            assertThat(seen).contains("event: expired");
        }
    }

    @Test
    void aKeyEndsWhenItWasToEnd() throws Exception {
        String key =
                client.key(
                        "{'name': 'short', 'scopes': ['load'], 'expiresAt': '%s'}"
                                .formatted(Instant.now().plusSeconds(2)));
        assertThat(client.load(key).status()).isEqualTo(200);

        Eventually.within(
                Duration.ofSeconds(10), () -> assertThat(client.load(key).status()).isEqualTo(403));
    }

    @Test
    void aSecretIsShownOnceAndKeptAsHash() throws SQLException {
        String key = client.key("{'name': 'hashed', 'scopes': ['load']}");

        assertThat(client.operators("GET", "/caller-keys", "").body().toString())
                .contains("hashed")
                .doesNotContain(key.substring(17));
        assertThat(text("SELECT string_agg(k::text, ' ') FROM serving.caller_key k"))
                .contains("hashed")
                .doesNotContain(key.substring(17));
    }

    private String text(String sql) throws SQLException {
        try (Connection connection = warehouse.connection(Role.SERVING);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    @Test
    void aKeyWithOneOtherCharacterIsNoKey() {
        String key = client.key("{'name': 'almost', 'scopes': ['load']}");
        char first = key.charAt(18);
        String other = key.substring(0, 18) + (first == 'a' ? 'b' : 'a') + key.substring(19);

        assertThat(client.load(other).status()).isEqualTo(403);
        assertThat(client.load("mrk_").status()).isEqualTo(403);
        assertThat(client.load(key + "x".repeat(4000)).status()).isEqualTo(403);
        assertThat(client.load(key.replaceFirst("k", "")).status()).isEqualTo(403);
    }

    @Test
    void aKeyOpensNoOperatorsDoor() {
        String key = client.key("{'name': 'outside', 'scopes': ['load', 'meta']}");

        assertThat(client.get("/operator/caller-keys", "Bearer " + key).status()).isEqualTo(401);
    }

    @Test
    void onlyAdminsComeToTheKeysAndTheAuditSaysSo() {
        assertThat(client.operators("operator", "GET", "/caller-keys", "").status()).isEqualTo(403);
        client.operators("GET", "/caller-keys?name=looked-at", "");

        JsonNode entries =
                client.operators("GET", "/audit?path=/operator/caller-keys&method=GET", "")
                        .body()
                        .path("entries");

        assertThat(StreamSupport.stream(entries.spliterator(), false))
                .anySatisfy(entry -> assertThat(entry.path("status").asInt()).isEqualTo(200))
                .anySatisfy(entry -> assertThat(entry.path("status").asInt()).isEqualTo(403));
    }

    @Test
    void keysAreListedPageByPageAndFound() {
        for (String name : List.of("page 1", "page 2", "page 3")) {
            client.create(
                    "{'name': '%s', 'scopes': ['feed'], 'securityContext': {'tenant_id': ['t', '%s']}}"
                            .formatted(name, name));
        }

        JsonNode first = list("name=page&limit=2");
        JsonNode second = list("name=page&limit=2&after=" + first.path("next").asString());

        assertThat(names(first)).containsExactly("page 3", "page 2");
        assertThat(names(second)).containsExactly("page 1");
        assertThat(second.path("next").isNull()).isTrue();
        assertThat(names(list("tenant=page%202"))).containsExactly("page 2");
        assertThat(names(list("scope=feed&tenant=t"))).hasSize(3);
        String id = first.path("keys").path(0).path("id").asString();
        client.operators("DELETE", "/caller-keys/" + id, "");
        assertThat(names(list("name=page&state=revoked"))).containsExactly("page 3");
        assertThat(names(list("name=page&state=good"))).containsExactly("page 2", "page 1");
        assertThat(client.operators("GET", "/caller-keys?state=lost", "").status()).isEqualTo(400);
        assertThat(client.operators("GET", "/caller-keys?limit=0", "").status()).isEqualTo(400);
    }

    private JsonNode list(String parameters) {
        Answer answer = client.operators("GET", "/caller-keys?" + parameters, "");
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer.body();
    }

    private static List<String> names(JsonNode page) {
        return StreamSupport.stream(page.path("keys").spliterator(), false)
                .map(key -> key.path("name").asString())
                .toList();
    }

    @Test
    void whenAKeyWasUsedIsWrittenInBatches() {
        JsonNode made = client.create("{'name': 'in use', 'scopes': ['load']}");
        client.load(made.path("key").asString());

        service.bean(CallerKeyUse.class).flush();

        assertThat(list("name=in%20use").path("keys").path(0).path("lastUsedAt").isNull())
                .isFalse();
    }

    @Test
    void aNameIsOfOneKeyInForce() {
        String body = "{'name': 'twice', 'scopes': ['load']}";
        JsonNode made = client.create(body);

        assertThat(client.operators("POST", "/caller-keys", body).status()).isEqualTo(409);
        client.operators("DELETE", "/caller-keys/" + made.path("id").asString(), "");
        assertThat(client.operators("POST", "/caller-keys", body).status()).isEqualTo(201);
        assertThat(client.operators("DELETE", "/caller-keys/nothing", "").status()).isEqualTo(404);
        assertThat(client.operators("POST", "/caller-keys/nothing/rotate", "").status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'name': 'x'}",
                "{'name': '', 'scopes': ['load']}",
                "{'name': 'x', 'scopes': []}",
                "{'name': 'x', 'scopes': ['everything']}",
                "{'name': 'x', 'scopes': [null]}",
                "{'name': 'x', 'scopes': ['load'], 'expiresAt': '2020-01-01T00:00:00Z'}",
                "{'name': 'x', 'scopes': ['load'], 'securityContext': []}",
                "{'name': 'x', 'scopes': ['load'], 'securityContext': {'exp': 1}}",
                "{'name': 'x', 'scopes': ['load'], 'securityContext': {'scopes': ['sql']}}",
                "{'name': 'x', 'scopes': ['load'], 'securityContext': {'u': {'scopes': ['sql']}}}",
                "{'name': 'x', 'scopes': ['load'], 'securityContext': {'a': '\\u0000'}}",
                "{'name': 'x', 'scopes': ['load'], 'groups': ['a'], 'securityContext': {'groups':"
                        + " ['b']}}",
                "{'name': 'x', 'scopes': ['load'], 'groups': ['']}",
                "{'name': 'x', 'scopes': ['load'], 'budget': {'requestsPerSecond': -1}}",
                "{'name': 'x', 'scopes': ['load'], 'budget': {'burst': 0}}",
                "{'name': 'x', 'scopes': ['load'], 'budget': {'requestsPerSecond': 'NaN'}}",
                "[]",
                "'"
            })
    void aKeyThatMakesNoSenseIsRefused(String body) {
        assertThat(client.operators("POST", "/caller-keys", body).status()).isEqualTo(400);
    }

    @Test
    void aContextOfAnySizeIsRefused() {
        String body =
                "{'name': 'large', 'scopes': ['load'], 'securityContext': {'a': '%s'}}"
                        .formatted("x".repeat(20_000));

        assertThat(client.operators("POST", "/caller-keys", body).status()).isEqualTo(400);
    }
}
