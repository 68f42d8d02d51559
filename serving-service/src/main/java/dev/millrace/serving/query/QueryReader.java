package dev.millrace.serving.query;

import dev.millrace.contracts.project.cube.Operator;
import dev.millrace.serving.semantic.Query;
import dev.millrace.serving.semantic.Query.DateRange;
import dev.millrace.serving.semantic.QueryException;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Reads one query and fills in its defaults. */
final class QueryReader {

    private static final int DEFAULT_LIMIT = 10_000;

    /** The most rows of an answer that is built before it is sent. */
    static final int MAX_LIMIT = 50_000;

    private static final Set<String> ZONES = Set.copyOf(ZoneId.getAvailableZoneIds());

    private final JsonMapper json;
    private final DateRanges ranges;
    private final int maxLimit;

    QueryReader(JsonMapper json, Clock clock) {
        this(json, clock, MAX_LIMIT);
    }

    QueryReader(JsonMapper json, Clock clock, int maxLimit) {
        this.json = json;
        this.ranges = new DateRanges(clock);
        this.maxLimit = maxLimit;
    }

    NormalizedQuery read(JsonNode raw) {
        QuerySchema.check(raw);
        ZoneId zone = zone(raw);
        int limit = limit(raw);
        Map<String, Object> echo = new LinkedHashMap<>(plain(raw));
        List<String> dimensions = new ArrayList<>();
        List<Query.TimeDimension> times = new ArrayList<>();
        List<Map<String, Object>> echoedTimes = new ArrayList<>();
        for (JsonNode time : raw.path("timeDimensions")) {
            Query.TimeDimension read = time(time, zone);
            times.add(read);
            echoedTimes.add(echo(time, read));
        }
        for (JsonNode item : raw.path("dimensions")) {
            String[] parts = item.asString().split("\\.", -1);
            if (parts.length < 3) {
                dimensions.add(item.asString());
                continue;
            }
            String dimension = parts[0] + "." + parts[1];
            times.add(new Query.TimeDimension(dimension, parts[2], null));
            echoedTimes.add(Map.of("dimension", dimension, "granularity", parts[2]));
        }
        List<String> measures = texts(raw.path("measures"));
        boolean asksSomething =
                !measures.isEmpty()
                        || !dimensions.isEmpty()
                        || times.stream().anyMatch(time -> time.granularity() != null);
        if (!asksSomething) {
            throw QueryException.format(
                    "Query should contain either measures, dimensions or timeDimensions with"
                            + " granularities in order to be valid");
        }
        List<Query.Order> order = order(raw.path("order"));
        if (raw.path("order").isContainer()) {
            echo.put("order", order.stream().map(QueryReader::echo).toList());
        } else {
            echo.remove("order");
        }
        echo.put("limit", limit);
        echo.put("rowLimit", limit);
        echo.put("timezone", zone.getId());
        echo.put("filters", echoFilters(raw.path("filters")));
        echo.put("dimensions", dimensions);
        echo.put("timeDimensions", echoedTimes);
        Query query =
                new Query(
                        measures,
                        dimensions,
                        texts(raw.path("segments")),
                        times,
                        filters(raw.path("filters"), zone),
                        order,
                        limit,
                        raw.path("offset").asInt(0),
                        raw.path("total").asBoolean(false),
                        raw.path("ungrouped").asBoolean(false),
                        zone);
        return new NormalizedQuery(echo, query, format(raw));
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> plain(JsonNode node) {
        return json.convertValue(node, Map.class);
    }

    private static NormalizedQuery.Format format(JsonNode raw) {
        return NormalizedQuery.Format.valueOf(
                raw.path("responseFormat").asString("default").toUpperCase(Locale.ROOT));
    }

    private static ZoneId zone(JsonNode raw) {
        String name = raw.path("timezone").asString("UTC");
        if (!ZONES.contains(name)) {
            throw QuerySchema.invalid("\"timezone\" '%s' is not known".formatted(name));
        }
        return ZoneId.of(name);
    }

    private int limit(JsonNode raw) {
        JsonNode found = raw.path("limit").isNumber() ? raw.path("limit") : raw.path("rowLimit");
        int limit = found.asInt(DEFAULT_LIMIT);
        if (limit > maxLimit) {
            throw QueryException.limit("The query limit has been exceeded.");
        }
        return limit;
    }

    private Query.TimeDimension time(JsonNode time, ZoneId zone) {
        return new Query.TimeDimension(
                time.path("dimension").asString(),
                time.path("granularity").isString() ? time.path("granularity").asString() : null,
                range(time.path("dateRange"), zone));
    }

    private @Nullable DateRange range(JsonNode range, ZoneId zone) {
        if (range.isString()) {
            return ranges.between(List.of(range.asString()), zone);
        }
        return range.isArray() ? ranges.between(texts(range), zone) : null;
    }

    private Map<String, Object> echo(JsonNode time, Query.TimeDimension read) {
        Map<String, Object> echo = new LinkedHashMap<>(plain(time));
        DateRange range = read.range();
        if (range == null) {
            echo.remove("dateRange");
        } else {
            echo.put(
                    "dateRange",
                    List.of(
                            DateRanges.LOCAL.format(range.from()),
                            DateRanges.LOCAL.format(range.to())));
        }
        return echo;
    }

    private static Map<String, Object> echo(Query.Order order) {
        return Map.of("id", order.member(), "desc", order.descending());
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(item -> texts.add(item.asString()));
        return texts;
    }

    private static List<Query.Order> order(JsonNode order) {
        List<Query.Order> items = new ArrayList<>();
        if (order.isObject()) {
            for (Map.Entry<String, JsonNode> item : order.properties()) {
                items.add(
                        new Query.Order(item.getKey(), item.getValue().asString().equals("desc")));
            }
        } else {
            order.forEach(
                    item ->
                            items.add(
                                    new Query.Order(
                                            item.get(0).asString(),
                                            item.get(1).asString().equals("desc"))));
        }
        return items;
    }

    private List<Query.Filter> filters(JsonNode list, ZoneId zone) {
        List<Query.Filter> filters = new ArrayList<>();
        list.forEach(
                item -> {
                    if (item.has("or")) {
                        addUnlessEmpty(filters, new Query.Or(filters(item.get("or"), zone)));
                    } else if (item.has("and")) {
                        addUnlessEmpty(filters, new Query.And(filters(item.get("and"), zone)));
                    } else {
                        filters.add(condition(item, zone));
                    }
                });
        return filters;
    }

    private static void addUnlessEmpty(List<Query.Filter> filters, Query.Filter group) {
        boolean empty =
                switch (group) {
                    case Query.And(List<Query.Filter> all) -> all.isEmpty();
                    case Query.Or(List<Query.Filter> any) -> any.isEmpty();
                    case Query.Condition _ -> false;
                };
        if (!empty) {
            filters.add(group);
        }
    }

    private Query.Condition condition(JsonNode filter, ZoneId zone) {
        Operator operator = Operator.named(filter.path("operator").asString()).orElseThrow();
        String member =
                filter.has("member")
                        ? filter.get("member").asString()
                        : filter.path("dimension").asString();
        List<String> values = new ArrayList<>();
        boolean withNull = false;
        for (JsonNode value : filter.path("values")) {
            if (value.isNull()) {
                withNull = true;
            } else {
                values.add(text(value));
            }
        }
        if (!operator.takesNoValues() && values.isEmpty() && !withNull) {
            throw QueryException.format("Values required for filter: " + filter);
        }
        DateRange range = null;
        if (operator.takesDates()) {
            if (values.isEmpty()) {
                throw QueryException.format("Values required for filter: " + filter);
            }
            range = ranges.ofFilter(values, zone);
        }
        return new Query.Condition(member, operator, values, withNull, range);
    }

    private static String text(JsonNode value) {
        String text = value.isString() ? value.asString() : value.toString();
        if (text.indexOf('\0') >= 0) {
            throw QueryException.format("A filter value holds the character NUL");
        }
        return text;
    }

    private static List<Object> echoFilters(JsonNode list) {
        List<Object> echo = new ArrayList<>();
        list.forEach(
                item -> {
                    Map<String, Object> filter = new LinkedHashMap<>();
                    if (item.has("or") || item.has("and")) {
                        String key = item.has("or") ? "or" : "and";
                        filter.put(key, echoFilters(item.get(key)));
                    } else {
                        filter.put(
                                "member",
                                item.has("member")
                                        ? item.get("member").asString()
                                        : item.path("dimension").asString());
                        filter.put("operator", item.path("operator").asString());
                        if (item.has("values")) {
                            List<@Nullable String> values = new ArrayList<>();
                            item.get("values")
                                    .forEach(v -> values.add(v.isNull() ? null : text(v)));
                            filter.put("values", values);
                        }
                    }
                    echo.add(filter);
                });
        return echo;
    }
}
