package dev.millrace.contracts.project.contract;

import com.google.re2j.Pattern;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Forms of text that contracts know by name. */
public enum TextFormat {
    UUID,
    /** One address: a local part, and a domain of at least two labels. */
    EMAIL,
    URI,
    HOSTNAME,
    IPV4,
    IPV6,
    /** Bytes in base64. */
    BYTE;

    private static final Pattern OF_UUIDS =
            Pattern.compile("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}");

    private static final Pattern OF_MAIL =
            Pattern.compile(
                    "[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\\x{80}-\\x{10FFFF}-]{1,64}"
                            + "@([\\pL\\pN]([\\pL\\pN-]{0,61}[\\pL\\pN])?\\.)+"
                            + "[\\pL\\pN]([\\pL\\pN-]{0,61}[\\pL\\pN])?");

    /** Whether a text has the form. */
    public boolean admits(String text) {
        return switch (this) {
            case UUID -> OF_UUIDS.matches(text);
            case EMAIL -> OF_MAIL.matches(text);
            case URI -> isUri(text);
            case HOSTNAME -> Addresses.isHost(text);
            case IPV4 -> Addresses.isV4(text);
            case IPV6 -> Addresses.isV6(text);
            case BYTE -> isBase64(text);
        };
    }

    /** As contracts write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<TextFormat> of(String word) {
        return Stream.of(values())
                .filter(format -> format.word().equals(word.toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    private static boolean isUri(String text) {
        try {
            return new URI(text).isAbsolute();
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean isBase64(String text) {
        try {
            Base64.getDecoder().decode(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
