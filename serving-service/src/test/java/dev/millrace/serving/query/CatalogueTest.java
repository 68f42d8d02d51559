package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.serving.semantic.SemanticModel;
import dev.millrace.serving.semantic.Viewer;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.List;

/** What the catalogue tells of a model, member by member. */
class CatalogueTest {

    private static final String MODEL =
            """
            cubes:
              - name: line_items
                sql_table: shop.items
                title: Lines
                description: What was ordered
                meta: {team: sales, levels: [1, 2]}
                joins:
                  - {name: orders, relationship: many_to_one, sql: "{CUBE}.order_id = {orders}.id"}
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true}
                  - {name: product_name, sql: product, type: string, description: Its name, meta: {pii: false}, format: link, suggest_filter_values: false}
                  - {name: hidden, sql: hidden, type: string, public: false}
                  - name: shipped_at
                    sql: shipped_at
                    type: time
                    title: Sent
                    granularities:
                      - {name: fiscal_year, interval: 1 year, offset: 3 months, title: FY}
                      - {name: fortnight, interval: 2 weeks, origin: "2026-01-05"}
                  - {name: place, type: geo, latitude: {sql: lat}, longitude: {sql: lon}}
                measures:
                  - {name: count, type: count, drill_members: [id, product_name, quantity, orders.count]}
                  - {name: quantity, sql: quantity, type: sum, format: percent, title: How many}
                  - {name: price, sql: price, type: avg, format: currency, currency: EUR}
                  - {name: products, sql: product, type: count_distinct_approx}
                  - {name: label, type: string, sql: "max({CUBE}.product)"}
                  - {name: last, type: time, sql: "max({CUBE}.shipped_at)"}
                  - {name: any, type: boolean, sql: "{count} > 0"}
                  - {name: secret, sql: cost, type: sum, public: false}
                segments:
                  - {name: cheap, sql: "{CUBE}.price < 10", description: Under ten}
                  - {name: internal, sql: "true", public: false}
                hierarchies:
                  - {name: by_product, title: Products, levels: [product_name]}
                  - {name: inner, levels: [product_name], public: false}
              - name: orders
                sql_table: shop.orders
                dimensions: [{name: id, sql: id, type: number, primary_key: true, public: true}]
                measures: [{name: count, type: count}]
              - name: alone
                sql_table: shop.alone
                public: false
                measures: [{name: count, type: count}]
              - name: apart
                sql_table: shop.apart
                measures: [{name: count, type: count}]
            views:
              - name: overview
                title: All in one
                public: true
                cubes:
                  - join_path: line_items
                    includes:
                      - count
                      - {name: product_name, alias: product, title: Product, description: Over it, meta: {own: true}, format: imageUrl}
                      - cheap
                  - {join_path: line_items.orders, prefix: true, includes: "*"}
                folders:
                  - {name: Main, includes: [count, product]}
              - name: drafts
                public: false
                cubes: [{join_path: apart, includes: "*"}]
            """;

    private final JsonNode catalogue =
            JsonMapper.shared()
                    .valueToTree(
                            new Annotations(Shop.compiler(MODEL).model())
                                    .catalogue(Viewer.PLATFORM));

    private JsonNode entry(String name) {
        return named(catalogue, name);
    }

    private static JsonNode named(JsonNode list, String name) {
        return list.valueStream()
                .filter(item -> item.path("name").asString().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " in " + list));
    }

    private static List<String> names(JsonNode list) {
        return list.valueStream().map(item -> item.path("name").asString()).toList();
    }

    private static void assertJson(JsonNode actual, String expected) {
        assertThat(actual).isEqualTo(JsonMapper.shared().readTree(expected));
    }

    @Test
    void theExtendedCatalogueTellsWhatTheFilesSay() {
        SemanticModel model = Shop.compiler(Shop.MODEL).model();

        JsonNode extended =
                Bench.JSON.valueToTree(
                        new ExtendedCatalogue(model)
                                .of(new Annotations(model).catalogue(Viewer.PLATFORM)));

        JsonNode orders =
                extended.valueStream()
                        .filter(cube -> cube.path("name").asString().equals("orders"))
                        .findFirst()
                        .orElseThrow();
        assertThat(orders.path("sqlTable").asString()).isEqualTo("shop.orders");
        assertThat(orders.path("fileName").asString()).isEqualTo("model/cubes/a.yml");
        JsonNode join = orders.path("joins").path(0);
        assertThat(join.path("name").asString()).isEqualTo("customers");
        assertThat(join.path("relationship").asString()).isEqualTo("manyToOne");
        assertThat(join.path("sql").asString()).isEqualTo("{CUBE}.customer_id = {customers.id}");
        assertThat(orders.path("measures").findValuesAsString("sql")).contains("amount");
    }

    @Test
    void whatIsNotPublicIsLeftOut() {
        assertThat(names(catalogue)).containsExactly("line_items", "orders", "apart", "overview");
        JsonNode lines = entry("line_items");
        assertThat(names(lines.path("dimensions")))
                .containsExactly(
                        "line_items.product_name", "line_items.shipped_at", "line_items.place");
        assertThat(names(lines.path("measures"))).doesNotContain("line_items.secret").hasSize(7);
        assertThat(names(lines.path("segments"))).containsExactly("line_items.cheap");
        assertThat(names(lines.path("hierarchies"))).containsExactly("line_items.by_product");
        assertThat(names(entry("orders").path("dimensions"))).containsExactly("orders.id");
    }

    @Test
    void aCubeTellsOfItself() {
        JsonNode lines = entry("line_items");

        assertThat(lines.path("type").asString()).isEqualTo("cube");
        assertThat(lines.path("title").asString()).isEqualTo("Lines");
        assertThat(lines.path("description").asString()).isEqualTo("What was ordered");
        assertJson(lines.path("meta"), "{\"team\":\"sales\",\"levels\":[1,2]}");
        assertThat(lines.path("isVisible").asBoolean()).isTrue();
        assertThat(entry("orders").path("title").asString()).isEqualTo("Orders");
        assertThat(entry("orders").has("description")).isFalse();
    }

    @Test
    void cubesThatJoinsConnectHaveOneNumber() {
        int lines = entry("line_items").path("connectedComponent").asInt();

        assertThat(lines).isPositive();
        assertThat(entry("orders").path("connectedComponent").asInt()).isEqualTo(lines);
        assertThat(entry("apart").path("connectedComponent").asInt()).isNotEqualTo(lines);
    }

    @Test
    void aDimensionTellsHowItIsShownAndCut() {
        JsonNode dimensions = entry("line_items").path("dimensions");

        assertJson(
                named(dimensions, "line_items.product_name"),
                """
                {"name":"line_items.product_name","title":"Lines Product Name","shortTitle":"Product Name",
                 "description":"Its name","meta":{"pii":false},"isVisible":true,"public":true,"type":"string",
                 "format":"link","suggestFilterValues":false,"primaryKey":false}
                """);
        assertJson(
                named(dimensions, "line_items.shipped_at"),
                """
                {"name":"line_items.shipped_at","title":"Lines Sent","shortTitle":"Sent","isVisible":true,
                 "public":true,"type":"time","suggestFilterValues":true,"primaryKey":false,
                 "granularities":[{"name":"fiscal_year","title":"FY","interval":"1 year","offset":"3 months"},
                                  {"name":"fortnight","title":"Fortnight","interval":"2 weeks","origin":"2026-01-05"}]}
                """);
        assertThat(named(dimensions, "line_items.place").path("type").asString()).isEqualTo("geo");
    }

    @Test
    void aMeasureTellsWhatItIsAndWhatIsBehindIt() {
        JsonNode measures = entry("line_items").path("measures");

        assertJson(
                named(measures, "line_items.count"),
                """
                {"name":"line_items.count","title":"Lines Count","shortTitle":"Count","isVisible":true,
                 "public":true,"cumulativeTotal":false,"cumulative":false,"type":"number","aggType":"count",
                 "drillMembers":["line_items.id","line_items.product_name","line_items.quantity","orders.count"],
                 "drillMembersGrouped":{"measures":["line_items.quantity","orders.count"],
                                        "dimensions":["line_items.id","line_items.product_name"]}}
                """);
        assertThat(named(measures, "line_items.price").path("currency").asString())
                .isEqualTo("EUR");
        assertThat(named(measures, "line_items.quantity").path("format").asString())
                .isEqualTo("percent");
        assertThat(named(measures, "line_items.products").path("aggType").asString())
                .isEqualTo("countDistinctApprox");
        assertThat(
                        measures.valueStream()
                                .map(
                                        m ->
                                                m.path("name").asString()
                                                        + ":"
                                                        + m.path("type").asString())
                                .filter(m -> !m.endsWith(":number"))
                                .toList())
                .containsExactly(
                        "line_items.label:string",
                        "line_items.last:time",
                        "line_items.any:boolean");
    }

    @Test
    void aViewHasItsOwnNamesAndTellsWhoseMembersTheyAre() {
        JsonNode view = entry("overview");

        assertThat(view.path("type").asString()).isEqualTo("view");
        assertThat(names(view.path("measures")))
                .containsExactly("overview.count", "overview.orders_count");
        assertJson(
                named(view.path("dimensions"), "overview.product"),
                """
                {"name":"overview.product","title":"All in one Product","shortTitle":"Product",
                 "description":"Over it","meta":{"own":true},"isVisible":true,"public":true,"type":"string",
                 "format":"imageUrl","suggestFilterValues":false,"primaryKey":false,
                 "aliasMember":"line_items.product_name"}
                """);
        assertThat(names(view.path("segments"))).containsExactly("overview.cheap");
        assertJson(
                view.path("folders"),
                "[{\"name\":\"Main\",\"members\":[\"overview.count\",\"overview.product\"]}]");
        assertThat(view.path("nestedFolders")).isEqualTo(view.path("folders"));
        assertThat(view.has("connectedComponent")).isFalse();
    }

    @Test
    void resultsCarryWhatHelpsToShowThemAndNoMore() {
        SemanticModel model = Shop.compiler(MODEL).model();
        Annotations annotations = new Annotations(model);

        assertJson(
                JsonMapper.shared()
                        .valueToTree(annotations.annotation(model.member("line_items.price"))),
                """
                {"title":"Lines Price","shortTitle":"Price","type":"number","format":"currency",
                 "currency":"EUR","drillMembers":[],"drillMembersGrouped":{"measures":[],"dimensions":[]}}
                """);
        assertJson(
                JsonMapper.shared()
                        .valueToTree(annotations.annotation(model.member("line_items.cheap"))),
                """
                {"title":"Lines Cheap","shortTitle":"Cheap","description":"Under ten"}
                """);
    }
}
