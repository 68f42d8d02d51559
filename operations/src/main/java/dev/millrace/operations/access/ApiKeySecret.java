package dev.millrace.operations.access;

import dev.millrace.contracts.Sha256;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An API key as its owner holds it: {@code mr_<id>_<secret>}, or with another prefix for keys of
 * another kind. The id finds the row, so that one hash is compared, in constant time.
 *
 * @param id stands in lists and in the audit
 * @param text the whole key; shown once and kept nowhere
 */
public record ApiKeySecret(String id, String text) {

    /** What operators' keys begin with. */
    static final String PREFIX = "mr_";

    private static final Pattern FORM = Pattern.compile("([0-9a-z]{12})_[A-Za-z0-9_-]{43}");
    private static final String ID_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";
    private static final int ID_LENGTH = 12;
    private static final int SECRET_BYTES = 32;

    static ApiKeySecret random(SecureRandom random) {
        return random(PREFIX, random);
    }

    /** A new key with an id of its own. */
    public static ApiKeySecret random(String prefix, SecureRandom random) {
        StringBuilder id = new StringBuilder(ID_LENGTH);
        for (int i = 0; i < ID_LENGTH; i++) {
            id.append(ID_DIGITS.charAt(random.nextInt(ID_DIGITS.length())));
        }
        return another(prefix, id.toString(), random);
    }

    /** Another secret for the key of that id. */
    public static ApiKeySecret another(String prefix, String id, SecureRandom random) {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return new ApiKeySecret(
                id,
                prefix + id + "_" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
    }

    static Optional<ApiKeySecret> parse(String text) {
        return parse(PREFIX, text);
    }

    /** The key that a caller presents, if it has the form of one with that prefix. */
    public static Optional<ApiKeySecret> parse(String prefix, String text) {
        if (!text.startsWith(prefix)) {
            return Optional.empty();
        }
        Matcher matcher = FORM.matcher(text).region(prefix.length(), text.length());
        return matcher.matches()
                ? Optional.of(new ApiKeySecret(matcher.group(1), text))
                : Optional.empty();
    }

    /** What is kept of it: SHA-256, which is enough for 256 random bits. */
    public byte[] hash() {
        return Sha256.of(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Whether it is the one of that hash; takes as long for any other. */
    public boolean matches(byte[] hash) {
        return MessageDigest.isEqual(hash(), hash);
    }

    @Override
    public String toString() {
        return text.substring(0, text.indexOf('_') + 1) + id + "_…";
    }
}
