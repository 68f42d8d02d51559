package dev.millrace.serving.alert;

import dev.millrace.contracts.Sha256;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Labels as they name an instance. */
final class Labels {

    private static final int MAX_VALUE = 500;
    private static final int KEPT = 460;
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private Labels() {}

    /** Sorted labels as JSON, which is the same for the same labels. */
    static String key(Map<String, String> labels) {
        return JsonMapper.shared().writeValueAsString(new TreeMap<>(labels));
    }

    /** A value of a dimension as a label's; what is too long is cut, and stays distinguishable. */
    static String value(@Nullable String value) {
        if (value == null) {
            return "";
        }
        return value.length() <= MAX_VALUE
                ? value
                : value.substring(0, KEPT) + "…" + Sha256.hex(value).substring(0, 16);
    }

    /** Prometheus' fingerprint of a set of labels: FNV-1a over names and values. */
    static String fingerprint(Map<String, String> labels) {
        SortedMap<String, String> sorted = new TreeMap<>(labels);
        long hash = FNV_OFFSET;
        for (Map.Entry<String, String> label : sorted.entrySet()) {
            hash = separated(text(hash, label.getKey()));
            hash = separated(text(hash, label.getValue()));
        }
        return "%016x".formatted(hash);
    }

    private static long text(long hash, String text) {
        long result = hash;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            result = (result ^ (b & 0xff)) * FNV_PRIME;
        }
        return result;
    }

    private static long separated(long hash) {
        return (hash ^ 0xff) * FNV_PRIME;
    }
}
