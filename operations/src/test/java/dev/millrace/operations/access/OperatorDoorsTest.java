package dev.millrace.operations.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.example.Answer;
import dev.millrace.example.RunningService;
import dev.millrace.example.TestToken;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;

@ExtendWith(OutputCaptureExtension.class)
class OperatorDoorsTest {

    private static RunningService service;

    @BeforeAll
    static void start() {
        service = RunningService.start();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    # method, path,                      nobody, no role, reader, operator, admin
                    GET,      /actuator/health,          200,    200,     200,    200,      200
                    GET,      /actuator/health/liveness, 200,    200,     200,    200,      200
                    GET,      /actuator/health/readiness,200,    200,     200,    200,      200
                    GET,      /actuator,                 401,    403,     200,    200,      200
                    GET,      /actuator/prometheus,      401,    403,     200,    200,      200
                    GET,      /actuator/info,            401,    403,     200,    200,      200
                    GET,      /actuator/env,             401,    403,     404,    404,      404
                    GET,      /actuator/configprops,     401,    403,     404,    404,      404
                    GET,      /actuator/heapdump,        401,    403,     404,    404,      404
                    GET,      /operator/project,         401,    403,     200,    200,      200
                    GET,      /operator/example,         401,    403,     200,    200,      200
                    HEAD,     /operator/example,         401,    403,     200,    200,      200
                    POST,     /operator/example,         401,    403,     403,    200,      200
                    DELETE,   /operator/example,         401,    403,     403,    500,      500
                    OPTIONS,  /operator/example,         401,    403,     403,    200,      200
                    POST,     /actuator/health,          401,    403,     403,    405,      405
                    GET,      /operator/keys,            401,    403,     403,    403,      200
                    POST,     /operator/keys,            401,    403,     403,    403,      400
                    DELETE,   /operator/keys/none,       401,    403,     403,    403,      404
                    GET,      /operator/audit,           401,    403,     403,    403,      200
                    GET,      /operator/unknown,         401,    403,     404,    404,      404
                    GET,      /v3/api-docs,              401,    403,     200,    200,      200
                    GET,      /swagger-ui/index.html,    401,    403,     200,    200,      200
                    GET,      /public/hello,             200,    200,     200,    200,      200
                    GET,      /forgotten,                404,    404,     404,    404,      404
                    GET,      /,                         404,    404,     404,    404,      404
                    GET,      /error,                    404,    404,     404,    404,      404
                    """)
    void eachDoorOpensForItsRoles(
            String method, String path, int nobody, int none, int reader, int operator, int admin) {
        assertThat(service.call(method, path).status()).as("nobody").isEqualTo(nobody);
        assertThat(
                        Map.of(
                                "none", status(method, path, "visitor"),
                                "reader", status(method, path, "reader"),
                                "operator", status(method, path, "operator"),
                                "admin", status(method, path, "admin")))
                .isEqualTo(
                        Map.of(
                                "none", none,
                                "reader", reader,
                                "operator", operator,
                                "admin", admin));
    }

    private static int status(String method, String path, String role) {
        return service.call(
                        method,
                        path,
                        "Authorization",
                        "Bearer " + service.token(role),
                        "X-Reason",
                        "the matrix of roles")
                .status();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/operator/../operator/keys",
                "/operator//keys",
                "/operator/keys/",
                "/operator/keys;x=1",
                "/operator/%6beys",
                "/OPERATOR/keys",
                "/actuator/health/../prometheus",
                "/actuator/health/%2e%2e/prometheus",
                "/public/../operator/keys",
                "/public/%2e%2e/operator/keys",
                "/public//../operator/keys"
            })
    void anotherSpellingOfAPathOpensNothing(String path) {
        assertThat(service.call("GET", path).status()).isIn(400, 401, 404);
        assertThat(service.get(path, service.token("reader")).status()).isIn(400, 403, 404);
    }

    @Test
    void aTokenThatEndedIsRefused() {
        String token =
                TestToken.of(service.clock())
                        .claim("roles", List.of("admin"))
                        .claim("exp", service.clock().instant().minusSeconds(61).getEpochSecond())
                        .signed();

        assertRefused(service.get("/operator/project", token));
    }

    @Test
    void aTokenWithoutAnEndIsRefused() {
        assertRefused(
                service.get(
                        "/operator/project",
                        TestToken.of(service.clock())
                                .claim("roles", List.of("admin"))
                                .without("exp")
                                .signed()));
    }

    @Test
    void aTokenOfTheFutureIsRefused() {
        long tomorrow = service.clock().instant().plus(Duration.ofDays(1)).getEpochSecond();

        assertRefused(
                service.get(
                        "/operator/project",
                        TestToken.of(service.clock())
                                .claim("roles", List.of("admin"))
                                .claim("nbf", tomorrow)
                                .claim("exp", tomorrow + 60)
                                .signed()));
    }

    @Test
    void aTokenThatNobodySignedIsRefused() {
        TestToken token = TestToken.of(service.clock()).claim("roles", List.of("admin"));

        assertRefused(service.get("/operator/project", token.unsigned()));
    }

    @Test
    void aTokenSignedWithAnotherSecretIsRefused() {
        assertRefused(
                service.get(
                        "/operator/project",
                        TestToken.of(service.clock())
                                .claim("roles", List.of("admin"))
                                .signed("x".repeat(40).getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void aTokenThatClaimsAnotherAlgorithmIsRefused() {
        for (String algorithm : List.of("HS384", "HS512", "RS256", "ES256", "hs256")) {
            assertRefused(
                    service.get(
                            "/operator/project",
                            TestToken.of(service.clock())
                                    .header("alg", algorithm)
                                    .claim("roles", List.of("admin"))
                                    .signed()));
        }
    }

    @Test
    void aTokenChangedAfterSigningIsRefused() {
        String[] reader = service.token("reader").split("\\.", -1);
        String[] admin = service.token("admin").split("\\.", -1);

        assertRefused(
                service.get("/operator/project", reader[0] + "." + admin[1] + "." + reader[2]));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "a.b.c", "mr_", "mr_000000000000_x", "null", "{}"})
    void nonsenseIsRefused(String token) {
        assertRefused(service.call("GET", "/operator/project", "Authorization", "Bearer " + token));
    }

    @Test
    void aTokenAndAKeyAtOnceAreRefused() {
        assertRefused(
                service.call(
                        "GET",
                        "/operator/project",
                        "Authorization",
                        "Bearer " + service.token("admin"),
                        "X-API-Key",
                        "mr_000000000000_" + "x".repeat(43)));
    }

    @Test
    void aTokenInTheHeaderOfKeysIsRefused() {
        assertRefused(
                service.call("GET", "/operator/project", "X-API-Key", service.token("admin")));
    }

    @Test
    void aTokenInTheQueryIsNoToken() {
        assertThat(
                        service.call(
                                        "GET",
                                        "/operator/project?access_token=" + service.token("admin"))
                                .status())
                .isEqualTo(401);
    }

    @Test
    void theSingleRoleClaimCountsToo() {
        String token = TestToken.of(service.clock()).claim("role", "operator").signed();

        assertThat(service.call("POST", "/operator/example", bearer(token)).status())
                .isEqualTo(200);
    }

    @Test
    void theHighestOfSeveralRolesCounts() {
        String token =
                TestToken.of(service.clock())
                        .claim("roles", List.of("reader", "guest", "admin"))
                        .signed();

        assertThat(service.get("/operator/keys", token).status()).isEqualTo(200);
    }

    @Test
    void whoIsRefusedLearnsHowToGetIn() {
        Answer answer = service.call("GET", "/operator/project");

        assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
        assertThat(answer.header("www-authenticate")).isEqualTo("Bearer realm=\"millrace\"");
        assertThat(answer.json().get("status").asInt()).isEqualTo(401);
        assertThat(answer.json().get("instance").asString()).isEqualTo("/operator/project");
        assertThat(answer.json().get("detail").asString())
                .contains("Authorization: Bearer", "X-API-Key");
    }

    @Test
    void whoIsForbiddenLearnsTheirRole() {
        Answer answer = service.get("/operator/audit", service.token("operator"));

        assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("detail").asString()).contains("ann", "operator");
    }

    @Test
    void aFailureTellsTheTraceAndNothingElse() {
        for (String path : List.of("/public/broken", "/operator/example")) {
            Answer answer =
                    path.startsWith("/public")
                            ? service.call("GET", path)
                            : service.call("DELETE", path, bearer(service.token("operator")));

            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.header("content-type")).startsWith("application/problem+json");
            assertThat(answer.body())
                    .doesNotContain("secret reason", "IllegalStateException")
                    .containsPattern("under the trace [0-9a-f]{32}");
            assertThat(answer.json().get("instance").asString()).isEqualTo(path);
        }
    }

    @Test
    void healthTellsDetailsToOperatorsOnly() {
        assertThat(service.call("GET", "/actuator/health").body()).doesNotContain("PostgreSQL");
        assertThat(service.get("/actuator/health", service.token("reader")).body())
                .contains("PostgreSQL");
    }

    @Test
    void aBrowserOpensTheDocumentationWithAPassword() {
        String basic =
                Base64.getEncoder()
                        .encodeToString(
                                ("me:" + service.token("reader")).getBytes(StandardCharsets.UTF_8));

        assertThat(service.call("GET", "/swagger-ui/index.html").header("www-authenticate"))
                .contains("Basic realm=");
        assertThat(
                        service.call(
                                        "GET",
                                        "/swagger-ui/index.html",
                                        "Authorization",
                                        "Basic " + basic)
                                .status())
                .isEqualTo(200);
        assertThat(
                        service.call("GET", "/operator/project", "Authorization", "Basic " + basic)
                                .status())
                .as("nowhere else")
                .isEqualTo(401);
    }

    @Test
    void theDescriptionNamesTheDoorsAndHowToOpenThem() {
        Answer answer = service.get("/v3/api-docs", service.token("reader"));

        assertThat(answer.json().get("paths").propertyNames())
                .contains("/operator/project", "/operator/keys", "/operator/audit");
        assertThat(answer.json().at("/components/securitySchemes").propertyNames())
                .containsExactlyInAnyOrder("token", "key");
        assertThat(answer.json().at("/paths/~1operator~1keys/post/parameters").toString())
                .contains("X-Reason");
    }

    @Test
    void noTokenComesIntoTheLog(CapturedOutput output) {
        String good = service.token("admin");
        String bad = TestToken.of(service.clock()).signed(new byte[32]);
        service.get("/operator/keys", good);
        service.get("/operator/keys", bad);
        service.call("GET", "/operator/keys", "X-API-Key", "mr_000000000000_" + "x".repeat(43));

        assertThat(output.getAll())
                .doesNotContain(good)
                .doesNotContain(bad)
                .doesNotContain("x".repeat(43))
                .doesNotContain(TestToken.SECRET);
    }

    private static String[] bearer(String token) {
        return new String[] {"Authorization", "Bearer " + token, "X-Reason", "a test"};
    }

    private static void assertRefused(Answer answer) {
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
        assertThat(answer.header("www-authenticate")).contains("error=\"invalid_token\"");
    }
}
