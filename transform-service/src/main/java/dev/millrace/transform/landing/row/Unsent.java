package dev.millrace.transform.landing.row;

import dev.millrace.transform.landing.value.Json;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * What stands in a change for a value that is long, did not change, and was not sent: Debezium's
 * {@code unavailable.value.placeholder} as the connector leaves it, in each type that it takes.
 */
final class Unsent {

    private static final String PLACEHOLDER = "__debezium_unavailable_value";
    private static final byte[] LETTERS = PLACEHOLDER.getBytes(StandardCharsets.US_ASCII);
    private static final String AS_BYTES = Base64.getEncoder().encodeToString(LETTERS);

    private static final Set<Json> AS_JSON =
            Set.of(
                    Json.of("[\"" + PLACEHOLDER + "\"]"),
                    Json.of("{\"%1$s\":\"%1$s\"}".formatted(PLACEHOLDER)),
                    Json.of(list(Integer::toString)),
                    Json.of(list(letter -> letter + ".0")),
                    Json.of("[\"" + UUID.nameUUIDFromBytes(LETTERS) + "\"]"));

    private static final int LONGEST_JSON =
            AS_JSON.stream().mapToInt(json -> json.utf8().length).max().orElse(0);

    private Unsent() {}

    static boolean is(Object value) {
        return switch (value) {
            case String text -> text.equals(PLACEHOLDER) || text.equals(AS_BYTES);
            case Json json -> json.utf8().length <= LONGEST_JSON && AS_JSON.contains(json);
            default -> false;
        };
    }

    private static String list(IntFunction<String> item) {
        return PLACEHOLDER.chars().mapToObj(item).collect(Collectors.joining(",", "[", "]"));
    }
}
