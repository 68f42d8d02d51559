package dev.millrace.contracts.project;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The keys of one YAML mapping, read one by one. Each key that is asked for counts as known; {@link
 * #rejectUnknown()} then reports the rest with the nearest known key.
 */
public final class YamlMapping {

    private static final Set<String> TRUE = Set.of("true", "yes", "on");
    private static final Set<String> FALSE = Set.of("false", "no", "off");

    private final YamlValue value;
    private final Map<String, YamlValue> entries;
    private final Map<String, Position> keys;
    private final Problems problems;
    private final Set<String> known = new LinkedHashSet<>();

    YamlMapping(
            YamlValue value,
            Map<String, YamlValue> entries,
            Map<String, Position> keys,
            Problems problems) {
        this.value = value;
        this.entries = entries;
        this.keys = keys;
        this.problems = problems;
    }

    public Position position() {
        return value.position();
    }

    /** Every key with its value, in the order of the file. */
    public Map<String, YamlValue> entries() {
        return entries;
    }

    /** Where a key stands, or where the mapping begins if it does not have the key. */
    public Position position(String key) {
        return keys.getOrDefault(key, position());
    }

    /** The value of a key; nothing if it is absent or null. */
    public Optional<YamlValue> take(String key) {
        known.add(key);
        return Optional.ofNullable(entries.get(key)).filter(found -> !found.isNull());
    }

    public @Nullable String text(String key) {
        return take(key).flatMap(YamlValue::text).orElse(null);
    }

    /** Text that must be there; a problem and an empty string if it is not. */
    public String requiredText(String key) {
        Optional<YamlValue> found = take(key);
        if (found.isEmpty()) {
            problems.add(position(key), "the key '" + key + "' is required here");
            return "";
        }
        return found.get().text().orElse("");
    }

    public boolean flag(String key, boolean otherwise) {
        Optional<YamlValue> found = take(key);
        String text =
                found.flatMap(YamlValue::text).map(t -> t.toLowerCase(Locale.ROOT)).orElse(null);
        if (text == null) {
            return otherwise;
        }
        if (!TRUE.contains(text) && !FALSE.contains(text)) {
            found.get().reject("expected true or false, found '" + text + "'");
        }
        return TRUE.contains(text);
    }

    /** One of an enum's names, in lower case; a problem and the given value if it is another. */
    public <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) {
        return take(key).map(found -> choice(found, type, otherwise)).orElse(otherwise);
    }

    /** The same for a value that has no key of its own. */
    public static <E extends Enum<E>> E choice(YamlValue found, Class<E> type, E otherwise) {
        return choice(found, type, otherwise, Set.of());
    }

    /** The same where the format has words that are {@code planned} only. */
    public static <E extends Enum<E>> E choice(
            YamlValue found, Class<E> type, E otherwise, Set<String> planned) {
        String text = found.text().orElse("");
        List<String> names =
                Stream.of(type.getEnumConstants())
                        .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                        .toList();
        int index = names.indexOf(text);
        if (index >= 0) {
            return type.getEnumConstants()[index];
        }
        found.reject(
                planned.contains(text)
                        ? "'"
                                + text
                                + "' is not offered by this version; offered are: "
                                + String.join(", ", names)
                        : "'"
                                + text
                                + "' is not one of "
                                + String.join(", ", names)
                                + NearestName.hint(text, names));
        return otherwise;
    }

    /** The items of a list; empty if the key is absent. */
    public List<YamlValue> list(String key) {
        return take(key).map(YamlValue::items).orElse(List.of());
    }

    /** The items of a list of text. */
    public List<String> texts(String key) {
        return list(key).stream().flatMap(item -> item.text().stream()).toList();
    }

    /** Reports every key that nobody asked for, with the nearest that somebody did. */
    public void rejectUnknown() {
        entries.keySet().stream()
                .filter(key -> !known.contains(key))
                .forEach(
                        key ->
                                problems.add(
                                        position(key),
                                        "unknown key '"
                                                + key
                                                + "'"
                                                + NearestName.of(key, known)
                                                        .map(
                                                                near ->
                                                                        "; did you mean '"
                                                                                + near
                                                                                + "'?")
                                                        .orElse("; known here: " + knownKeys())));
    }

    /** Reports keys that the format has, and that a later version will read. */
    public void rejectPlanned(String... planned) {
        for (String key : planned) {
            if (take(key).isPresent()) {
                reject(key, "'" + key + "' is not offered by this version");
            }
        }
    }

    /** Reports what does no harm at a key, but is probably not what was meant. */
    public void warn(String key, String message) {
        problems.warn(position(key), message);
    }

    /** Reports a mistake at a key. */
    public void reject(String key, String message) {
        problems.add(position(key), message);
    }

    private String knownKeys() {
        return known.stream().sorted().collect(Collectors.joining(", "));
    }
}
