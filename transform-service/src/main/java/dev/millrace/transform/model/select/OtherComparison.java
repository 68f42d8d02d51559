package dev.millrace.transform.model.select;

import dev.millrace.transform.model.manifest.OtherResource;
import dev.millrace.transform.model.manifest.UnitTest;

import org.jspecify.annotations.Nullable;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Compares what is described and not built, and unit tests, with what they were. */
final class OtherComparison {

    private static final List<String> OF_EXPOSURES =
            List.of("type", "owner", "maturity", "url", "description", "label");
    private static final List<String> OF_METRICS = List.of("type", "description", "label");
    private static final List<String> OF_SEMANTIC_MODELS =
            List.of(
                    "model",
                    "description",
                    "defaults",
                    "entities",
                    "dimensions",
                    "measures",
                    "primary_entity");
    private static final List<String> OF_SAVED_QUERIES =
            List.of("query_params", "description", "label");

    private static final Set<String> WORDS = Set.of("type", "agg", "time_granularity");

    private OtherComparison() {}

    static boolean sameContents(OtherResource now, PreviousResource before) {
        boolean same =
                switch (now.type()) {
                    case EXPOSURE ->
                            sameName(now, before)
                                    && same(now, before, OF_EXPOSURES)
                                    && sameParents(now, before);
                    case METRIC -> same(now, before, OF_METRICS);
                    case SEMANTIC_MODEL -> same(now, before, OF_SEMANTIC_MODELS);
                    default -> same(now, before, OF_SAVED_QUERIES);
                };
        return same && sameSettings(now, before);
    }

    private static boolean sameName(OtherResource now, PreviousResource before) {
        return Values.normal(now.fqn()).equals(Values.normal(before.get("fqn")));
    }

    private static boolean same(OtherResource now, PreviousResource before, List<String> keys) {
        return keys.stream()
                .allMatch(
                        key ->
                                inSmallLetters(Values.withoutFalse(now.details().get(key)))
                                        .equals(
                                                inSmallLetters(
                                                        Values.withoutFalse(before.get(key)))));
    }

    /** dbt writes down words of its own, such as {@code SUM}, in small letters. */
    private static Object inSmallLetters(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, Object> result = new LinkedHashMap<>();
                map.forEach(
                        (key, item) -> {
                            String name = String.valueOf(key);
                            Object each = inSmallLetters(Objects.requireNonNull(item));
                            boolean word = WORDS.contains(name) && each instanceof String;
                            result.put(
                                    name, word ? each.toString().toLowerCase(Locale.ROOT) : each);
                        });
                yield result;
            }
            case List<?> items ->
                    items.stream()
                            .map(item -> inSmallLetters(Objects.requireNonNull(item)))
                            .toList();
            default -> value;
        };
    }

    private static boolean sameParents(OtherResource now, PreviousResource before) {
        Set<String> parents = new HashSet<>();
        PreviousResource.listOf(before.map("depends_on").get("nodes"))
                .forEach(id -> parents.add(String.valueOf(id)));
        return parents.equals(Set.copyOf(now.parents()));
    }

    /** The settings of its own; those of the project are not kept apart. */
    static boolean sameSettings(OtherResource now, PreviousResource before) {
        return settings(now.details().get("config")).equals(settings(before.get("config")));
    }

    private static Object settings(@Nullable Object config) {
        Map<String, @Nullable Object> settings =
                new LinkedHashMap<>(PreviousResource.mapOf(config));
        settings.remove("group");
        settings.remove("tags");
        settings.remove("enabled");
        settings.remove("meta");
        return Values.withoutFalse(settings);
    }

    /** Model, rows and overrides; the rows of a table in CSV are text in both. */
    static boolean sameUnitTest(UnitTest now, PreviousResource before) {
        return modelName(now).equals(before.text("model"))
                && given(now).equals(Values.normal(givenBefore(before)))
                && rows(now.expect()).equals(rowsBefore(before.map("expect")))
                && Values.normal(now.overrides()).equals(overridesBefore(before));
    }

    private static String modelName(UnitTest test) {
        List<String> parts = List.of(test.model().split("\\.", -1));
        return parts.size() > 2 ? parts.get(2) : test.model();
    }

    private static Object given(UnitTest test) {
        return Values.normal(
                test.given().stream()
                        .map(each -> List.of(each.input().strip(), rows(each.rows())))
                        .toList());
    }

    private static List<Object> givenBefore(PreviousResource before) {
        return PreviousResource.listOf(before.get("given")).stream()
                .map(PreviousResource::mapOf)
                .<Object>map(
                        each ->
                                List.of(
                                        String.valueOf(each.get("input")).strip(),
                                        rowsBefore(each)))
                .toList();
    }

    private static Object rows(UnitTest.Rows rows) {
        return rows.sql() == null ? Values.normal(rows.rows()) : rows.sql().strip();
    }

    private static Object rowsBefore(Map<String, @Nullable Object> written) {
        Object rows = Values.normal(written.get("rows"));
        return rows instanceof String sql ? sql.strip() : rows;
    }

    private static Object overridesBefore(PreviousResource before) {
        return Values.normal(before.map("overrides"));
    }
}
