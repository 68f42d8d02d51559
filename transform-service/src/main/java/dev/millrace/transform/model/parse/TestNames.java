package dev.millrace.transform.model.parse;

import dev.millrace.transform.jinja.Values;
import dev.millrace.transform.model.context.Md5;
import dev.millrace.transform.model.manifest.TestDetail;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The names that dbt gives to generic tests, to the letter: selections, artifacts and stored
 * failures go by them.
 *
 * @param compiled name of file and table: cut and hashed if the full one is long
 * @param full name with all arguments
 */
record TestNames(String compiled, String full) {

    private static final int LONG = 64;
    private static final int KEPT = 30;
    private static final int HASH_DIGITS = 10;

    static TestNames given(String name) {
        return new TestNames(name, name);
    }

    /**
     * @param type name of the test with its package before it
     * @param target name of the node that it is about
     */
    static TestNames of(String type, String target, Map<String, Object> arguments) {
        List<String> parts = new ArrayList<>();
        new TreeMap<>(arguments)
                .forEach(
                        (name, value) -> {
                            if (!name.equals("model")) {
                                flat(value).forEach(part -> parts.add(clean(text(part))));
                            }
                        });
        String identifier = type + "_" + target;
        String full = identifier + "_" + String.join("__", parts);
        if (full.codePointCount(0, full.length()) < LONG) {
            return new TestNames(full, full);
        }
        String head = identifier.length() > KEPT ? identifier.substring(0, KEPT) : identifier;
        return new TestNames(head + "_" + Md5.of(full), full);
    }

    private static Collection<?> flat(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> map.values();
            case Collection<?> items -> items;
            case null -> List.of("None");
            default -> List.of(value);
        };
    }

    private static String clean(String text) {
        return text.replaceAll("[^0-9a-zA-Z_]+", "_");
    }

    private static String text(@Nullable Object value) {
        return Values.text(Values.of(value));
    }

    /** The end of a test's id: tests of one name differ by what they are given. */
    static String hash(String name, TestDetail detail) {
        Map<String, Object> metadata = new TreeMap<>();
        metadata.put("kwargs", detail.arguments());
        metadata.put("name", detail.name());
        metadata.put("namespace", detail.namespace() == null ? "None" : detail.namespace());
        String hash = Md5.of(name + Values.text(hashable(metadata)));
        return hash.substring(hash.length() - HASH_DIGITS);
    }

    /** As dbt does: dicts in the order of their keys, and text of all else. */
    private static Object hashable(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, Object> sorted = new TreeMap<>();
                map.forEach((key, item) -> sorted.put(String.valueOf(key), hashable(item)));
                yield Values.of(sorted);
            }
            case Collection<?> items -> Values.of(items.stream().map(TestNames::hashable).toList());
            case null, default -> text(value);
        };
    }
}
