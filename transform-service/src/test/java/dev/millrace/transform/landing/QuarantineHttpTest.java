package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.RunningTransform;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The operators' doors to the quarantine, on the service as it is started. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class QuarantineHttpTest {

    private static final String QUARANTINE = "/operator/quarantine";
    private static final String REPLAYS = QUARANTINE + "/replays";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final TestWarehouse warehouse = TestWarehouse.create();
    private RunningTransform service;

    @BeforeAll
    void start(@TempDir Path project) throws Exception {
        Files.createDirectories(project.resolve("sources"));
        Files.writeString(
                project.resolve("sources/all.yml"),
                """
                sources:
                  - name: clicks
                    type: kafka
                    streams: [{name: click, topic: quarantine.http.clicks}]
                  - name: shop
                    type: kafka
                    schema_contract: review
                    streams: [{name: orders, topic: quarantine.http.orders}]
                """);
        service =
                RunningTransform.start(
                        warehouse, project, "--millrace.landing.group=quarantine-http");
    }

    @AfterAll
    void stop() {
        service.close();
    }

    @BeforeEach
    void empty() {
        sql().sql("TRUNCATE transform.quarantine, transform.quarantine_replay").update();
    }

    private JdbcClient sql() {
        return JdbcClient.create(warehouse.dataSource(Role.TRANSFORM));
    }

    /** Puts a record of a Kafka stream into quarantine, and returns its id. */
    private long hold(String value) {
        return sql().sql(
                        """
                        INSERT INTO transform.quarantine (at, source, stream, reason, detail, topic,
                          topic_generation, partition, record_offset, headers, value)
                        VALUES (now(), 'clicks', 'click', 'type_mismatch', 'd', 'quarantine.http.clicks', 1,
                          0, (SELECT count(*) FROM transform.quarantine),
                          '[{"name": "x", "base64": "/w=="}]', convert_to(?, 'UTF8'))
                        RETURNING id
                        """)
                .param(value)
                .query(Long.class)
                .single();
    }

    @Test
    void whatWaitsForASchemaChangeLandsWhenItIsApproved() throws Exception {
        long id =
                sql().sql(
                                """
                                INSERT INTO transform.schema_proposal (relation, change, column_name,
                                  table_kind, columns, revision, topic, partition, record_offset,
                                  records, proposed_at)
                                VALUES ('shop.orders', 'create_table', '', 'appended', '[]', 'r',
                                  'quarantine.http.orders', 0, 0, 1, now())
                                RETURNING id
                                """)
                        .query(Long.class)
                        .single();
        sql().sql(
                        """
                        INSERT INTO transform.quarantine (at, source, stream, reason, detail, topic,
                          topic_generation, partition, record_offset, headers, value, waits_for)
                        VALUES (now(), 'shop', 'orders', 'schema_review', 'd',
                          'quarantine.http.orders', 1, 0, 0, '[]', '{}', ARRAY[?::bigint])
                        """)
                .param(id)
                .update();
        String change = "/operator/schema-changes/" + id;
        assertThat(service.get("/operator/schema-changes?state=proposed").body())
                .contains("\"proposals\":[{\"id\":" + id)
                .contains("\"waiting\":1");
        assertThat(service.get("/operator/schema-changes?state=no").statusCode()).isEqualTo(400);
        assertThat(service.get("/operator/schema-changes/999999").statusCode()).isEqualTo(404);
        assertThat(service.get("/operator/relations/shop.orders/dependents").body())
                .isEqualTo("{\"models\":[],\"checks\":[],\"cubes\":[]}");
        assertThat(service.post(change + "/approve", "{}").statusCode()).isEqualTo(422);
        assertThat(
                        service.post(change + "/reject", "{\"reason\": \"r\", \"then\": \"x\"}")
                                .statusCode())
                .isEqualTo(422);

        HttpResponse<String> approved = service.post(change + "/approve", "{\"reason\": \"ours\"}");

        assertThat(approved.statusCode()).as(approved.body()).isEqualTo(200);
        assertThat(approved.body()).contains("\"decidedBy\":\"tester\"");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> service.get(change).body().contains("\"waiting\":0"));
        assertThat(sql().sql("SELECT count(*) FROM shop.orders").query(Long.class).single())
                .isEqualTo(1);
        assertThat(service.get("/operator/schema-changes?relation=shop.orders").body())
                .contains("\"change\":\"create_table\"")
                .contains("\"proposal\":" + id);
        assertThat(service.post(change + "/approve", "{\"reason\": \"again\"}").statusCode())
                .isEqualTo(409);
    }

    @Test
    void aReplayIsTriedAskedForAndFollowed() throws Exception {
        long id = hold("{\"a\": \"x\"}");
        hold("no json");
        String body =
                "{\"filter\": {\"source\": \"clicks\"}, \"dry_run\": %s, \"patch\": [{\"op\":"
                        + " \"replace\", \"path\": \"/a\", \"value\": 1.10}]}";

        JsonNode dry = JSON.readTree(service.post(REPLAYS, body.formatted(true)).body());
        assertThat(dry.path("counts").path("landed").asInt()).isEqualTo(1);
        assertThat(dry.path("tables").get(0).path("newColumns").path("a").asString())
                .isEqualTo("numeric");
        assertThat(service.get(REPLAYS).body()).contains("\"replays\":[]");

        HttpResponse<String> asked = service.post(REPLAYS, body.formatted(false));
        assertThat(asked.statusCode()).as(asked.body()).isEqualTo(202);
        String location = asked.headers().firstValue("Location").orElseThrow();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> service.get(location).body().contains("\"state\":\"done\""));

        JsonNode replay = JSON.readTree(service.get(location).body());
        assertThat(replay.path("askedBy").asString()).isEqualTo("tester");
        assertThat(replay.path("landed").asInt()).isEqualTo(1);
        assertThat(replay.path("refusedAgain").asInt()).isEqualTo(1);
        assertThat(replay.path("patch").asString()).contains("1.10");
        assertThat(sql().sql("SELECT a::text FROM clicks.click").query(String.class).list())
                .containsExactly("1.10");
        JsonNode held = JSON.readTree(service.get(QUARANTINE).body()).path("records");
        assertThat(held.size()).isEqualTo(1);
        assertThat(held.get(0).path("attempts").asInt()).isEqualTo(1);
        assertThat(service.get(QUARANTINE + "?state=replayed").body())
                .contains("\"id\":" + id + ",");
        assertThat(service.get(QUARANTINE + "/" + id).body())
                .contains("\"headers\":[{\"name\": \"x\", \"base64\": \"/w==\"}]");
        assertThat(
                        service.send(
                                        service.request(location, "operator")
                                                .header("X-Reason", "t")
                                                .DELETE())
                                .body())
                .as("what is done stays done")
                .contains("\"state\":\"done\"");
        assertThat(service.post(location + "/cancel", "").statusCode()).isEqualTo(200);
        assertThat(service.get(REPLAYS + "?state=done&limit=1").body()).contains("\"nextBefore\":");
    }

    @Test
    void whatIsDiscardedIsNamedAndHasAReason() throws Exception {
        hold("no json");
        String filter = "\"filter\": {\"source\": \"clicks\", \"id_from\": 0}";
        String discards = QUARANTINE + "/discards";

        assertThat(service.post(discards, "{%s}".formatted(filter)).statusCode()).isEqualTo(422);
        assertThat(service.post(discards, "{\"filter\": {}, \"reason\": \"r\"}").body())
                .contains("which records to discard");
        assertThat(
                        service.post(
                                        discards,
                                        "{%s, \"reason\": \"r\", \"dry_run\": true}"
                                                .formatted(filter))
                                .body())
                .isEqualTo("{\"matched\":1,\"discarded\":0}");
        assertThat(service.post(discards, "{%s, \"reason\": \"junk\"}".formatted(filter)).body())
                .isEqualTo("{\"matched\":1,\"discarded\":1}");
        assertThat(service.get(QUARANTINE + "?state=discarded").body())
                .contains("\"decidedBy\":\"tester\"", "\"decidedWhy\":\"junk\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ?sauce=web       | There is no filter
                    ?limit=many      | a whole number
                    ?before=x        | a whole number
                    ?state=lost      | held, replayed or discarded
                    ?at_from=monday  | a time with its zone
                    /counts?id_to=x  | a whole number
                    /replays?state=x | queued, running, done
                    /replays/x       | a whole number
                    """)
    void aParameterThatMakesNoSenseIsAProblem(String path, String message) throws Exception {
        HttpResponse<String> answer = service.get(QUARANTINE + path);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type").orElse(""))
                .startsWith("application/problem+json");
        assertThat(answer.body()).contains(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {}                                           | Say in
                    {"filter": {}, "dryrun": true}               | There is no
                    {"filter": {"source": true}}                 | is a text or a number
                    {"filter": {"state": "replayed"}}            | Only records that are held
                    {"filter": {}, "patch": [{"op": "spam"}]}    | is one of add, remove
                    {"filter": {}, "stream": "Order Completed"}  | in snake case
                    {"filter": {}, "limit": 0}                   | at least 1
                    {"filter": {}, "limit": 1.5}                 | a whole number
                    {"filter": {}, "dry_run": "yes"}             | true or false
                    {"filter": {}                                | no JSON
                    []                                           | Send an object
                    """)
    void aReplayThatMakesNoSenseIsAProblem(String body, String message) throws Exception {
        HttpResponse<String> answer = service.post(REPLAYS, body);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
        assertThat(answer.body()).contains(message);
    }

    @Test
    void onlyOperatorsReplayAndDiscardAndTheAuditTellsOfIt() throws Exception {
        for (String path : List.of(REPLAYS, QUARANTINE + "/discards")) {
            HttpRequest.Builder asReader =
                    service.request(path, "reader")
                            .header("Content-Type", "application/json")
                            .header("X-Reason", "r")
                            .POST(BodyPublishers.ofString("{}"));
            assertThat(service.send(asReader).statusCode()).isEqualTo(403);
            HttpRequest.Builder withoutReason =
                    service.request(path, "operator")
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString("{}"));
            assertThat(service.send(withoutReason).statusCode()).isEqualTo(400);
        }
        service.post(REPLAYS, "{\"filter\": {}}");

        assertThat(service.send(service.request("/operator/audit?path=" + REPLAYS, "admin")).body())
                .contains("\"path\":\"" + REPLAYS + "\"", "a test", "tester");
        assertThat(service.get(REPLAYS + "/999999").statusCode()).isEqualTo(404);
    }
}
