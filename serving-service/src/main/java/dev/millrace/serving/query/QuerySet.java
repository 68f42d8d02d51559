package dev.millrace.serving.query;

import dev.millrace.serving.semantic.QueryException;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one request asks: a query, one query over several ranges, or several queries side by side.
 */
record QuerySet(Type type, List<NormalizedQuery> queries) {

    private static final int MAX_QUERIES = 20;

    /** The three kinds of request, by Cube's names. */
    enum Type {
        REGULAR("regularQuery"),
        COMPARE_DATE_RANGE("compareDateRangeQuery"),
        BLENDING("blendingQuery");

        private final String wireName;

        Type(String wireName) {
            this.wireName = wireName;
        }

        String wireName() {
            return wireName;
        }
    }

    QuerySet {
        queries = List.copyOf(queries);
    }

    static QuerySet read(JsonNode query, QueryReader reader) {
        if (query.isArray()) {
            if (query.isEmpty() || query.size() > MAX_QUERIES) {
                throw QueryException.format("A request holds 1 to " + MAX_QUERIES + " queries");
            }
            List<NormalizedQuery> queries = new ArrayList<>();
            query.forEach(item -> queries.add(reader.read(item)));
            checkBlending(queries);
            return new QuerySet(Type.BLENDING, queries);
        }
        List<JsonNode> compared = expand(query);
        return compared.isEmpty()
                ? new QuerySet(Type.REGULAR, List.of(reader.read(query)))
                : new QuerySet(
                        Type.COMPARE_DATE_RANGE, compared.stream().map(reader::read).toList());
    }

    /** One query for each range that is compared; none if there are no ranges to compare. */
    private static List<JsonNode> expand(JsonNode query) {
        int at = -1;
        JsonNode times = query.path("timeDimensions");
        for (int i = 0; i < times.size(); i++) {
            if (times.path(i).path("compareDateRange").isArray()) {
                if (at >= 0) {
                    throw QueryException.format(
                            "compareDateRange can only exist for one timeDimension");
                }
                at = i;
            }
        }
        if (at < 0) {
            return List.of();
        }
        QuerySchema.check(query);
        JsonNode ranges = times.get(at).get("compareDateRange");
        if (ranges.size() > MAX_QUERIES) {
            throw QueryException.format("A request compares at most " + MAX_QUERIES + " ranges");
        }
        List<JsonNode> queries = new ArrayList<>();
        for (JsonNode range : ranges) {
            ObjectNode copy = (ObjectNode) query.deepCopy();
            ObjectNode time = (ObjectNode) copy.get("timeDimensions").get(at);
            time.remove("compareDateRange");
            time.set(
                    "dateRange",
                    range.isString()
                            ? JsonNodeFactory.instance.stringNode(range.asString())
                            : range);
            queries.add(copy);
        }
        return queries;
    }

    private static void checkBlending(List<NormalizedQuery> queries) {
        Set<String> granularities =
                queries.stream()
                        .map(QuerySet::granularity)
                        .filter(Objects::nonNull)
                        .collect(Collectors.toCollection(LinkedHashSet::new));
        if (granularities.size() > 1) {
            throw QueryException.format("Data blending query granularities must match");
        }
        if (granularities.isEmpty()) {
            throw QueryException.format("Data blending query without granularity is not supported");
        }
    }

    private static @org.jspecify.annotations.Nullable String granularity(NormalizedQuery query) {
        return query.query().timeDimensions().isEmpty()
                ? null
                : query.query().timeDimensions().getFirst().granularity();
    }

    /** What the client is to make a table of. */
    Map<String, Object> pivotQuery() {
        Map<String, Object> pivot = new LinkedHashMap<>();
        switch (type) {
            case BLENDING -> {
                for (String key : List.of("measures", "dimensions")) {
                    Set<Object> all = new LinkedHashSet<>();
                    queries.forEach(query -> all.addAll(items(query.echo().get(key))));
                    pivot.put(key, all);
                }
                Map<String, Object> time = new LinkedHashMap<>();
                time.put("dimension", "time");
                time.put(
                        "granularity",
                        queries.stream()
                                .map(QuerySet::granularity)
                                .filter(Objects::nonNull)
                                .findFirst()
                                .orElseThrow());
                pivot.put("timeDimensions", List.of(time));
            }
            case COMPARE_DATE_RANGE -> {
                pivot.putAll(queries.getFirst().echo());
                List<Object> dimensions = new ArrayList<>(List.of("compareDateRange"));
                dimensions.addAll(items(pivot.get("dimensions")));
                pivot.put("dimensions", dimensions);
            }
            case REGULAR -> pivot.putAll(queries.getFirst().echo());
        }
        pivot.put("queryType", type.wireName());
        return pivot;
    }

    /** The queries as answers repeat them: Cube's first one is the pivot query itself. */
    List<Map<String, Object>> echoes() {
        List<Map<String, Object>> echoes = new ArrayList<>();
        for (int i = 0; i < queries.size(); i++) {
            echoes.add(i == 0 && type != Type.BLENDING ? pivotQuery() : queries.get(i).echo());
        }
        return echoes;
    }

    private static List<?> items(@org.jspecify.annotations.Nullable Object list) {
        return list instanceof List<?> items ? items : List.of();
    }
}
