package dev.millrace.operations.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.example.Answer;
import dev.millrace.example.RunningService;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

class OperatorAuditTest {

    private static RunningService service;

    @BeforeAll
    static void start() {
        service = RunningService.start();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @BeforeEach
    void forget() throws SQLException {
        service.clock().advance(Duration.ofMinutes(1));
        service.warehouse().execute(Role.INGESTION, "DELETE FROM ingestion.audit");
    }

    @Test
    void anActionIsEnteredWithAllThatIsKnown() {
        Answer answer = act("operator", "the importer was stuck");

        assertThat(answer.status()).isEqualTo(200);
        JsonNode entry = entries("&path=/operator/example").getFirst();
        assertThat(entry.get("actor").asString()).isEqualTo("ann");
        assertThat(entry.get("role").asString()).isEqualTo("operator");
        assertThat(entry.get("credential").asString()).isEqualTo("token");
        assertThat(entry.get("method").asString()).isEqualTo("POST");
        assertThat(entry.get("path").asString()).isEqualTo("/operator/example");
        assertThat(entry.get("reason").asString()).isEqualTo("the importer was stuck");
        assertThat(entry.get("status").asInt()).isEqualTo(200);
        assertThat(entry.get("remoteAddress").asString()).isEqualTo("127.0.0.1");
        assertThat(entry.get("traceId").asString()).matches("[0-9a-f]{32}");
        assertThat(Instant.parse(entry.get("at").asString())).isEqualTo(service.clock().instant());
    }

    @Test
    void anActionByKeyNamesTheKey() {
        Answer made =
                service.command(
                        "POST", "/operator/keys", "{\"name\": \"bot\", \"role\": \"operator\"}");
        service.call(
                "POST",
                "/operator/example",
                "X-API-Key",
                made.json().get("key").asString(),
                "X-Reason",
                "nightly");

        JsonNode entry = entries("&actor=bot").getFirst();
        assertThat(entry.get("credential").asString())
                .isEqualTo("key " + made.json().get("id").asString());
        assertThat(entries("").toString()).doesNotContain(made.json().get("key").asString());
    }

    @Test
    void whatFailsIsEnteredWithItsFailure() {
        service.call(
                "DELETE",
                "/operator/example",
                "Authorization",
                "Bearer " + service.token("operator"),
                "X-Reason",
                "to see it fail");

        assertThat(entries("&method=DELETE").getFirst().get("status").asInt()).isEqualTo(500);
    }

    @Test
    void withoutAReasonNothingIsDone() {
        int before = actions();
        for (String[] headers : List.of(new String[0], new String[] {"X-Reason", "  "})) {
            List<String> all = new ArrayList<>(List.of(headers));
            all.addAll(List.of("Authorization", "Bearer " + service.token("admin")));
            Answer answer = service.call("POST", "/operator/example", all.toArray(String[]::new));

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
            assertThat(answer.json().get("detail").asString()).contains("X-Reason");
        }

        assertThat(actions()).isEqualTo(before);
        assertThat(entries("&path=/operator/example&status=400")).hasSize(2);
    }

    @Test
    void refusedAttemptsAreEntered() {
        service.call("GET", "/operator/project");
        act("reader", "may I?");
        service.get("/operator/audit", service.token("operator"));

        assertThat(entries("&status=401"))
                .singleElement()
                .satisfies(
                        entry -> {
                            assertThat(entry.get("actor").isNull()).isTrue();
                            assertThat(entry.get("path").asString()).isEqualTo("/operator/project");
                        });
        assertThat(entries("&status=403"))
                .extracting(entry -> entry.get("role").asString())
                .containsExactly("operator", "reader");
        assertThat(entries("&status=403").getLast().get("reason").asString()).isEqualTo("may I?");
    }

    @Test
    void readingKeysAndTheAuditIsEnteredAndOtherReadsAreNot() {
        service.get("/operator/keys", service.token("admin"));
        service.get("/operator/project", service.token("admin"));
        service.get("/actuator/prometheus", service.token("admin"));

        assertThat(entries(""))
                .extracting(entry -> entry.get("path").asString())
                .containsExactly("/operator/audit", "/operator/keys");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/operator/%61udit", "/operator/%6beys", "/operator/k%65ys"})
    void anotherSpellingOfWhatIsSensitiveIsEnteredAsWell(String path) {
        assertThat(service.get(path, service.token("admin")).status()).isEqualTo(200);

        assertThat(entries(""))
                .extracting(entry -> entry.get("path").asString())
                .containsExactly("/operator/audit", path);
    }

    @Test
    void anOperatorWhoIsRefusedAgainAndAgainDoesNotFillTheAudit() {
        for (int i = 0; i < RefusalBudget.PER_MINUTE_AND_ACTOR + 5; i++) {
            act("reader", "let me in");
        }

        assertThat(entries("&status=403")).hasSize(RefusalBudget.PER_MINUTE_AND_ACTOR);
    }

    @Test
    void oldRefusalsGoAndWhatWasDoneStays() {
        act("operator", "long ago");
        service.call("GET", "/operator/project");
        act("reader", "long ago");
        service.clock().advance(Duration.ofDays(400).plusSeconds(1));
        act("reader", "today");

        service.bean(RefusalRetention.class).forget();

        assertThat(entries("&path=/operator/example"))
                .extracting(entry -> entry.get("reason").asString())
                .containsExactly("today", "long ago");
        assertThat(entries("&status=401")).isEmpty();
        assertThat(entries("&status=403")).hasSize(1);
    }

    @Test
    void moreOldRefusalsThanOneBatchGoAtOnce() throws SQLException {
        service.warehouse()
                .execute(
                        Role.INGESTION,
                        """
                        INSERT INTO ingestion.audit (at, method, path, status, remote_address, refused)
                        SELECT TIMESTAMPTZ '2020-01-01', 'GET', '/old', 401, '192.0.2.1', true
                        FROM generate_series(1, 12000)\
                        """);

        service.bean(RefusalRetention.class).forget();

        assertThat(entries("&path=/old")).isEmpty();
    }

    @Test
    void aReasonKeepsItsLettersAndLosesItsControls() throws IOException {
        act("operator", "Mueller\tsays yes");
        assertThat(entries("&path=/operator/example").getFirst().get("reason").asString())
                .isEqualTo("Mueller?says yes");
        rawAct("Ärger in Gießen – läuft ✓");
        assertThat(entries("&path=/operator/example").getFirst().get("reason").asString())
                .isEqualTo("Ärger in Gießen – läuft ✓");
    }

    @Test
    void aLongReasonIsCut() {
        act("operator", "x".repeat(3000));

        assertThat(entries("&path=/operator/example").getFirst().get("reason").asString())
                .hasSize(1000);
    }

    @Test
    void whatCannotBeEnteredDoesNotHappen() throws SQLException {
        int before = actions();
        service.warehouse()
                .execute(Role.INGESTION, "ALTER TABLE ingestion.audit RENAME TO audit_away");
        try {
            Answer answer = act("operator", "while the audit is away");

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.json().get("detail").asString()).contains("nothing was done");
            assertThat(service.call("GET", "/operator/project").status())
                    .as("a refusal stays a refusal")
                    .isEqualTo(401);
        } finally {
            service.warehouse()
                    .execute(Role.INGESTION, "ALTER TABLE ingestion.audit_away RENAME TO audit");
        }
        assertThat(actions()).isEqualTo(before);
    }

    @Test
    void pagesFollowOneAnotherWithoutGapsOrRepeats() {
        for (int i = 0; i < 7; i++) {
            act("operator", "action " + i);
        }
        List<String> reasons = new ArrayList<>();
        String before = "";
        int pages = 0;
        while (true) {
            JsonNode page = page("&path=/operator/example&limit=3" + before);
            page.get("entries").forEach(entry -> reasons.add(entry.get("reason").asString()));
            pages++;
            if (page.get("next").isNull()) {
                break;
            }
            before = "&before=" + page.get("next").asLong();
        }

        assertThat(pages).isEqualTo(3);
        assertThat(reasons)
                .containsExactly(
                        "action 6",
                        "action 5",
                        "action 4",
                        "action 3",
                        "action 2",
                        "action 1",
                        "action 0");
    }

    @Test
    void timesFilterFromInclusiveToExclusive() {
        Instant first = service.clock().instant();
        act("operator", "first");
        service.clock().advance(Duration.ofSeconds(10));
        Instant second = service.clock().instant();
        act("operator", "second");
        service.clock().advance(Duration.ofSeconds(10));

        assertThat(entries("&from=" + first + "&to=" + second))
                .singleElement()
                .satisfies(entry -> assertThat(entry.get("reason").asString()).isEqualTo("first"));
        assertThat(entries("&from=" + second + "&path=/operator/example"))
                .singleElement()
                .satisfies(entry -> assertThat(entry.get("reason").asString()).isEqualTo("second"));
    }

    @Test
    void aFilterIsAValueAndNeverSql() {
        act("operator", "before the injection");

        assertThat(entries("&actor=x'%20OR%20'1'='1")).isEmpty();
        assertThat(entries("&path=/operator/ex%25")).as("% is a letter").isEmpty();
    }

    @Test
    void limitsOutsideTheirRangeAreRefused() {
        for (String limit : List.of("0", "-1", "1001", "many")) {
            assertThat(
                            service.get("/operator/audit?limit=" + limit, service.token("admin"))
                                    .status())
                    .isEqualTo(400);
        }
    }

    private static Answer act(String role, String reason) {
        return service.call(
                "POST",
                "/operator/example",
                "Authorization",
                "Bearer " + service.token(role),
                "X-Reason",
                reason);
    }

    /** Sends UTF-8 in a header, as curl does and the JDK's client cannot. */
    private static void rawAct(String reason) throws IOException {
        String request =
                """
                POST /operator/example HTTP/1.1
                Host: localhost
                Connection: close
                Content-Length: 0
                Authorization: Bearer %s
                X-Reason: %s

                """
                        .formatted(service.token("operator"), reason)
                        .replace("\n", "\r\n");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200");
        }
    }

    private static int actions() {
        return service.get("/operator/example", service.token("reader"))
                .json()
                .get("actions")
                .asInt();
    }

    private static JsonNode page(String query) {
        return service.get("/operator/audit?" + query, service.token("admin")).json();
    }

    private static List<JsonNode> entries(String query) {
        List<JsonNode> entries = new ArrayList<>();
        page(query).get("entries").forEach(entries::add);
        return entries;
    }
}
