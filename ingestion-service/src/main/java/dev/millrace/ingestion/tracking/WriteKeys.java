package dev.millrace.ingestion.tracking;

import org.jspecify.annotations.Nullable;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Where callers put their write key outside of the body. */
final class WriteKeys {

    private static final String BASIC = "basic ";

    private WriteKeys() {}

    /**
     * The user name of HTTP Basic. The colon after it may be missing, as Segment tolerates that
     * too. A Bearer token names no key: the body does then.
     */
    static @Nullable String ofAuthorization(@Nullable String header) {
        if (header == null || !header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return null;
        }
        try {
            String decoded =
                    new String(
                            Base64.getDecoder().decode(header.substring(BASIC.length()).strip()),
                            StandardCharsets.UTF_8);
            int colon = decoded.indexOf(':');
            return nonEmpty(colon < 0 ? decoded : decoded.substring(0, colon));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * The parameter {@code writeKey}. It is looked for in the query alone: to ask the container for
     * parameters would have it read the body of a request that calls itself a form.
     */
    static @Nullable String ofQuery(@Nullable String query) {
        if (query == null) {
            return null;
        }
        for (String pair : query.split("&", -1)) {
            if (pair.startsWith("writeKey=")) {
                try {
                    return nonEmpty(
                            URLDecoder.decode(
                                    pair.substring("writeKey=".length()), StandardCharsets.UTF_8));
                } catch (IllegalArgumentException e) {
                    return null;
                }
            }
        }
        return null;
    }

    private static @Nullable String nonEmpty(String key) {
        return key.isEmpty() ? null : key;
    }
}
