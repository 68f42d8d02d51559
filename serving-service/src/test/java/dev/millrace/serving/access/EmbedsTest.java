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

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Addresses that answer one question. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class EmbedsTest {

    private static final String MODEL =
            """
            cubes:
              - name: sales
                sql: "SELECT tenant, id, timestamp '2026-01-01' AS day FROM (VALUES ('a', 1), ('a', 2), ('b', 3)) v (tenant, id)"
                dimensions: [{name: tenant, sql: tenant, type: string}, {name: day, sql: day, type: time}]
                measures: [{name: count, type: count}]
                access_policy:
                  - group: customer
                    row_level: {filters: [{member: tenant, operator: equals, values: ["{ securityContext.tenant_id }"]}]}
            """;

    private static final String SALES = "'query': {'measures': ['sales.count']}";

    private final TestWarehouse warehouse = TestWarehouse.create();
    private RunningService service;
    private CallerKeyClient client;
    private JsonNode maker;

    @BeforeAll
    void serve(@TempDir Path project) {
        RunningService.writeModel(project, MODEL);
        service =
                RunningService.start(
                        warehouse, project, "millrace.serving.all-tenants-groups=support");
        client = new CallerKeyClient(service);
        maker =
                client.create(
                        "{'name': 'portal', 'scopes': ['embed'], 'groups': ['customer', 'vip'],"
                                + " 'securityContext': {'tenant_id': ['a', 'b']},"
                                + " 'grants': {'region': ['north'], 'user': '*'}}");
    }

    @AfterAll
    void stop() {
        if (service != null) {
            service.close();
        }
    }

    private Answer embed(String token, String body) {
        return service.send(
                service.request("/v1/embed")
                        .header("Authorization", token)
                        .POST(BodyPublishers.ofString(body.replace('\'', '"')))
                        .build());
    }

    private Answer embed(String body) {
        return embed(maker.path("key").asString(), body);
    }

    private String path(String body) {
        Answer made = embed(body);
        assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
        assertThat(made.body().path("url").asString())
                .startsWith("http://")
                .endsWith("/v1/embed/" + made.body().path("token").asString());
        return "/v1/embed/" + made.body().path("token").asString();
    }

    private Answer open(String path) {
        return service.send(service.request(path).header("Origin", "https://page.example").build());
    }

    private static String sales(Answer answer) {
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer.body().path("data").path(0).path("sales.count").asString();
    }

    @Test
    void anAddressAnswersLikeLoadWithoutAToken() {
        Answer answer = open(path("{" + SALES + "}"));

        assertThat(sales(answer)).isEqualTo("3");
        assertThat(answer.body().path("annotation").path("measures").has("sales.count")).isTrue();
        assertThat(answer.response().headers().firstValue("Cache-Control").orElse(""))
                .contains("private");
        assertThat(answer.response().headers().firstValue("Access-Control-Allow-Origin"))
                .hasValue("*");
        assertThat(answer.response().headers().firstValue("Referrer-Policy"))
                .hasValue("no-referrer");
    }

    @Test
    void aPageMaySeeLessThanItsMaker() {
        assertThat(sales(open(path("{" + SALES + ", 'securityContext': {'tenant_id': 'b'}}"))))
                .isEqualTo("1");
        assertThat(
                        sales(
                                open(
                                        path(
                                                "{"
                                                        + SALES
                                                        + ", 'securityContext': {'tenant_id':"
                                                        + " ['a'], 'groups': ['customer'],"
                                                        + " 'region': 'north', 'user': 'u-7'}}"))))
                .isEqualTo("2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'tenant_id': 'c'}",
                "{'tenant_id': ['a', 'c']}",
                "{'tenant_id': []}",
                "{'tenant_id': null}",
                "{'tenant_id': {'a': 'b'}}",
                "{'tenant_id': [['a']]}",
                "{'groups': ['support']}",
                "{'groups': '*'}",
                "{'group': 'customer'}",
                "{'roles': ['support']}",
                "{'region': 'south'}",
                "{'is_admin': true}",
                "{'u': {'tenant_id': 'c'}}",
                "{'exp': 9999999999}",
                "{'scopes': ['sql']}"
            })
    void aPageMaySeeNoMore(String context) {
        Answer refused = embed("{" + SALES + ", 'securityContext': " + context + "}");

        assertThat(refused.status()).as(refused.body().toString()).isEqualTo(403);
        assertThat(CallerKeyClient.error(refused)).startsWith("Error: ");
    }

    /** A tenant that is named must not be lost behind a group that sees them all. */
    @Test
    void aTenantCannotBeNamedBesideAGroupThatSeesAll() {
        String token =
                token(
                        Map.of(
                                "sub",
                                "s",
                                "groups",
                                List.of("support", "customer"),
                                "tenant_id",
                                "a"));

        assertThat(embed(token, "{" + SALES + ", 'securityContext': {'tenant_id': 'a'}}").status())
                .isEqualTo(403);
        assertThat(
                        embed(
                                        token,
                                        "{"
                                                + SALES
                                                + ", 'securityContext': {'tenant_id': 'a',"
                                                + " 'groups': 'customer'}}")
                                .status())
                .isEqualTo(201);
    }

    private static String token(Map<String, Object> claims) {
        return RunningService.token(
                "a secret of the metrics doors for tests", claims, Instant.now().plusSeconds(60));
    }

    @Test
    void theScopeIsNeededAndAnOperatorIsNoPage() {
        String narrow = client.key("{'name': 'no pages', 'scopes': ['load']}");
        assertThat(CallerKeyClient.error(embed(narrow, "{" + SALES + "}")))
                .isEqualTo("API scope is missing: embed");
        assertThat(embed(operator(), "{" + SALES + "}").status()).isEqualTo(403);
    }

    private static String operator() {
        return RunningService.token(
                RunningService.OPERATOR_SECRET,
                Map.of("sub", "root", "roles", List.of("admin")),
                Instant.now().plusSeconds(60));
    }

    @Test
    void whateverIsChangedInAnAddressEndsIt() {
        String path = path("{" + SALES + "}");
        String[] parts = path.substring("/v1/embed/".length()).split("\\.", -1);
        assertThat(parts).hasSize(4);
        String[] other = path("{" + SALES + ", 'expiresIn': '1h'}").substring(10).split("\\.", -1);
        for (int i = 0; i < 4; i++) {
            String[] mixed = parts.clone();
            mixed[i] = other[i].equals(parts[i]) ? "A".repeat(parts[i].length()) : other[i];
            assertThat(open("/v1/embed/" + String.join(".", mixed)).status()).isEqualTo(403);
        }
        for (String wrong : List.of("x", "..", "a.1.b.c", "%41", "A".repeat(3_000))) {
            assertThat(open("/v1/embed/" + wrong).status()).as(wrong).isIn(400, 403);
        }
    }

    @Test
    void anAddressAsksNothingElse() {
        String path = path("{" + SALES + ", 'securityContext': {'tenant_id': 'b'}}");

        assertThat(
                        sales(
                                open(
                                        path
                                                + "?query="
                                                + CallerKeyClient.encoded(
                                                        "{\"dimensions\":[\"sales.tenant\"]}"))))
                .isEqualTo("1");
        assertThat(
                        service.send(
                                        service.request(path)
                                                .POST(BodyPublishers.ofString("{}"))
                                                .build())
                                .status())
                .isEqualTo(405);
        String token = path.substring("/v1/embed/".length());
        assertThat(client.load(token).status()).isEqualTo(403);
    }

    @Test
    void aChangedRowIsNoticed() throws SQLException {
        Answer made = embed("{" + SALES + ", 'securityContext': {'tenant_id': 'b'}}");
        String token = made.body().path("token").asString();
        warehouse.execute(
                Role.SERVING,
                "UPDATE serving.embed SET context = replace(context, '\"b\"', '\"a\"') WHERE id = '%s'"
                        .formatted(token.substring(0, token.indexOf('.'))));

        assertThat(open("/v1/embed/" + token).status()).isEqualTo(403);
    }

    @Test
    void severalQuestionsHaveSeveralAnswers() {
        Answer answer =
                open(
                        path(
                                "{'query': [{'measures': ['sales.count'], 'timeDimensions':"
                                    + " [{'dimension': 'sales.day', 'granularity': 'day'}]}]}"));

        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        assertThat(answer.body().path("results").size()).isEqualTo(1);
    }

    @Test
    void anAddressEndsWhenItsTimeIsOver() throws Exception {
        String path = path("{" + SALES + ", 'expiresIn': '2s'}");
        assertThat(open(path).status()).isEqualTo(200);

        Eventually.within(
                Duration.ofSeconds(10), () -> assertThat(open(path).status()).isEqualTo(403));
    }

    @Test
    void anAddressEndsWithTheTokenThatMadeIt() {
        Answer made =
                embed(
                        token(Map.of("sub", "t", "groups", "customer", "tenant_id", "a")),
                        "{" + SALES + ", 'expiresIn': '24h'}");

        assertThat(Instant.parse(made.body().path("expiresAt").asString()))
                .isBefore(Instant.now().plusSeconds(61));
    }

    /** Older clients nest their claims, and may do so with the end of something else. */
    @Test
    void anAddressEndsWithTheTokenWhoseNestedClaimsHaveAnotherEnd() {
        Answer made =
                embed(
                        token(
                                Map.of(
                                        "sub",
                                        "t",
                                        "u",
                                        Map.of(
                                                "groups",
                                                "customer",
                                                "tenant_id",
                                                "a",
                                                "exp",
                                                9_999_999_999L))),
                        "{" + SALES + ", 'expiresIn': '24h'}");

        assertThat(Instant.parse(made.body().path("expiresAt").asString()))
                .isBefore(Instant.now().plusSeconds(61));
    }

    @Test
    void whatIsNarrowedIsNotAsWideAsBeforeWhereItWasNested() {
        Caller maker =
                new Caller(
                        "t",
                        Map.of(
                                "tenant_id",
                                List.of("a", "b"),
                                "u",
                                Map.of("tenant_id", List.of("a", "b"))));

        assertThat(new Narrowing(maker, Map.of()).to(Map.of("tenant_id", "a")))
                .isEqualTo(Map.of("tenant_id", "a"));
    }

    @Test
    void anAddressEndsWithTheKeyThatMadeIt() throws Exception {
        JsonNode key =
                client.create(
                        "{'name': 'leaving', 'scopes': ['embed'], 'groups': ['customer'],"
                                + " 'securityContext': {'tenant_id': 'a'}}");
        String path =
                "/v1/embed/"
                        + embed(key.path("key").asString(), "{" + SALES + "}")
                                .body()
                                .path("token")
                                .asString();
        assertThat(sales(open(path))).isEqualTo("2");

        client.operators("DELETE", "/caller-keys/" + key.path("id").asString(), "");

        Eventually.within(
                Duration.ofSeconds(1), () -> assertThat(open(path).status()).isEqualTo(403));
    }

    @Test
    void whoLooksAtAPageIsWrittenDownUnderItsMaker() throws Exception {
        open(path("{" + SALES + ", 'securityContext': {'tenant_id': 'b'}}"));

        Eventually.within(
                Duration.ofSeconds(20),
                () -> {
                    JsonNode access =
                            client.operators(
                                            "GET",
                                            "/accesses?account=key:portal&door=embedded&tenant=b",
                                            "")
                                    .body()
                                    .path("accesses")
                                    .path(0)
                                    .path("access");
                    assertThat(access.path("measures").toString()).isEqualTo("[\"sales.count\"]");
                    assertThat(access.path("keyId").asString())
                            .isEqualTo(maker.path("id").asString());
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | 400",
                "[] | 400",
                "nonsense | 400",
                "{'query': 'x'} | 400",
                "{'query': {}} | 400",
                "{'query': {'measures': ['sales.nothing']}} | 400",
                "{'query': {'measures': ['sales.count']}, 'expiresIn': '25h'} | 400",
                "{'query': {'measures': ['sales.count']}, 'expiresIn': '-1h'} | 400",
                "{'query': {'measures': ['sales.count']}, 'expiresIn': 'soon'} | 400",
                "{'query': {'measures': ['sales.count']}, 'expiresIn': 900} | 400",
                "{'query': {'measures': ['sales.count']}, 'securityContext': 'all'} | 400"
            },
            quoteCharacter = '`')
    void whatMakesNoSenseIsRefusedInCubesForm(String body, int status) {
        Answer refused = embed(body);

        assertThat(refused.status()).as(refused.body().toString()).isEqualTo(status);
        assertThat(CallerKeyClient.error(refused)).isNotEmpty();
    }
}
