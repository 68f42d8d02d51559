package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;

import dev.millrace.serving.query.RunningService.Answer;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;

/** Tokens of an identity provider, whose keys are fetched, and keys of operators. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TokensTest {

    private static final String MODEL =
            """
            cubes:
              - name: one
                sql: "SELECT 1 AS id"
                measures: [{name: count, type: count}]
            """;

    private RSAKey key;
    private RSAKey stranger;
    private HttpServer provider;
    private RunningService service;

    @BeforeAll
    void serve(@TempDir Path project) throws JOSEException, IOException {
        key = new RSAKeyGenerator(2048).keyID("ours").generate();
        stranger = new RSAKeyGenerator(2048).keyID("theirs").generate();
        provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] keys = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
        provider.createContext(
                "/keys",
                exchange -> {
                    exchange.getResponseHeaders().add("Content-Type", "application/json");
                    exchange.sendResponseHeaders(200, keys.length);
                    exchange.getResponseBody().write(keys);
                    exchange.close();
                });
        provider.start();
        RunningService.writeModel(project, MODEL);
        service =
                RunningService.start(
                        TestWarehouse.create(),
                        project,
                        "millrace.serving.api-secret=",
                        "millrace.serving.jwk-set-uri=http://127.0.0.1:"
                                + provider.getAddress().getPort()
                                + "/keys");
    }

    @AfterAll
    void stop() {
        provider.stop(0);
        if (service != null) {
            service.close();
        }
    }

    private Answer with(String token) {
        return service.send(
                service.request(
                                "/cubejs-api/v1/load?query="
                                        + RunningService.encoded("{\"measures\":[\"one.count\"]}"))
                        .header("Authorization", token)
                        .build());
    }

    private static String signed(
            JWSAlgorithm algorithm, String id, JWSSigner signer, Date expires) {
        SignedJWT jwt =
                new SignedJWT(
                        new JWSHeader.Builder(algorithm).keyID(id).build(),
                        new JWTClaimsSet.Builder()
                                .subject("ann")
                                .claim("u", Map.of("tenant", 7))
                                .expirationTime(expires)
                                .build());
        try {
            jwt.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return jwt.serialize();
    }

    private static Date in(int seconds) {
        return Date.from(Instant.now().plusSeconds(seconds));
    }

    private void assertRefused(String token) {
        Answer answer = with(token);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(403);
        assertThat(answer.error()).isEqualTo("Invalid token");
    }

    @Test
    @Order(1)
    void aTokenThatTheProviderSignedIsGood() throws JOSEException {
        String token = signed(JWSAlgorithm.RS256, "ours", new RSASSASigner(key), in(60));

        assertThat(with(token).status()).isEqualTo(200);
        assertThat(with("bearer  " + token).data().size()).isEqualTo(1);
    }

    @Test
    @Order(1)
    void aTokenThatSomebodyElseSignedIsNot() throws JOSEException {
        assertRefused(signed(JWSAlgorithm.RS256, "ours", new RSASSASigner(stranger), in(60)));
        assertRefused(signed(JWSAlgorithm.RS256, "theirs", new RSASSASigner(stranger), in(60)));
    }

    /** Whoever knows the public key, which is everybody, must not be able to sign with it. */
    @Test
    @Order(1)
    void aPublicKeyIsNoSecret() throws JOSEException {
        byte[] asSecret = key.toPublicJWK().toRSAPublicKey().getEncoded();

        assertRefused(signed(JWSAlgorithm.HS256, "ours", new MACSigner(asSecret), in(60)));
        assertRefused(
                signed(
                        JWSAlgorithm.HS256,
                        "ours",
                        new MACSigner(RunningService.API_SECRET.getBytes(StandardCharsets.UTF_8)),
                        in(60)));
    }

    @Test
    @Order(1)
    void aTokenEndsToTheSecondAndByAnAlgorithmThatIsConfigured() throws JOSEException {
        assertRefused(signed(JWSAlgorithm.RS256, "ours", new RSASSASigner(key), in(-1)));
        assertRefused(signed(JWSAlgorithm.RS512, "ours", new RSASSASigner(key), in(60)));
        assertRefused(signed(JWSAlgorithm.PS256, "ours", new RSASSASigner(key), in(60)));
    }

    @Test
    @Order(2)
    void anOperatorsKeyIsGoodUntilItIsTakenAway() {
        JsonNode made =
                operators("POST", "", "{\"name\":\"dashboards\",\"role\":\"reader\"}").body();
        String secret = made.path("key").asString();

        assertThat(with(secret).status()).as(made.toString()).isEqualTo(200);
        assertRefused(secret.substring(0, secret.length() - 1) + "!");
        operators("DELETE", "/" + made.path("id").asString(), "");
        Answer after = with(secret);
        assertThat(after.status()).isEqualTo(403);
    }

    private Answer operators(String method, String path, String body) {
        String admin =
                RunningService.token(
                        RunningService.OPERATOR_SECRET,
                        Map.of("sub", "root", "roles", List.of("admin")),
                        Instant.now().plusSeconds(60));
        return service.send(
                service.request("/operator/keys" + path)
                        .header("Authorization", "Bearer " + admin)
                        .header("X-Reason", "a test")
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(body))
                        .build());
    }

    @Test
    @Order(3)
    void withoutTheProviderNewKeysCannotBeVerifiedAndKnownOnesCan() throws JOSEException {
        String good = signed(JWSAlgorithm.RS256, "ours", new RSASSASigner(key), in(60));
        assertThat(with(good).status()).isEqualTo(200);
        provider.stop(0);

        Answer unknown =
                with(signed(JWSAlgorithm.RS256, "newer", new RSASSASigner(stranger), in(60)));

        assertThat(unknown.status()).isEqualTo(503);
        assertThat(unknown.error())
                .isEqualTo("Error: tokens cannot be verified now; try again in a moment");
        assertThat(unknown.response().headers().firstValue("Retry-After")).hasValue("1");
        assertThat(with(good).status()).isEqualTo(200);
    }
}
