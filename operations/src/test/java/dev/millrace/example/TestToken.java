package dev.millrace.example;

import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Makes JWTs by hand, so that a test can make bad ones as well. */
public final class TestToken {

    public static final String SECRET = "the-secret-of-operators-in-tests-0123456789";

    private final Map<String, Object> header = new LinkedHashMap<>(Map.of("alg", "HS256"));
    private final Map<String, Object> claims = new LinkedHashMap<>();

    private TestToken() {}

    /** A token for ann that ends in an hour. */
    public static TestToken of(Clock clock) {
        return new TestToken()
                .claim("sub", "ann")
                .claim("exp", clock.instant().plus(Duration.ofHours(1)).getEpochSecond());
    }

    public TestToken claim(String name, Object value) {
        claims.put(name, value);
        return this;
    }

    public TestToken without(String name) {
        claims.remove(name);
        return this;
    }

    public TestToken header(String name, String value) {
        header.put(name, value);
        return this;
    }

    public String signed() {
        return signed(SECRET.getBytes(StandardCharsets.UTF_8));
    }

    /** Signed with HMAC-SHA256 under these bytes, whatever the header says. */
    public String signed(byte[] secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return content()
                    + "."
                    + base64(mac.doFinal(content().getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public String signed(PrivateKey key) {
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(content().getBytes(StandardCharsets.US_ASCII));
            return content() + "." + base64(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public String unsigned() {
        return header("alg", "none").content() + ".";
    }

    private String content() {
        JsonMapper json = JsonMapper.shared();
        return base64(json.writeValueAsBytes(header))
                + "."
                + base64(json.writeValueAsBytes(claims));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
