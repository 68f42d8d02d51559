package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.query.RunningService.Answer;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.net.http.HttpRequest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The doors over a real port, over a small shop. */
class CubeEndpointTest {

    private static final String COUNT = "{\"measures\":[\"orders.count\"]}";

    private final TestWarehouse warehouse = ShopService.WAREHOUSE;
    private final Shop shop = ShopService.SHOP;
    private final RunningService service = ShopService.running();

    @Test
    void aTokenOfAnotherSecretIsRefused() {
        assertRefused(
                RunningService.token("another secret of at least 32 bytes", Map.of(), soon()));
    }

    @Test
    void anExpiredTokenIsRefused() {
        assertRefused(
                RunningService.token(
                        RunningService.API_SECRET, Map.of(), Instant.now().minusSeconds(5)));
    }

    @Test
    void aTokenWithoutSignatureIsRefused() {
        // {"alg":"none"} . {"sub":"me"}
        assertRefused("eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9.");
    }

    @Test
    void anOperatorsTokenIsGoodFromReaderUpwards() {
        assertThat(countWith(operator("reader")).status()).isEqualTo(200);
        assertRefused(operator("nobody"));
    }

    @Test
    void browsersAnywhereMayAskFirst() {
        Answer answer =
                service.send(
                        service.request("/cubejs-api/v1/load")
                                .header("Origin", "https://dashboard.example")
                                .header("Access-Control-Request-Method", "POST")
                                .header(
                                        "Access-Control-Request-Headers",
                                        "authorization,content-type,x-request-id")
                                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                                .build());

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.response().headers().firstValue("Access-Control-Allow-Origin"))
                .hasValue("*");
    }

    @Test
    void aPageElsewhereMayReadTheAnswer() {
        Answer answer =
                service.send(
                        service.request("/cubejs-api/v1/meta")
                                .header("Origin", "https://dashboard.example")
                                .header("Authorization", RunningService.token())
                                .build());

        assertThat(answer.response().headers().firstValue("Access-Control-Allow-Origin"))
                .hasValue("*");
    }

    @Test
    void theRequestsIdComesBack() {
        Answer answer =
                service.send(
                        service.request(
                                        "/cubejs-api/v1/load?query="
                                                + RunningService.encoded(COUNT))
                                .header("Authorization", RunningService.token())
                                .header("x-request-id", "abc-span-1")
                                .build());

        assertThat(answer.body().path("requestId").asString()).isEqualTo("abc-span-1");
    }

    @Test
    void rowsComeAsArraysWhenAskedFor() {
        Answer answer =
                service.load(
                        """
                        {"measures":["orders.count"],"dimensions":["orders.status"],
                         "order":{"orders.status":"asc"},"limit":2,"responseFormat":"compact"}
                        """);

        assertThat(answer.data().path("members").toString())
                .isEqualTo("[\"orders.status\",\"orders.count\"]");
        assertThat(answer.data().path("dataset").size()).isEqualTo(2);
        assertThat(answer.data().path("dataset").path(0).path(0).asString()).isEqualTo("100%_off");
    }

    @Test
    void rowsComeAsColumnsWhenAskedFor() {
        Answer answer =
                service.load(
                        """
                        {"measures":["orders.count"],"dimensions":["orders.status"],
                         "order":{"orders.status":"asc"},"limit":2,"responseFormat":"columnar"}
                        """);

        assertThat(answer.data().path("columns").path(0).toString())
                .isEqualTo("[\"100%_off\",\"open\"]");
        assertThat(answer.data().path("columns").path(1).size()).isEqualTo(2);
    }

    @Test
    void theTotalCountsWhatTheLimitCutsOff() {
        Answer answer =
                service.load(
                        """
                        {"dimensions":["orders.id"],"limit":5,"offset":50,"total":true,
                         "filters":[{"member":"orders.id","operator":"lte","values":["58"]}],
                         "measures":["orders.count"]}
                        """
                                .replace("orders.id\"]", "orders.size\"]"));

        assertThat(answer.body().path("total").asInt()).isEqualTo(3);
        assertThat(answer.data().size()).isZero();
    }

    @Test
    void severalQueriesAreBlendedOverTime() {
        Answer answer =
                service.multi(
                        """
                        [{"measures":["orders.count"],"timeDimensions":[{"dimension":"orders.placed_at","granularity":"month"}]},
                         {"measures":["orders.paid"],"timeDimensions":[{"dimension":"orders.placed_at","granularity":"month"}]}]
                        """);

        assertThat(answer.body().path("queryType").asString()).isEqualTo("blendingQuery");
        assertThat(answer.body().path("results").size()).isEqualTo(2);
        JsonNode row = answer.body().path("results").path(1).path("data").path(0);
        assertThat(row.path("time.month")).isEqualTo(row.path("orders.placed_at.month"));
        assertThat(answer.body().path("pivotQuery").path("measures").toString())
                .isEqualTo("[\"orders.count\",\"orders.paid\"]");
    }

    @Test
    void anOldClientIsToldThatItCannotCompare() {
        Answer answer =
                service.load(
                        """
                        {"measures":["orders.count"],"timeDimensions":[{"dimension":"orders.placed_at",
                         "compareDateRange":["this month","last month"]}]}
                        """);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).contains("not supported by the client");
    }

    @Test
    void aViewAnswersUnderItsOwnNames() {
        Answer answer =
                service.load(
                        """
                        {"measures":["sales.quantity","sales.orders_revenue"],"dimensions":["sales.land"],
                         "order":[["sales.land","asc"]]}
                        """);
        Answer asCubes =
                service.load(
                        """
                        {"measures":["items.quantity","orders.revenue"],"dimensions":["customers.country"],
                         "order":[["customers.country","asc"]]}
                        """);

        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        assertThat(answer.data().toString())
                .isEqualTo(
                        asCubes.data()
                                .toString()
                                .replace("items.quantity", "sales.quantity")
                                .replace("orders.revenue", "sales.orders_revenue")
                                .replace("customers.country", "sales.land"));
        assertThat(
                        answer.body()
                                .path("annotation")
                                .path("dimensions")
                                .path("sales.land")
                                .path("title")
                                .asString())
                .isEqualTo("Sales Land");
    }

    @Test
    void theCatalogueShowsViewsAndHierarchiesAndHidesWhatIsGuarded() {
        JsonNode cubes = service.get("/cubejs-api/v1/meta").body().path("cubes");

        assertThat(cubes.findValuesAsString("name")).doesNotContain("secrets", "secrets.count");
        JsonNode orders = named(cubes, "orders");
        assertThat(orders.path("hierarchies").path(0).path("levels").toString())
                .isEqualTo("[\"orders.size\",\"orders.status\"]");
        assertThat(orders.findValuesAsString("name")).contains("fiscal_year");
        JsonNode sales = named(cubes, "sales");
        assertThat(sales.path("type").asString()).isEqualTo("view");
        assertThat(named(sales.path("dimensions"), "sales.land").path("aliasMember").asString())
                .isEqualTo("customers.country");
        assertThat(sales.path("folders").path(0).path("members").toString())
                .isEqualTo("[\"sales.quantity\",\"sales.land\"]");
        JsonNode views = service.get("/cubejs-api/v1/meta?onlyViews=true").body().path("cubes");
        assertThat(views.size()).isEqualTo(1);
    }

    private static JsonNode named(JsonNode list, String name) {
        return list.valueStream()
                .filter(item -> item.path("name").asString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aGuardedCubeIsNeverServedOpen() {
        Answer answer = service.load("{\"measures\":[\"secrets.count\"]}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).contains("You requested hidden member: 'secrets__count'");
        assertThat(service.get("/cubejs-api/v1/meta").body().toString()).doesNotContain("secrets");
    }

    @Test
    void aTableThatIsNotThereIsTheModelsFault() {
        Answer answer = service.load("{\"measures\":[\"absent.count\"]}");

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.error()).contains("\"shop.not_landed_yet\" does not exist");
    }

    @Test
    void aSlowQueryIsPromisedAndThenDelivered() {
        String query = "{\"dimensions\":[\"slow.slept\"],\"measures\":[\"slow.count\"]}";
        Answer first = service.load(query);
        Answer last = first;
        for (int polls = 0; polls < 10 && last.error().equals("Continue wait"); polls++) {
            last = service.load(query);
        }

        assertThat(first.status()).isEqualTo(200);
        assertThat(first.error()).isEqualTo("Continue wait");
        assertThat(last.data().path(0).path("slow.count").asString()).isEqualTo("1");
    }

    @Test
    void aHiddenPrimaryKeyIsNotShown() {
        Answer answer = service.load("{\"dimensions\":[\"orders.id\"]}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).startsWith("You requested hidden member: 'orders__id'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"measures":"orders.count"}                                            | "measures" must be an array
                    {"measures":["orders"]}                                                | "measures[0]" does not match any of the allowed types
                    {"measures":["orders.status"]}                                         | 'status' not found for path 'orders.status'
                    {"dimensions":["orders.count"]}                                        | 'count' not found for path 'orders.count'
                    {"measures":["orders.count"],"limit":1.5}                              | "limit" must be an integer
                    {"measures":["orders.count"],"offset":-1}                              | "offset" must be larger than or equal to 0
                    {"measures":["orders.count"],"timezone":"Mars/Base"}                   | "timezone" 'Mars/Base' is not known
                    {"measures":["orders.count"],"timezone":5}                             | "timezone" must be a string
                    {"measures":["orders.count"],"order":{"orders.count":"up"}}            | "order" does not match any of the allowed types
                    {"measures":["orders.count"],"ungrouped":"yes"}                        | "ungrouped" must be a boolean
                    {"measures":["orders.count"],"responseFormat":"xml"}                   | "responseFormat" must be one of
                    {"measures":["orders.count"],"timeDimensions":[{"granularity":"day"}]} | "timeDimensions[0].dimension" is required
                    {"measures":["orders.count"],"timeDimensions":[{"dimension":"orders.status","granularity":"day"}]} | is a dimension of type string
                    {"measures":["orders.count"],"timeDimensions":[{"dimension":"orders.placed_at","granularity":"decade"}]} | Granularity "decade" does not exist
                    {"measures":["orders.count"],"timeDimensions":[{"dimension":"orders.placed_at","dateRange":"whenever"}]} | Can't parse date: 'whenever'
                    {"measures":["orders.count"],"filters":[{"member":"orders.status","operator":"equals"}]} | Values required for filter
                    {"measures":["orders.count"],"filters":[{"member":"orders.amount","operator":"gt","values":["much"]}]} | which is none
                    {"measures":["orders.count"],"filters":[{"or":[{"member":"orders.count","operator":"gt","values":["1"]},{"member":"orders.status","operator":"set"}]}]} | You cannot use dimension and measure in same condition
                    {"measures":["orders.count"],"segments":["orders.no"]}                 | 'no' not found for path 'orders.no'
                    {"dimensions":["orders.size"],"ungrouped":true}                        | Ungrouped query requires primary keys to be present in dimensions: 'orders.id'
                    {"measures":["orders.count","slow.count"]}                             | Can't find join path to join 'orders', 'slow'
                    [{"measures":["orders.count"]}]                                        | Data blending query without granularity is not supported
                    [1,2                                                                   | Unable to decode query param as JSON
                    """)
    void whatCannotBeAnsweredIsExplained(String query, String error) {
        Answer answer = service.load(query);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).contains(error);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cubesql", "pre-aggregations/jobs", "graphql"})
    void doorsThatAreNotOfferedSaySo(String door) {
        Answer answer = service.post("/cubejs-api/v1/" + door, "{}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).contains("is not offered");
    }

    @Test
    void aBodyThatIsTooLargeIsRefused() {
        Answer answer =
                service.post("/cubejs-api/v1/load", "{\"query\":\"" + " ".repeat(1 << 20) + "\"}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).contains("larger than 1 MiB");
    }

    @Test
    void measuresOfRowsThatAJoinRepeatsCountOnce() {
        String total = text(service.load("{\"measures\":[\"orders.revenue\"]}"), "orders.revenue");
        Answer joined =
                service.load(
                        "{\"measures\":[\"orders.revenue\",\"customers.count\",\"orders.per_customer\"],\"dimensions\":[]}");

        assertThat(text(joined, "orders.revenue")).isEqualTo(total);
    }

    /** In each place of a query where text can stand. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "x'; DROP TABLE shop.orders; --",
                "x\"; DROP TABLE shop.orders; --",
                "$1",
                "?",
                "\\",
                "' OR '1'='1",
                "orders.count) FROM shop.orders; DROP TABLE shop.orders; --",
                "{CUBE}",
                "%",
                "$$; DROP TABLE shop.orders; $$"
            })
    void whatACallerWritesIsNeverSql(String evil) throws SQLException {
        String text = tools.jackson.databind.json.JsonMapper.shared().writeValueAsString(evil);
        List<String> queries =
                List.of(
                        "{\"measures\":[%s]}",
                        "{\"dimensions\":[%s]}",
                        "{\"measures\":[\"orders.count\"],\"segments\":[%s]}",
                        "{\"measures\":[\"orders.count\"],\"order\":{%s:\"asc\"}}",
                        "{\"measures\":[\"orders.count\"],\"order\":[[\"orders.count\",%s]]}",
                        "{\"measures\":[\"orders.count\"],\"timezone\":%s}",
                        "{\"measures\":[\"orders.count\"],\"responseFormat\":%s}",
                        "{\"measures\":[\"orders.count\"],\"limit\":%s}",
                        "{\"measures\":[\"orders.count\"],\"filters\":[{\"member\":%s,\"operator\":\"set\"}]}",
                        "{\"measures\":[\"orders.count\"],\"filters\":[{\"member\":\"orders.status\",\"operator\":%s}]}",
                        "{\"measures\":[\"orders.count\"],\"timeDimensions\":[{\"dimension\":%s,\"granularity\":\"day\"}]}",
                        "{\"measures\":[\"orders.count\"],\"timeDimensions\":[{\"dimension\":\"orders.placed_at\",\"granularity\":%s}]}",
                        "{\"measures\":[\"orders.count\"],\"timeDimensions\":[{\"dimension\":\"orders.placed_at\",\"dateRange\":%s}]}",
                        "{\"measures\":[\"orders.count\"],\"timeDimensions\":[{\"dimension\":\"orders.placed_at\",\"dateRange\":[%s,%s]}]}",
                        "{\"measures\":[\"orders.count\"],\"filters\":[{\"member\":\"orders.amount\",\"operator\":\"gt\",\"values\":[%s]}]}",
                        "{\"measures\":[\"orders.count\"],\"filters\":[{\"member\":\"orders.placed_at\",\"operator\":\"inDateRange\",\"values\":[%s]}]}");
        for (String template : queries) {
            Answer answer = service.load(template.replace("%s", text));
            assertThat(answer.status()).as(template + answer.body()).isBetween(400, 500);
        }
        for (String operator : List.of("equals", "contains", "startsWith", "endsWith")) {
            Answer answer =
                    service.load(
                            "{\"measures\":[\"orders.count\"],\"filters\":[{\"member\":\"orders.status\",\"operator\":\"%s\",\"values\":[%s]}]}"
                                    .formatted(operator, text));
            assertThat(text(answer, "orders.count"))
                    .as(operator)
                    .isEqualTo(evil.equals("%") && operator.equals("contains") ? off() : "0");
        }
        try (Connection connection = warehouse.connection(Role.READER);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM shop.orders")) {
            rows.next();
            assertThat(rows.getInt(1)).isEqualTo(shop.orders.size());
        }
    }

    private String off() {
        return String.valueOf(
                shop.orders.stream().filter(o -> "100%_off".equals(o.status())).count());
    }

    @Test
    void theWarehouseIsReadAndNothingElse() throws Exception {
        try (Warehouse.Turn turn = service.bean(Warehouse.class).turn();
                Statement statement = turn.connection().createStatement()) {
            assertThat(
                            org.assertj.core.api.Assertions.catchThrowableOfType(
                                            SQLException.class,
                                            () -> statement.execute("CREATE TEMP TABLE x (i int)"))
                                    .getSQLState())
                    .isIn("25006", "42501");
        }
    }

    private static Instant soon() {
        return Instant.now().plusSeconds(60);
    }

    private static String operator(String role) {
        return RunningService.token(
                RunningService.OPERATOR_SECRET,
                Map.of("sub", "eve", "roles", List.of(role)),
                soon());
    }

    private Answer countWith(String token) {
        return service.send(
                service.request("/cubejs-api/v1/load?query=" + RunningService.encoded(COUNT))
                        .header("Authorization", token)
                        .build());
    }

    private void assertRefused(String token) {
        Answer answer = countWith(token);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.error()).isEqualTo("Invalid token");
    }

    private static String text(Answer answer, String key) {
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer.data().path(0).path(key).asString();
    }
}
