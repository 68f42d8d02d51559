package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.serving.query.RunningService.Answer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What stands around the rows of an answer. */
class AnswersTest {

    private static final RunningService SERVICE = ShopService.running();
    private static final String BY_STATUS =
            "{\"measures\":[\"orders.count\"],\"dimensions\":[\"orders.status\"],\"order\":{\"orders.status\":\"asc\"}%s}";

    @Test
    void oneResultStandsAloneAndKnowsWhereItComesFrom() {
        Instant before = Instant.now();
        JsonNode body = SERVICE.load(BY_STATUS.formatted("")).body();

        assertThat(body.propertyNames())
                .containsExactly(
                        "query",
                        "lastRefreshTime",
                        "refreshKeyValues",
                        "usedPreAggregations",
                        "transformedQuery",
                        "requestId",
                        "annotation",
                        "dataSource",
                        "dbType",
                        "extDbType",
                        "external",
                        "slowQuery",
                        "total",
                        "data");
        assertThat(Instant.parse(body.path("lastRefreshTime").asString()))
                .isBetween(before.minusMillis(1), Instant.now().plusMillis(1));
        assertThat(body.path("dbType").asString()).isEqualTo("postgres");
        assertThat(body.path("total").isNull()).isTrue();
        assertThat(body.path("data").size()).isEqualTo(5);
    }

    @Test
    void whoKnowsSeveralResultsGetsOneInAListToo() {
        JsonNode body = SERVICE.multi(BY_STATUS.formatted("")).body();

        assertThat(body.propertyNames())
                .containsExactly("queryType", "results", "pivotQuery", "slowQuery");
        assertThat(body.path("queryType").asString()).isEqualTo("regularQuery");
        assertThat(body.path("results").size()).isEqualTo(1);
        assertThat(body.path("results").path(0).path("data"))
                .isEqualTo(SERVICE.load(BY_STATUS.formatted("")).data());
        assertThat(body.path("results").path(0).path("query")).isEqualTo(body.path("pivotQuery"));
    }

    @Test
    void membersAreAnnotatedByTheirKeys() {
        JsonNode annotation =
                SERVICE.load(
                                """
                                {"measures":["orders.revenue"],"dimensions":["orders.status"],"segments":["orders.paid_only"],
                                 "timeDimensions":[{"dimension":"orders.placed_at","granularity":"fiscal_year"}]}
                                """)
                        .body()
                        .path("annotation");

        assertThat(annotation.path("measures").propertyNames()).containsExactly("orders.revenue");
        assertThat(annotation.path("dimensions").propertyNames()).containsExactly("orders.status");
        assertThat(annotation.path("segments").propertyNames()).containsExactly("orders.paid_only");
        assertThat(annotation.path("timeDimensions").propertyNames())
                .containsExactly("orders.placed_at.fiscal_year", "orders.placed_at");
        assertThat(
                        annotation
                                .path("timeDimensions")
                                .path("orders.placed_at.fiscal_year")
                                .path("granularity"))
                .isEqualTo(
                        JsonMapper.shared()
                                .readTree(
                                        "{\"name\":\"fiscal_year\",\"title\":\"Fiscal"
                                                + " Year\",\"interval\":\"1 year\",\"offset\":\"3"
                                                + " months\"}"));
        assertThat(annotation.path("measures").path("orders.revenue").path("format").asString())
                .isEqualTo("currency");
    }

    @Test
    void comparedRangesAreResultsOfTheirOwn() {
        JsonNode body =
                SERVICE.multi(
                                """
                                {"measures":["orders.count"],"timeDimensions":[{"dimension":"orders.placed_at",
                                 "compareDateRange":[["2026-01-01","2026-06-30"],["2026-07-01","2026-12-31"]]}]}
                                """)
                        .body();
        List<JsonNode> results = body.path("results").valueStream().toList();

        assertThat(body.path("queryType").asString()).isEqualTo("compareDateRangeQuery");
        assertThat(results).hasSize(2);
        int all =
                results.stream()
                        .mapToInt(
                                r ->
                                        Integer.parseInt(
                                                r.path("data")
                                                        .path(0)
                                                        .path("orders.count")
                                                        .asString()))
                        .sum();
        assertThat(all).isEqualTo(ShopService.SHOP.orders.size());
        assertThat(results.get(1).path("data").path(0).path("compareDateRange").asString())
                .isEqualTo("2026-07-01T00:00:00.000 - 2026-12-31T23:59:59.999");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ",\"responseFormat\":\"compact\"", ",\"responseFormat\":\"columnar\""})
    void aPostedQueryIsAnsweredAsOneInTheAddress(String form) {
        String query = BY_STATUS.formatted(form);
        JsonNode got = SERVICE.load(query).data();
        JsonNode posted = SERVICE.post("/cubejs-api/v1/load", "{\"query\":" + query + "}").data();
        JsonNode postedAsText =
                SERVICE.post(
                                "/cubejs-api/v1/load",
                                JsonMapper.shared()
                                        .writeValueAsString(java.util.Map.of("query", query)))
                        .data();

        assertThat(got.isEmpty()).isFalse();
        assertThat(posted).isEqualTo(got);
        assertThat(postedAsText).isEqualTo(got);
    }

    @Test
    void theLengthOfTheBodyIsToldBefore() {
        Answer answer = SERVICE.load(BY_STATUS.formatted(""));

        assertThat(answer.response().headers().firstValueAsLong("Content-Length"))
                .hasValue(
                        answer.response()
                                .body()
                                .getBytes(java.nio.charset.StandardCharsets.UTF_8)
                                .length);
    }

    @Test
    void manyWhoAskAtOnceAllGetTheWholeAnswer() throws Exception {
        JsonNode expected = SERVICE.load(BY_STATUS.formatted("")).data();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                answers.add(callers.submit(() -> SERVICE.load(BY_STATUS.formatted(""))));
            }
            for (Future<Answer> answer : answers) {
                assertThat(answer.get().data()).isEqualTo(expected);
            }
        }
        Eventually.within(
                Duration.ofSeconds(20),
                () -> assertThat(SERVICE.bean(ResultMemory.class).used()).isZero());
    }

    @Test
    void whatIsHeldAndWhatIsUnderWayCanBeWatched() {
        String token =
                RunningService.token(
                        RunningService.OPERATOR_SECRET,
                        java.util.Map.of("sub", "eve", "roles", List.of("reader")),
                        Instant.now().plusSeconds(60));
        SERVICE.load(BY_STATUS.formatted(""));
        String metrics =
                SERVICE.text(
                        SERVICE.request("/actuator/prometheus")
                                .header("Authorization", "Bearer " + token)
                                .build());

        assertThat(metrics)
                .contains("millrace_serving_queries_seconds_count{format=\"json\",outcome=\"ok\"")
                .contains("millrace_serving_rows_total")
                .contains("millrace_serving_queries_underway")
                .contains("millrace_serving_requests_waiting")
                .contains("millrace_serving_result_memory_used_bytes 0.0")
                .contains("millrace_serving_result_memory_capacity_bytes")
                .contains("hikaricp_connections_active{pool=\"warehouse\"");
    }
}
