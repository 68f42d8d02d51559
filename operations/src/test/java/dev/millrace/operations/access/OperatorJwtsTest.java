package dev.millrace.operations.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;

import dev.millrace.example.TestToken;
import dev.millrace.test.SettableClock;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.oauth2.jwt.JwtException;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

@ExtendWith(OutputCaptureExtension.class)
class OperatorJwtsTest {

    private static final Clock CLOCK = SettableClock.at("2026-03-01T10:00:00Z");

    private static HttpServer provider;
    private static KeyPair keys;

    @BeforeAll
    static void startProvider() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        keys = generator.generateKeyPair();
        RSAPublicKey publicKey = (RSAPublicKey) keys.getPublic();
        byte[] keySet =
                """
                {"keys": [{"kty": "RSA", "kid": "k1", "use": "sig", "n": "%s", "e": "%s"}]}
                """
                        .formatted(
                                base64(publicKey.getModulus()),
                                base64(publicKey.getPublicExponent()))
                        .getBytes(StandardCharsets.UTF_8);
        provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        provider.createContext(
                "/keys",
                exchange -> {
                    exchange.getResponseHeaders().add("Content-Type", "application/json");
                    exchange.sendResponseHeaders(200, keySet.length);
                    exchange.getResponseBody().write(keySet);
                    exchange.close();
                });
        provider.start();
    }

    @AfterAll
    static void stopProvider() {
        provider.stop(0);
    }

    @Test
    void aTokenOfTheIdentityProviderIsGood() {
        OperatorJwts jwts = byKeySet(null, null, "roles");

        assertThat(jwts.verify(rsa(reader())))
                .hasValueSatisfying(
                        operator -> {
                            assertThat(operator.name()).isEqualTo("ann");
                            assertThat(operator.role()).isEqualTo("reader");
                        });
    }

    @Test
    void aPublicKeyIsNoSecret() {
        OperatorJwts jwts = byKeySet(null, null, "roles");

        assertThat(jwts.verify(reader().header("kid", "k1").signed(keys.getPublic().getEncoded())))
                .isEmpty();
        assertThat(jwts.verify(reader().unsigned())).isEmpty();
    }

    @Test
    void aTokenOfAnotherKeyIsRefused() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);

        assertThat(
                        byKeySet(null, null, "roles")
                                .verify(
                                        reader().header("alg", "RS256")
                                                .header("kid", "k1")
                                                .signed(generator.generateKeyPair().getPrivate())))
                .isEmpty();
    }

    @Test
    void theIssuerMustBeTheOneThatIsSet() {
        OperatorJwts jwts = byKeySet("https://id.shop.example", null, "roles");

        assertThat(jwts.verify(rsa(reader()))).isEmpty();
        assertThat(jwts.verify(rsa(reader().claim("iss", "https://evil.example")))).isEmpty();
        assertThat(jwts.verify(rsa(reader().claim("iss", "https://id.shop.example")))).isPresent();
    }

    @Test
    void theAudienceMustContainTheOneThatIsSet() {
        OperatorJwts jwts = byKeySet(null, "millrace", "roles");

        assertThat(jwts.verify(rsa(reader()))).isEmpty();
        assertThat(jwts.verify(rsa(reader().claim("aud", List.of("shop"))))).isEmpty();
        assertThat(jwts.verify(rsa(reader().claim("aud", List.of("shop", "millrace")))))
                .isPresent();
    }

    @Test
    void rolesMayStandInsideAnotherClaim() {
        OperatorJwts jwts = byKeySet(null, null, "realm_access.roles");

        assertThat(
                        jwts.verify(
                                rsa(
                                        TestToken.of(CLOCK)
                                                .claim(
                                                        "realm_access",
                                                        Map.of("roles", List.of("operator"))))))
                .hasValueSatisfying(operator -> assertThat(operator.role()).isEqualTo("operator"));
        assertThat(jwts.verify(rsa(TestToken.of(CLOCK).claim("realm_access", "operator"))))
                .hasValueSatisfying(operator -> assertThat(operator.role()).isEmpty());
    }

    @Test
    void theClaimRoleCountsOnlyWhereNobodyChoseAnother() {
        TestToken token =
                TestToken.of(CLOCK)
                        .claim("role", "admin")
                        .claim("realm_access", Map.of("roles", List.of("reader")));

        assertThat(byKeySet(null, null, "realm_access.roles").verify(rsa(token)))
                .hasValueSatisfying(operator -> assertThat(operator.role()).isEqualTo("reader"));
        assertThat(byKeySet(null, null, "roles").verify(rsa(token)))
                .hasValueSatisfying(operator -> assertThat(operator.role()).isEqualTo("admin"));
        assertThat(byKeySet(null, null, "role").verify(rsa(token)))
                .hasValueSatisfying(operator -> assertThat(operator.role()).isEqualTo("admin"));
    }

    @Test
    void aProviderWithoutAnAudienceIsWarnedOf(CapturedOutput output) {
        byKeySet(null, "millrace", "roles");
        bySecret(TestToken.SECRET);
        assertThat(output).doesNotContain("no audience is set");
        byKeySet(null, null, "roles");
        assertThat(output).contains("no audience is set", "MILLRACE_ACCESS_AUDIENCE");
    }

    @Test
    void rolesOfStrangeFormsAreNoRoles() {
        OperatorJwts jwts = bySecret(TestToken.SECRET);
        for (Object roles : List.of(List.of(), 7, Map.of("admin", true), "ADMIN", List.of(1, 2))) {
            assertThat(jwts.verify(TestToken.of(CLOCK).claim("roles", roles).signed()))
                    .hasValueSatisfying(operator -> assertThat(operator.role()).isEmpty());
        }
    }

    @Test
    void aTokenWithoutSubjectIsNamedByWhatItHas() {
        OperatorJwts jwts = bySecret(TestToken.SECRET);

        assertThat(jwts.verify(reader().without("sub").claim("client_id", "airflow").signed()))
                .hasValueSatisfying(operator -> assertThat(operator.name()).isEqualTo("airflow"));
        assertThat(jwts.verify(reader().without("sub").signed()))
                .hasValueSatisfying(
                        operator -> assertThat(operator.name()).contains("without subject"));
    }

    @Test
    void aTokenWithoutAnEndIsNoToken() {
        OperatorJwts jwts = bySecret(TestToken.SECRET);

        assertThat(jwts.verify(reader().signed())).isPresent();
        assertThat(jwts.verify(reader().without("exp").signed())).isEmpty();
        assertThat(jwts.verify(reader().without("exp").claim("iat", 1).signed())).isEmpty();
    }

    @Test
    void anIdentityProviderThatIsAwayIsNoRefusal() {
        OperatorJwts jwts =
                new OperatorJwts(
                        new AccessSettings(null, "http://127.0.0.1:1/keys", null, null, "roles"),
                        CLOCK);

        assertThatThrownBy(() -> jwts.verify(rsa(reader()))).isInstanceOf(JwtException.class);
    }

    @Test
    void aShortSecretIsRefusedWithItsLength() {
        assertThatThrownBy(() -> bySecret("ü".repeat(15) + "x"))
                .isInstanceOf(UnusableAccessSettingsException.class)
                .hasMessageContaining("has 31 bytes; it needs 32")
                .hasMessageNotContaining("üü");
        assertThat(bySecret("ü".repeat(16))).isNotNull();
    }

    @Test
    void noSecretOrTwoWaysAreRefused() {
        assertThatThrownBy(() -> bySecret(" ")).hasMessageContaining("nobody could enter");
        assertThatThrownBy(
                        () ->
                                new OperatorJwts(
                                        new AccessSettings(
                                                TestToken.SECRET, keySet(), null, null, "roles"),
                                        CLOCK))
                .hasMessageContaining("Both");
    }

    @Test
    void settingsDoNotTellTheSecret() {
        assertThat(new AccessSettings(TestToken.SECRET, null, null, null, "roles").toString())
                .doesNotContain(TestToken.SECRET);
    }

    private static TestToken reader() {
        return TestToken.of(CLOCK).claim("roles", List.of("reader"));
    }

    private static String rsa(TestToken token) {
        return token.header("alg", "RS256").header("kid", "k1").signed(keys.getPrivate());
    }

    private static OperatorJwts bySecret(String secret) {
        return new OperatorJwts(new AccessSettings(secret, null, null, null, "roles"), CLOCK);
    }

    private static OperatorJwts byKeySet(
            @Nullable String issuer, @Nullable String audience, String rolesClaim) {
        return new OperatorJwts(
                new AccessSettings(null, keySet(), issuer, audience, rolesClaim), CLOCK);
    }

    private static String keySet() {
        return "http://127.0.0.1:" + provider.getAddress().getPort() + "/keys";
    }

    private static String base64(BigInteger number) {
        byte[] bytes = number.toByteArray();
        int from = bytes[0] == 0 ? 1 : 0;
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Arrays.copyOfRange(bytes, from, bytes.length));
    }
}
