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
 * An API key as its owner holds it: {@code mr_<id>_<secret>}. The id finds the row, so that one
 * hash is compared, in constant time.
 *
 * @param id stands in lists and in the audit
 * @param text the whole key; shown once and kept nowhere
 */
record ApiKeySecret(String id, String text) {

    static final String PREFIX = "mr_";

    private static final Pattern FORM = Pattern.compile("mr_([0-9a-z]{12})_[A-Za-z0-9_-]{43}");
    private static final String ID_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";
    private static final int ID_LENGTH = 12;
    private static final int SECRET_BYTES = 32;

    static ApiKeySecret random(SecureRandom random) {
        StringBuilder id = new StringBuilder(ID_LENGTH);
        for (int i = 0; i < ID_LENGTH; i++) {
            id.append(ID_DIGITS.charAt(random.nextInt(ID_DIGITS.length())));
        }
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return new ApiKeySecret(
                id.toString(),
                PREFIX + id + "_" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
    }

    /** The key that a caller presents, if it has the form of one. */
    static Optional<ApiKeySecret> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? Optional.of(new ApiKeySecret(matcher.group(1), text))
                : Optional.empty();
    }

    byte[] hash() {
        return Sha256.of(text.getBytes(StandardCharsets.US_ASCII));
    }

    boolean matches(byte[] hash) {
        return MessageDigest.isEqual(hash(), hash);
    }

    @Override
    public String toString() {
        return PREFIX + id + "_…";
    }
}
