package dev.millrace.contracts.project.alert;

import java.util.Base64;
import java.util.Optional;

/** The secret of a channel, as Standard Webhooks writes secrets: base64, often after whsec_. */
public final class SigningSecret {

    private static final String PREFIX = "whsec_";
    private static final int LEAST = 24;
    private static final int MOST = 64;

    private final byte[] bytes;

    private SigningSecret(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Reads a secret; nothing if it is no base64 of 24 to 64 bytes, as the format demands. */
    public static Optional<SigningSecret> of(String text) {
        try {
            byte[] bytes =
                    Base64.getDecoder()
                            .decode(
                                    text.startsWith(PREFIX)
                                            ? text.substring(PREFIX.length())
                                            : text);
            return bytes.length < LEAST || bytes.length > MOST
                    ? Optional.empty()
                    : Optional.of(new SigningSecret(bytes));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The key of the signature. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public String toString() {
        return "***";
    }
}
