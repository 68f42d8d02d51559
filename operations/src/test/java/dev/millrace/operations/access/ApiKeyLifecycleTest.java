package dev.millrace.operations.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.example.Answer;
import dev.millrace.example.RunningService;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.StreamSupport;

class ApiKeyLifecycleTest {

    private static RunningService service;

    @BeforeAll
    static void start() {
        service = RunningService.start();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void aNewKeyOpensTheDoorsOfItsRole() {
        String key = create("{'name': 'dashboards', 'role': 'reader'}").get("key").asString();

        assertThat(withKey("GET", "/operator/project", key).status()).isEqualTo(200);
        assertThat(withKey("POST", "/operator/example", key).status()).isEqualTo(403);
        assertThat(withKey("GET", "/operator/keys", key).status()).isEqualTo(403);
    }

    @Test
    void aKeyIsABearerTokenToo() {
        String key = create("{'name': 'as bearer', 'role': 'operator'}").get("key").asString();

        assertThat(service.get("/operator/project", key).status()).isEqualTo(200);
    }

    @Test
    void aKeyIsShownOnceAndKeptAsHash() throws Exception {
        String key = create("{'name': 'secret', 'role': 'reader'}").get("key").asString();

        assertThat(service.command("GET", "/operator/keys", "").body())
                .contains("secret")
                .doesNotContain(key, key.substring(16));
        try (Connection connection = service.warehouse().connection(Role.INGESTION);
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT string_agg(k::text, ' ') FROM ingestion.api_key k")) {
            rows.next();
            assertThat(rows.getString(1)).contains("secret").doesNotContain(key.substring(16));
        }
    }

    @Test
    void aKeyWithOneOtherCharacterIsNoKey() {
        String key = create("{'name': 'almost', 'role': 'admin'}").get("key").asString();
        char last = key.charAt(key.length() - 2);
        String other =
                key.substring(0, key.length() - 2)
                        + (last == 'a' ? 'b' : 'a')
                        + key.charAt(key.length() - 1);

        assertThat(withKey("GET", "/operator/project", key).status()).isEqualTo(200);
        assertThat(withKey("GET", "/operator/project", other).status()).isEqualTo(401);
    }

    @Test
    void aKeyEndsWhenItWasToEnd() {
        Instant end = service.clock().instant().plus(Duration.ofMinutes(5));
        String key =
                create("{'name': 'short', 'role': 'reader', 'expiresAt': '%s'}".formatted(end))
                        .get("key")
                        .asString();

        assertThat(withKey("GET", "/operator/project", key).status()).isEqualTo(200);
        service.clock().advance(Duration.ofMinutes(5));
        assertThat(withKey("GET", "/operator/project", key).status()).isEqualTo(401);
    }

    @Test
    void aRevokedKeyOpensNothingAtOnce() {
        JsonNode created = create("{'name': 'leaked', 'role': 'reader'}");
        String path = "/operator/keys/" + created.get("id").asString();

        assertThat(service.command("DELETE", path, "").status()).isEqualTo(204);

        assertThat(withKey("GET", "/operator/project", created.get("key").asString()).status())
                .isEqualTo(401);
        assertThat(listed(created).get("revokedBy").asString()).isEqualTo("ann");
        assertThat(service.command("DELETE", path, "").status()).as("again").isEqualTo(404);
        assertThat(create("{'name': 'leaked', 'role': 'reader'}").get("id").asString())
                .as("the name is free")
                .isNotEqualTo(created.get("id").asString());
    }

    @Test
    void aRotatedKeyIsReplacedAtOnce() {
        JsonNode old = create("{'name': 'rotated', 'role': 'operator'}");

        JsonNode fresh = rotate(old, "").json();

        assertThat(fresh.get("name").asString()).isEqualTo("rotated");
        assertThat(fresh.get("role").asString()).isEqualTo("operator");
        assertThat(withKey("GET", "/operator/project", old.get("key").asString()).status())
                .isEqualTo(401);
        assertThat(withKey("GET", "/operator/project", fresh.get("key").asString()).status())
                .isEqualTo(200);
        assertThat(listed(old).get("replacedBy").asString()).isEqualTo(fresh.get("id").asString());
        assertThat(rotate(old, "").status()).as("a replaced key is not replaced").isEqualTo(404);
    }

    @Test
    void aRotatedKeyLivesOnForTheGrace() {
        JsonNode old = create("{'name': 'graceful', 'role': 'reader'}");

        JsonNode fresh = rotate(old, "{'grace': 'PT1H'}").json();

        assertThat(withKey("GET", "/operator/project", old.get("key").asString()).status())
                .isEqualTo(200);
        service.clock().advance(Duration.ofHours(1));
        assertThat(withKey("GET", "/operator/project", old.get("key").asString()).status())
                .isEqualTo(401);
        assertThat(withKey("GET", "/operator/project", fresh.get("key").asString()).status())
                .isEqualTo(200);
    }

    @Test
    void rotationDoesNotProlongAKeyThatEndsSooner() {
        Instant end = service.clock().instant().plus(Duration.ofMinutes(1));
        JsonNode old =
                create("{'name': 'ending', 'role': 'reader', 'expiresAt': '%s'}".formatted(end));

        rotate(old, "{'grace': 'PT1H'}");

        assertThat(Instant.parse(listed(old).get("expiresAt").asString())).isEqualTo(end);
    }

    @Test
    void aKeyWithAnEndIsNotMadeEternalByRotation() {
        Instant end = service.clock().instant().plus(Duration.ofDays(30));
        JsonNode old =
                create(
                        "{'name': 'until then', 'role': 'reader', 'expiresAt': '%s'}"
                                .formatted(end));

        JsonNode second = rotate(old, "").json();
        JsonNode third = rotate(second, "{'grace': 'PT1H'}").json();
        Instant later = end.plus(Duration.ofDays(30));
        JsonNode fourth = rotate(third, "{'expiresAt': '%s'}".formatted(later)).json();

        assertThat(Instant.parse(second.get("expiresAt").asString())).isEqualTo(end);
        assertThat(Instant.parse(third.get("expiresAt").asString())).isEqualTo(end);
        assertThat(Instant.parse(fourth.get("expiresAt").asString())).isEqualTo(later);
    }

    @Test
    void twoKeysInForceDoNotShareAName() {
        create("{'name': 'twice', 'role': 'reader'}");

        Answer second =
                service.command(
                        "POST", "/operator/keys", json("{'name': 'twice', 'role': 'reader'}"));

        assertThat(second.status()).isEqualTo(409);
        assertThat(second.json().get("detail").asString()).contains("'twice'", "rotate or revoke");
    }

    @Test
    void whenAKeyWasUsedIsWrittenInBatches() {
        JsonNode created = create("{'name': 'used', 'role': 'reader'}");
        assertThat(listed(created).get("lastUsedAt").isNull()).isTrue();
        withKey("GET", "/operator/project", created.get("key").asString());
        service.clock().advance(Duration.ofSeconds(3));
        Instant last = service.clock().instant();
        withKey("GET", "/operator/project", created.get("key").asString());

        service.bean(KeyUse.class).flush();

        assertThat(Instant.parse(listed(created).get("lastUsedAt").asString())).isEqualTo(last);
    }

    @Test
    void anOlderUseThatIsWrittenLaterChangesNothing() {
        JsonNode created = create("{'name': 'two replicas', 'role': 'reader'}");
        Instant now = service.clock().instant();
        KeyUse use = service.bean(KeyUse.class);
        use.used(created.get("id").asString(), now);
        use.flush();
        use.used(created.get("id").asString(), now.minusSeconds(30));
        use.flush();

        assertThat(Instant.parse(listed(created).get("lastUsedAt").asString())).isEqualTo(now);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'name': 'x'}",
                "{'role': 'reader'}",
                "{'name': '', 'role': 'reader'}",
                "{'name': 'x', 'role': 'root'}",
                "{'name': 'x', 'role': 'Reader'}",
                "{'name': 'a\\nb', 'role': 'reader'}",
                "{'name': 'x', 'role': 'reader', 'expiresAt': '2020-01-01T00:00:00Z'}",
                "{'name': 'x', 'role': 'reader', 'expiresAt': 'tomorrow'}",
                "not json"
            })
    void aKeyThatMakesNoSenseIsNotMade(String body) {
        Answer answer = service.command("POST", "/operator/keys", json(body));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
    }

    @Test
    void aGraceBeyondAMonthIsRefused() {
        JsonNode created = create("{'name': 'long grace', 'role': 'reader'}");

        assertThat(rotate(created, "{'grace': 'P31D'}").status()).isEqualTo(400);
        assertThat(rotate(created, "{'grace': '-PT1S'}").status()).isEqualTo(400);
    }

    @Test
    void otherRoomsRecognizeOperatorsByTokenAndByKey() {
        OperatorTokens tokens = service.bean(OperatorTokens.class);
        String key = create("{'name': 'bi', 'role': 'reader'}").get("key").asString();

        assertThat(tokens.verify(key))
                .hasValueSatisfying(
                        operator -> {
                            assertThat(operator.name()).isEqualTo("bi");
                            assertThat(operator.is(OperatorRole.READER)).isTrue();
                            assertThat(operator.is(OperatorRole.OPERATOR)).isFalse();
                        });
        assertThat(tokens.verify(service.token("admin")))
                .hasValueSatisfying(
                        operator -> {
                            assertThat(operator.name()).isEqualTo("ann");
                            assertThat(operator.is(OperatorRole.READER)).isTrue();
                            assertThat(operator.is(OperatorRole.ADMIN)).isTrue();
                        });
        assertThat(tokens.verify(service.token("visitor")))
                .hasValueSatisfying(
                        operator -> assertThat(operator.is(OperatorRole.READER)).isFalse());
        assertThat(tokens.verify("")).isEmpty();
        assertThat(tokens.verify("mr_")).isEmpty();
        assertThat(tokens.verify("a.b.c")).isEmpty();
    }

    private static JsonNode create(String body) {
        Answer answer = service.command("POST", "/operator/keys", json(body));
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json();
    }

    private static Answer rotate(JsonNode key, String body) {
        return service.command(
                "POST", "/operator/keys/" + key.get("id").asString() + "/rotate", json(body));
    }

    private static JsonNode listed(JsonNode key) {
        return StreamSupport.stream(
                        service.command("GET", "/operator/keys", "").json().spliterator(), false)
                .filter(row -> row.get("id").equals(key.get("id")))
                .findFirst()
                .orElseThrow();
    }

    private static Answer withKey(String method, String path, String key) {
        return service.call(method, path, "X-API-Key", key, "X-Reason", "a test");
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }
}
