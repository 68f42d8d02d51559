package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.serving.query.RunningService.Answer;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.List;

/** What is told of queries without running them: the dry run, and the SQL. */
class DryRunTest {

    private static final RunningService SERVICE = ShopService.running();

    private static JsonNode dryRun(String query) {
        Answer answer = SERVICE.post("/cubejs-api/v1/dry-run", "{\"query\":%s}".formatted(query));
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer.body();
    }

    private static void assertJson(JsonNode actual, String expected) {
        assertThat(actual).isEqualTo(JsonMapper.shared().readTree(expected));
    }

    @Test
    void aQueryIsEchoedWithItsDefaults() {
        JsonNode body =
                dryRun(
                        """
                        {"measures":["orders.revenue"],"dimensions":["orders.status"],
                         "timeDimensions":[{"dimension":"orders.placed_at","granularity":"month","dateRange":"2026-01-01"}],
                         "filters":[{"member":"orders.amount","operator":"gt","values":[1]}],"order":{"orders.revenue":"desc"}}
                        """);

        assertThat(body.path("queryType").asString()).isEqualTo("regularQuery");
        assertJson(
                body.path("normalizedQueries").path(0),
                """
                {"measures":["orders.revenue"],"dimensions":["orders.status"],
                 "timeDimensions":[{"dimension":"orders.placed_at","granularity":"month",
                   "dateRange":["2026-01-01T00:00:00.000","2026-01-01T23:59:59.999"]}],
                 "filters":[{"member":"orders.amount","operator":"gt","values":["1"]}],
                 "order":[{"id":"orders.revenue","desc":true}],"limit":10000,"rowLimit":10000,
                 "timezone":"UTC","queryType":"regularQuery"}
                """);
        assertJson(body.path("queryOrder"), "[{\"orders.revenue\":\"desc\"}]");
        assertThat(body.path("pivotQuery")).isEqualTo(body.path("normalizedQueries").path(0));
    }

    @Test
    void whatARollupWouldNeedIsTold() {
        JsonNode told =
                dryRun(
                                """
                                {"measures":["orders.paid_share","orders.count"],"dimensions":["orders.status","orders.size"],
                                 "timeDimensions":[{"dimension":"orders.placed_at","granularity":"day"}],
                                 "filters":[{"or":[{"member":"orders.status","operator":"set"},{"member":"orders.size","operator":"set"}]}]}
                                """)
                        .path("transformedQueries")
                        .path(0);

        assertJson(told.path("sortedDimensions"), "[\"orders.size\",\"orders.status\"]");
        assertJson(told.path("timeDimensions"), "[[\"orders.placed_at\",\"day\"]]");
        assertJson(
                told.path("leafMeasures"),
                "[\"orders.paid_revenue\",\"orders.revenue\",\"orders.count\"]");
        assertThat(told.path("leafMeasureAdditive").asBoolean()).isTrue();
        assertThat(told.path("isAdditive").asBoolean()).as("a share is not").isFalse();
        assertThat(told.path("hasMultipliedMeasures").asBoolean()).isFalse();
        assertThat(told.path("allFiltersWithinSelectedDimensions").asBoolean()).isTrue();
        assertJson(
                told.path("measureToLeafMeasures").path("orders.paid_share"),
                """
                [{"measure":"orders.paid_revenue","additive":true,"type":"sum"},
                 {"measure":"orders.revenue","additive":true,"type":"sum"}]
                """);
        assertJson(
                told.path("granularityHierarchies").path("quarter"),
                "[\"quarter\",\"month\",\"day\",\"hour\",\"minute\",\"second\"]");
    }

    @Test
    void whatCannotBeAddedUpIsTold() {
        JsonNode told =
                dryRun(
                                """
                                {"measures":["orders.statuses","orders.average","customers.credit"],
                                 "timeDimensions":[{"dimension":"orders.placed_at","dateRange":"today"}],
                                 "filters":[{"member":"orders.size","operator":"set"}]}
                                """)
                        .path("transformedQueries")
                        .path(0);

        assertThat(told.path("leafMeasureAdditive").asBoolean()).isFalse();
        assertThat(told.path("hasMultipliedMeasures").asBoolean()).isTrue();
        assertThat(told.path("hasNoTimeDimensionsWithoutGranularity").asBoolean()).isFalse();
        assertThat(told.path("allFiltersWithinSelectedDimensions").asBoolean()).isFalse();
    }

    @Test
    void severalQueriesAreToldOneByOne() {
        JsonNode compared =
                dryRun(
                        """
                        {"measures":["orders.count"],"timeDimensions":[{"dimension":"orders.placed_at",
                         "compareDateRange":["2026-01-01",["2025-01-01","2025-01-02"]]}]}
                        """);
        JsonNode blended =
                dryRun(
                        """
                        [{"measures":["orders.count"],"dimensions":["orders.status"],"timeDimensions":[{"dimension":"orders.placed_at","granularity":"day"}]},
                         {"measures":["orders.count","orders.revenue"],"timeDimensions":[{"dimension":"orders.placed_at","granularity":"day"}]}]
                        """);

        assertThat(compared.path("queryType").asString()).isEqualTo("compareDateRangeQuery");
        assertThat(compared.path("normalizedQueries").size()).isEqualTo(2);
        assertThat(compared.path("transformedQueries").size()).isEqualTo(2);
        assertJson(compared.path("pivotQuery").path("dimensions"), "[\"compareDateRange\"]");
        assertThat(blended.path("queryType").asString()).isEqualTo("blendingQuery");
        assertJson(
                blended.path("pivotQuery"),
                """
                {"measures":["orders.count","orders.revenue"],"dimensions":["orders.status"],
                 "timeDimensions":[{"dimension":"time","granularity":"day"}],"queryType":"blendingQuery"}
                """);
    }

    @Test
    void theSqlComesWithItsValuesAndNames() {
        Answer answer =
                SERVICE.post(
                        "/cubejs-api/v1/sql",
                        """
                        {"query":{"measures":["orders.count"],"timezone":"Europe/Berlin",
                          "timeDimensions":[{"dimension":"orders.placed_at","granularity":"month"}],
                          "filters":[{"member":"orders.status","operator":"equals","values":["it's"]}]}}
                        """);
        JsonNode sql = answer.body().path("sql");

        assertThat(sql.path("sql").path(0).asString())
                .contains("$1")
                .contains("$2")
                .doesNotContain("it's")
                .doesNotContain("Berlin");
        assertJson(sql.path("sql").path(1), "[\"Europe/Berlin\",\"it's\"]");
        assertJson(
                sql.path("aliasNameToMember"),
                """
                {"orders__placed_at_month":"orders.placed_at.month","orders__count":"orders.count"}
                """);
        assertThat(sql.path("timeDimensionAlias").asString()).isEqualTo("orders__placed_at_month");
        assertThat(sql.path("timeDimensionField").asString()).isEqualTo("orders.placed_at");
        assertJson(sql.path("memberNames"), "[\"orders.placed_at\",\"orders.count\"]");
        assertJson(sql.path("order"), "{\"orders.placed_at\":\"asc\"}");
    }

    @Test
    void theSqlOfSeveralQueriesIsAList() {
        JsonNode all =
                SERVICE.post(
                                "/cubejs-api/v1/sql",
                                """
                                {"query":{"measures":["orders.count"],"timeDimensions":[{"dimension":"orders.placed_at",
                                  "compareDateRange":["2026-01-01","2025-01-01"]}]}}
                                """)
                        .body();

        assertThat(all.size()).isEqualTo(2);
        assertThat(all.path(0).path("sql").path("sql").path(1))
                .isNotEqualTo(all.path(1).path("sql").path("sql").path(1));
    }

    @Test
    void sqlForSqlIsNotOffered() {
        Answer byPost =
                SERVICE.post(
                        "/cubejs-api/v1/sql",
                        "{\"format\":\"sql\",\"query\":{\"measures\":[\"orders.count\"]}}");
        Answer byGet =
                SERVICE.get(
                        "/cubejs-api/v1/sql?format=sql&query="
                                + RunningService.encoded("{\"measures\":[\"orders.count\"]}"));

        for (Answer answer : List.of(byPost, byGet)) {
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.error()).contains("format=sql is not offered");
        }
    }

    @Test
    void hiddenMembersMayStandInSqlButNotInAnswers() {
        String query = "{\"query\":{\"dimensions\":[\"orders.id\"]}}";

        assertThat(SERVICE.post("/cubejs-api/v1/sql", query).status()).isEqualTo(200);
        assertThat(SERVICE.post("/cubejs-api/v1/load", query).error())
                .startsWith("You requested hidden member");
    }
}
