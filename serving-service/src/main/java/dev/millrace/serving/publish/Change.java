package dev.millrace.serving.publish;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is to become of a topic's records.
 *
 * @param all all that it is to have; null if what is not named is to stay
 * @param some what single keys are to have; nothing for those that are to go. Counts for more than
 *     {@code all}
 */
record Change(@Nullable Map<String, byte[]> all, Map<String, Optional<byte[]>> some) {

    static Change toAll(Map<String, byte[]> all) {
        return new Change(all, Map.of());
    }

    static Change of(String key, Optional<byte[]> value) {
        return new Change(null, Map.of(key, value));
    }

    /** This and then another. */
    Change then(Change later) {
        if (later.all() != null) {
            return later;
        }
        Map<String, Optional<byte[]>> both = new LinkedHashMap<>(some);
        both.putAll(later.some());
        return new Change(all, both);
    }

    /** What has to be written to a topic that has these records now. */
    Map<String, Optional<byte[]>> over(Map<String, byte[]> present) {
        Map<String, Optional<byte[]>> wanted = new LinkedHashMap<>();
        if (all != null) {
            present.keySet().forEach(key -> wanted.put(key, Optional.empty()));
            all.forEach((key, value) -> wanted.put(key, Optional.of(value)));
        }
        wanted.putAll(some);
        wanted.entrySet()
                .removeIf(
                        entry ->
                                Arrays.equals(
                                        entry.getValue().orElse(null),
                                        present.get(entry.getKey())));
        return wanted;
    }
}
