package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.project.cube.Operator;
import dev.millrace.serving.query.NormalizedQuery.Format;
import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.Query;
import dev.millrace.serving.semantic.QueryCompiler;
import dev.millrace.serving.semantic.QueryException;
import dev.millrace.serving.semantic.SqlStatement;
import dev.millrace.serving.semantic.Viewer;
import dev.millrace.test.SettableClock;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;

/** What is made of the JSON that callers send. */
class QueryReaderTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final QueryCompiler SHOP = Shop.compiler();

    private static final List<String> KEYS =
            List.of(
                    "measures",
                    "dimensions",
                    "segments",
                    "timeDimensions",
                    "filters",
                    "order",
                    "limit",
                    "rowLimit",
                    "offset",
                    "timezone",
                    "total",
                    "renewQuery",
                    "ungrouped",
                    "responseFormat",
                    "member",
                    "dimension",
                    "operator",
                    "values",
                    "and",
                    "or",
                    "granularity",
                    "dateRange",
                    "compareDateRange",
                    "nonsense");
    private static final List<String> WORDS =
            List.of(
                    "orders.count",
                    "orders.status",
                    "orders.placed_at",
                    "orders.placed_at.month",
                    "customers.country",
                    "orders",
                    "a.b.c.d",
                    "day",
                    "UTC",
                    "Europe/Berlin",
                    "equals",
                    "contains",
                    "inDateRange",
                    "gt",
                    "set",
                    "asc",
                    "desc",
                    "last 7 days",
                    "2026-01-01",
                    "compact",
                    "columnar",
                    "",
                    "'; DROP TABLE x",
                    "\u0000",
                    "1");

    private final QueryReader reader =
            new QueryReader(JSON, SettableClock.at("2026-02-11T22:30:45Z"));

    @Property(tries = 2_000)
    void anyJsonIsAQueryOrRefusedInWords(@ForAll long seed) {
        Random random = new Random(seed);
        JsonNode json = random.nextInt(10) == 0 ? any(random, 3) : object(random, 4);

        try {
            QuerySet set = QuerySet.read(json, reader);
            for (NormalizedQuery query : set.queries()) {
                assertThat(query.query().limit()).isBetween(1, 50_000);
                assertThat(query.query().offset()).isNotNegative();
                assertThat(query.echo()).containsKeys("limit", "rowLimit", "timezone", "filters");
            }
            assertThat(JSON.writeValueAsString(set.pivotQuery())).startsWith("{");
            assertThat(set.echoes()).hasSameSizeAs(set.queries());
        } catch (QueryException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    private static ObjectNode object(Random random, int depth) {
        ObjectNode object = JSON.createObjectNode();
        for (int i = random.nextInt(4); i >= 0; i--) {
            object.set(oneOf(random, KEYS), any(random, depth - 1));
        }
        return object;
    }

    private static JsonNode any(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 11 : 7)) {
            case 0 -> JSON.getNodeFactory().nullNode();
            case 1 -> JSON.getNodeFactory().booleanNode(random.nextBoolean());
            case 2 -> JSON.getNodeFactory().numberNode(random.nextInt(-5, 60_000));
            case 3 -> JSON.getNodeFactory().numberNode(random.nextDouble() * 1e300);
            case 4, 5, 6 -> JSON.getNodeFactory().stringNode(oneOf(random, WORDS));
            case 7, 8 -> {
                ArrayNode list = JSON.createArrayNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(any(random, depth - 1));
                }
                yield list;
            }
            default -> object(random, depth);
        };
    }

    private static <T> T oneOf(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** Well-formed queries, with values that would stand out if they came into the SQL. */
    @Property(tries = 500)
    void whatACallerWritesComesIntoParametersAndNothingElse(@ForAll long seed) {
        Random random = new Random(seed);
        ObjectNode json = wellFormed(random);
        CompiledQuery compiled = SHOP.compile(reader.read(json).query(), Viewer.PLATFORM);

        for (SqlStatement statement :
                compiled.total() == null
                        ? List.of(compiled.statement())
                        : List.of(compiled.statement(), compiled.total())) {
            assertThat(statement.sql()).doesNotContain("zz9").doesNotContain("7654321");
            assertThat(parameters(statement.sql())).isEqualTo(statement.values().size());
            assertThat(ParameterText.toJdbc(statement.sql()).chars().filter(c -> c == '?').count())
                    .isEqualTo(statement.values().size());
        }
    }

    private static long parameters(String sql) {
        return Pattern.compile("\\$\\d+").matcher(sql).results().count();
    }

    private static ObjectNode wellFormed(Random random) {
        ObjectNode query = JSON.createObjectNode();
        query.putArray("measures")
                .add(oneOf(random, List.of("orders.revenue", "orders.count", "items.quantity")));
        if (random.nextBoolean()) {
            query.putArray("dimensions")
                    .add(oneOf(random, List.of("orders.status", "customers.country")));
        }
        if (random.nextBoolean()) {
            query.putArray("timeDimensions")
                    .addObject()
                    .put("dimension", "orders.placed_at")
                    .put("granularity", oneOf(random, List.of("day", "fiscal_year", "fortnight")))
                    .put("dateRange", oneOf(random, List.of("last 3 weeks", "2026-01-01")));
        }
        ArrayNode filters = query.putArray("filters");
        for (int i = random.nextInt(4); i > 0; i--) {
            filter(random, filters, 2);
        }
        query.put("timezone", oneOf(random, List.of("UTC", "Asia/Kathmandu")));
        query.put("total", random.nextBoolean());
        return query;
    }

    private static void filter(Random random, ArrayNode into, int depth) {
        if (depth > 0 && random.nextInt(3) == 0) {
            ArrayNode group = into.addObject().putArray(random.nextBoolean() ? "and" : "or");
            for (int i = random.nextInt(3); i > 0; i--) {
                filter(random, group, depth - 1);
            }
            return;
        }
        boolean text = random.nextBoolean();
        ObjectNode filter =
                into.addObject()
                        .put("member", text ? "orders.status" : "orders.amount")
                        .put(
                                "operator",
                                oneOf(
                                        random,
                                        text
                                                ? List.of("equals", "notContains", "endsWith")
                                                : List.of("gt", "lte", "notEquals")));
        ArrayNode values = filter.putArray("values");
        for (int i = random.nextInt(3); i >= 0; i--) {
            values.add(
                    text
                            ? oneOf(random, List.of("zz9'--", "zz9$1", "?zz9", "zz9\\"))
                            : "7654321.5");
        }
    }

    private NormalizedQuery read(String json) {
        return reader.read(JSON.readTree(json));
    }

    @Example
    void whatIsNotSaidHasADefault() {
        NormalizedQuery read = read("{\"measures\":[\"orders.count\"]}");

        assertThat(read.query())
                .isEqualTo(
                        new Query(
                                List.of("orders.count"),
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(),
                                10_000,
                                0,
                                false,
                                false,
                                ZoneId.of("UTC")));
        assertThat(read.format()).isEqualTo(Format.DEFAULT);
        assertThat(read.echo())
                .isEqualTo(
                        Map.of(
                                "measures", List.of("orders.count"),
                                "limit", 10_000,
                                "rowLimit", 10_000,
                                "timezone", "UTC",
                                "filters", List.of(),
                                "dimensions", List.of(),
                                "timeDimensions", List.of()));
    }

    @Example
    void everythingThatIsSaidIsTaken() {
        NormalizedQuery read =
                read(
                        """
                        {"measures":["orders.count"],"dimensions":["orders.status","orders.placed_at.month"],
                         "segments":["orders.paid_only"],"limit":7,"offset":3,"total":true,"ungrouped":true,
                         "timezone":"Europe/Berlin","responseFormat":"columnar","renewQuery":true,
                         "timeDimensions":[{"dimension":"orders.placed_at","granularity":"day","dateRange":["2026-01-01","2026-01-02"]}],
                         "order":[["orders.status","desc"],["orders.count","asc"]],
                         "filters":[{"dimension":"orders.status","operator":"equals","values":["a",null,5,true]},
                                    {"or":[{"member":"orders.count","operator":"gt","values":[1]},{"and":[]}]},
                                    {"and":[{"or":[]}]},
                                    {"member":"orders.status","operator":"set","values":["ignored"]}]}
                        """);
        Query query = read.query();

        assertThat(query.dimensions()).containsExactly("orders.status");
        assertThat(query.segments()).containsExactly("orders.paid_only");
        assertThat(query.limit()).isEqualTo(7);
        assertThat(query.offset()).isEqualTo(3);
        assertThat(query.total()).isTrue();
        assertThat(query.ungrouped()).isTrue();
        assertThat(query.timezone()).isEqualTo(ZoneId.of("Europe/Berlin"));
        assertThat(query.order())
                .containsExactly(
                        new Query.Order("orders.status", true),
                        new Query.Order("orders.count", false));
        assertThat(query.timeDimensions())
                .extracting(Query.TimeDimension::granularity)
                .containsExactly("day", "month");
        assertThat(query.filters())
                .containsExactly(
                        new Query.Condition(
                                "orders.status",
                                Operator.EQUALS,
                                List.of("a", "5", "true"),
                                true,
                                null),
                        new Query.Or(
                                List.of(
                                        new Query.Condition(
                                                "orders.count",
                                                Operator.GT,
                                                List.of("1"),
                                                false,
                                                null))),
                        new Query.Condition(
                                "orders.status", Operator.SET, List.of("ignored"), false, null));
        assertThat(read.format()).isEqualTo(Format.COLUMNAR);
        assertThat(read.echo().get("timeDimensions"))
                .isEqualTo(
                        List.of(
                                Map.of(
                                        "dimension",
                                        "orders.placed_at",
                                        "granularity",
                                        "day",
                                        "dateRange",
                                        List.of(
                                                "2026-01-01T00:00:00.000",
                                                "2026-01-02T23:59:59.999")),
                                Map.of("dimension", "orders.placed_at", "granularity", "month")));
    }

    @Example
    void limitsAreKept() {
        assertThatThrownBy(() -> read("{\"measures\":[\"a.b\"],\"limit\":50001}"))
                .isInstanceOfSatisfying(
                        QueryException.class,
                        e -> assertThat(e.kind()).isEqualTo(QueryException.Kind.LIMIT));
        assertThat(read("{\"measures\":[\"a.b\"],\"rowLimit\":5}").query().limit()).isEqualTo(5);
        assertThatThrownBy(() -> read(manyFilters(1_001)))
                .hasMessageContaining("does not match any of the allowed types");
        assertThat(read(manyFilters(1_000)).query().filters()).hasSize(1_000);
        assertThatThrownBy(() -> read(manyValues(10_001)))
                .hasMessage("The query has more than 10000 filter values");
        assertThat(read(manyValues(10_000)).query().filters()).hasSize(1);
    }

    private static String manyFilters(int count) {
        List<String> filters = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            filters.add("{\"member\":\"a.b\",\"operator\":\"set\"}");
        }
        return "{\"measures\":[\"a.b\"],\"filters\":[" + String.join(",", filters) + "]}";
    }

    private static String manyValues(int count) {
        return "{\"measures\":[\"a.b\"],\"filters\":[{\"member\":\"a.b\",\"operator\":\"equals\",\"values\":["
                + String.join(",", java.util.Collections.nCopies(count, "1"))
                + "]}]}";
    }

    @Example
    void severalQueriesAreOfOneGranularity() {
        String day =
                "{\"measures\":[\"a.b\"],\"timeDimensions\":[{\"dimension\":\"a.t\",\"granularity\":\"day\"}]}";
        String hour = day.replace("day", "hour");

        assertThat(set("[" + day + "," + day + "]").type()).isEqualTo(QuerySet.Type.BLENDING);
        assertThatThrownBy(() -> set("[" + day + "," + hour + "]"))
                .hasMessage("Data blending query granularities must match");
        assertThatThrownBy(() -> set("[]")).hasMessage("A request holds 1 to 20 queries");
        assertThatThrownBy(
                        () ->
                                set(
                                        "["
                                                + String.join(
                                                        ",", java.util.Collections.nCopies(21, day))
                                                + "]"))
                .hasMessage("A request holds 1 to 20 queries");
    }

    @Example
    void rangesThatAreComparedBecomeOneQueryEach() {
        String compared =
                """
                {"measures":["a.b"],"timeDimensions":[{"dimension":"a.t","compareDateRange":[RANGES]}]}
                """;
        QuerySet set =
                set(compared.replace("RANGES", "\"2026-01-01\",[\"2025-01-01\",\"2025-01-31\"]"));

        assertThat(set.type()).isEqualTo(QuerySet.Type.COMPARE_DATE_RANGE);
        assertThat(set.queries())
                .extracting(query -> query.query().timeDimensions().getFirst().range())
                .extracting(range -> range == null ? "" : range.from() + "/" + range.to())
                .containsExactly(
                        "2026-01-01T00:00/2026-01-01T23:59:59.999",
                        "2025-01-01T00:00/2025-01-31T23:59:59.999");
        assertThat(set.pivotQuery().get("dimensions")).isEqualTo(List.of("compareDateRange"));
        assertThatThrownBy(() -> set(compared.replace("RANGES", "")))
                .hasMessageContaining("compareDateRange\" must be an array");
        assertThatThrownBy(
                        () ->
                                set(
                                        compared.replace(
                                                "RANGES",
                                                String.join(
                                                        ",",
                                                        java.util.Collections.nCopies(
                                                                21, "\"2026-01-01\"")))))
                .hasMessage("A request compares at most 20 ranges");
        assertThatThrownBy(
                        () ->
                                set(
                                        """
                                        {"measures":["a.b"],"timeDimensions":[
                                          {"dimension":"a.t","compareDateRange":["today"]},
                                          {"dimension":"a.u","compareDateRange":["today"]}]}
                                        """))
                .hasMessage("compareDateRange can only exist for one timeDimension");
    }

    private QuerySet set(String json) {
        return QuerySet.read(JSON.readTree(json), reader);
    }
}
