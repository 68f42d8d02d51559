package dev.millrace.serving.query;

import dev.millrace.contracts.project.cube.Operator;
import dev.millrace.serving.semantic.QueryException;

import tools.jackson.databind.JsonNode;

import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Checks the form of a query, and words what is wrong as Cube does. */
final class QuerySchema {

    private static final Pattern MEMBER = Pattern.compile("[a-zA-Z0-9_]+\\.[a-zA-Z0-9_]+");
    private static final Pattern DIMENSION =
            Pattern.compile("[a-zA-Z0-9_]+\\.[a-zA-Z0-9_]+(\\.[a-zA-Z0-9_]+)?");
    private static final Set<String> KEYS =
            Set.of(
                    "measures",
                    "dimensions",
                    "filters",
                    "timeDimensions",
                    "order",
                    "segments",
                    "timezone",
                    "limit",
                    "rowLimit",
                    "offset",
                    "total",
                    "renewQuery",
                    "ungrouped",
                    "responseFormat");
    private static final Set<String> FORMATS = Set.of("default", "compact", "columnar");
    private static final int MAX_FILTER_VALUES = 10_000;
    private static final int MAX_FILTERS = 1_000;

    private int filters;
    private int values;

    private QuerySchema() {}

    static void check(JsonNode query) {
        new QuerySchema().checkQuery(query);
    }

    private void checkQuery(JsonNode query) {
        if (!query.isObject()) {
            throw invalid("\"value\" must be of type object");
        }
        for (String key : query.propertyNames()) {
            if (!KEYS.contains(key)) {
                throw invalid("\"" + key + "\" is not allowed");
            }
        }
        members(query, "measures", MEMBER);
        members(query, "dimensions", DIMENSION);
        members(query, "segments", MEMBER);
        array(query, "filters").forEach(this::filterAt);
        array(query, "timeDimensions").forEach(QuerySchema::timeDimension);
        order(query.path("order"));
        text(query, "timezone");
        integer(query, "limit");
        integer(query, "rowLimit");
        integer(query, "offset");
        flag(query, "total");
        flag(query, "renewQuery");
        flag(query, "ungrouped");
        JsonNode format = query.path("responseFormat");
        if (isThere(format) && !(format.isString() && FORMATS.contains(format.asString()))) {
            throw invalid("\"responseFormat\" must be one of [default, compact, columnar]");
        }
    }

    static QueryException invalid(String message) {
        return QueryException.format("Invalid query format: " + message);
    }

    private static boolean isThere(JsonNode node) {
        return !node.isMissingNode() && !node.isNull();
    }

    private static Map<Integer, JsonNode> array(JsonNode query, String key) {
        JsonNode found = query.path(key);
        if (found.isMissingNode()) {
            return Map.of();
        }
        if (!found.isArray()) {
            throw invalid("\"" + key + "\" must be an array");
        }
        Map<Integer, JsonNode> items = new java.util.LinkedHashMap<>();
        for (int i = 0; i < found.size(); i++) {
            items.put(i, found.get(i));
        }
        return items;
    }

    private static void members(JsonNode query, String key, Pattern pattern) {
        array(query, key)
                .forEach(
                        (index, item) -> {
                            if (!item.isString() || !pattern.matcher(item.asString()).matches()) {
                                throw invalid(
                                        "\"%s[%d]\" does not match any of the allowed types"
                                                .formatted(key, index));
                            }
                        });
    }

    private void filterAt(int index, JsonNode filter) {
        if (!isFilter(filter)) {
            throw invalid("\"filters[" + index + "]\" does not match any of the allowed types");
        }
    }

    private boolean isFilter(JsonNode filter) {
        if (!filter.isObject() || ++filters > MAX_FILTERS) {
            return false;
        }
        boolean or = filter.has("or");
        if (or || filter.has("and")) {
            JsonNode inner = filter.path(or ? "or" : "and");
            if (filter.size() != 1 || !inner.isArray()) {
                return false;
            }
            for (JsonNode item : inner) {
                if (!isFilter(item)) {
                    return false;
                }
            }
            return true;
        }
        return isCondition(filter);
    }

    private boolean isCondition(JsonNode filter) {
        for (String key : filter.propertyNames()) {
            if (!Set.of("member", "dimension", "operator", "values").contains(key)) {
                return false;
            }
        }
        JsonNode member = filter.has("member") ? filter.path("member") : filter.path("dimension");
        boolean one = filter.has("member") != filter.has("dimension");
        JsonNode operator = filter.path("operator");
        return one
                && member.isString()
                && MEMBER.matcher(member.asString()).matches()
                && operator.isString()
                && Operator.named(operator.asString()).isPresent()
                && areValues(filter.path("values"));
    }

    private boolean areValues(JsonNode list) {
        if (list.isMissingNode()) {
            return true;
        }
        if (!list.isArray()) {
            return false;
        }
        values += list.size();
        if (values > MAX_FILTER_VALUES) {
            throw QueryException.format(
                    "The query has more than %d filter values".formatted(MAX_FILTER_VALUES));
        }
        for (JsonNode value : list) {
            if (value.isContainer()) {
                return false;
            }
        }
        return true;
    }

    private static void timeDimension(int index, JsonNode time) {
        String at = "timeDimensions[" + index + "]";
        if (!time.isObject()) {
            throw invalid("\"" + at + "\" must be of type object");
        }
        for (String key : time.propertyNames()) {
            if (!Set.of("dimension", "granularity", "dateRange", "compareDateRange")
                    .contains(key)) {
                throw invalid("\"" + at + "." + key + "\" is not allowed");
            }
        }
        JsonNode dimension = time.path("dimension");
        if (dimension.isMissingNode()) {
            throw invalid("\"" + at + ".dimension\" is required");
        }
        if (!dimension.isString() || !MEMBER.matcher(dimension.asString()).matches()) {
            throw invalid(
                    "\"%s.dimension\" with value \"%s\" fails to match the required pattern: /^[a-zA-Z0-9_]+\\.[a-zA-Z0-9_]+$/"
                            .formatted(at, dimension.asString("")));
        }
        JsonNode granularity = time.path("granularity");
        if (isThere(granularity)
                && !(granularity.isString() && granularity.asString().matches("[a-zA-Z0-9_]+"))) {
            throw invalid(
                    "\"%s.granularity\" must be one of [quarter, day, month, year, week, hour, minute, second, null]"
                            .formatted(at));
        }
        if (isThere(time.path("dateRange")) && isThere(time.path("compareDateRange"))) {
            throw invalid(
                    "\"%s\" contains a conflict between optional exclusive peers [dateRange, compareDateRange]"
                            .formatted(at));
        }
        if (isThere(time.path("dateRange")) && !isRange(time.path("dateRange"))) {
            throw invalid("\"" + at + ".dateRange\" does not match any of the allowed types");
        }
        JsonNode compared = time.path("compareDateRange");
        if (isThere(compared) && (!compared.isArray() || !areRanges(compared))) {
            throw invalid("\"" + at + ".compareDateRange\" must be an array");
        }
    }

    private static boolean areRanges(JsonNode list) {
        for (JsonNode item : list) {
            if (!isRange(item)) {
                return false;
            }
        }
        return !list.isEmpty();
    }

    private static boolean isRange(JsonNode range) {
        if (range.isString()) {
            return true;
        }
        if (!range.isArray() || range.isEmpty() || range.size() > 2) {
            return false;
        }
        for (JsonNode end : range) {
            if (!end.isString()) {
                return false;
            }
        }
        return true;
    }

    private static void order(JsonNode order) {
        if (!isThere(order)) {
            return;
        }
        boolean good = order.isObject() || order.isArray();
        if (order.isObject()) {
            for (String key : order.propertyNames()) {
                good = good && DIMENSION.matcher(key).matches() && isDirection(order.get(key));
            }
        } else if (order.isArray()) {
            for (JsonNode item : order) {
                good =
                        good
                                && item.isArray()
                                && item.size() == 2
                                && item.get(0).isString()
                                && DIMENSION.matcher(item.get(0).asString()).matches()
                                && isDirection(item.get(1));
            }
        }
        if (!good) {
            throw invalid("\"order\" does not match any of the allowed types");
        }
    }

    private static boolean isDirection(JsonNode node) {
        return node.isString() && (node.asString().equals("asc") || node.asString().equals("desc"));
    }

    private static void text(JsonNode query, String key) {
        if (query.has(key) && !query.get(key).isString()) {
            throw invalid("\"" + key + "\" must be a string");
        }
    }

    private static void integer(JsonNode query, String key) {
        JsonNode found = query.path(key);
        if (!isThere(found)) {
            return;
        }
        if (!found.isNumber()) {
            throw invalid("\"" + key + "\" must be a number");
        }
        if (!found.isIntegralNumber() || !found.canConvertToInt()) {
            throw invalid("\"" + key + "\" must be an integer");
        }
        int least = key.equals("offset") ? 0 : 1;
        if (found.asInt() < least) {
            throw invalid("\"" + key + "\" must be larger than or equal to " + least);
        }
    }

    private static void flag(JsonNode query, String key) {
        if (isThere(query.path(key)) && !query.get(key).isBoolean()) {
            throw invalid("\"" + key + "\" must be a boolean");
        }
    }
}
