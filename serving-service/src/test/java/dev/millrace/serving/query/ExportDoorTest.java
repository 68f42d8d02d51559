package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.json.JsonMapper;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** How files are asked for, and what is refused, over the shop. */
class ExportDoorTest {

    private static final String COUNT = "{\"measures\":[\"orders.count\"]}";
    private static final String LOAD = "/cubejs-api/v1/load";

    private final RunningService service = ShopService.running();
    private final ExportClient client = new ExportClient(service);

    private HttpResponse<byte[]> named(String format) {
        return client.send(
                service.request(
                                LOAD
                                        + "?format="
                                        + format
                                        + "&query="
                                        + RunningService.encoded(COUNT))
                        .header("Authorization", RunningService.token())
                        .header("Accept", "text/html")
                        .build());
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("none");
    }

    @Test
    void aFileSaysWhatItIs() {
        HttpResponse<byte[]> answer = client.load(COUNT, "text/csv");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(text(answer)).isEqualTo("orders.count\r\n60\r\n");
        assertThat(header(answer, "Content-Type").replace(" ", ""))
                .isEqualToIgnoringCase("text/csv;header=present;charset=utf-8");
        assertThat(header(answer, "X-Request-Id")).isEqualTo("of-a-test");
        assertThat(header(answer, "X-Total-Count")).isEqualTo("none");
        assertThat(header(answer, "Content-Disposition")).isEqualTo("none");
        assertThat(answer.headers().allValues("Vary")).contains("Accept");
        assertThat(header(answer, "Content-Length")).isEqualTo("" + answer.body().length);
    }

    @ParameterizedTest
    @CsvSource({
        "csv, text/csv, result.csv",
        "arrow, application/vnd.apache.arrow.stream, result.arrows",
        "parquet, application/vnd.apache.parquet, result.parquet",
    })
    void aBrowserNamesTheFormInTheAddressAndGetsAFile(String format, String type, String file) {
        HttpResponse<byte[]> answer = named(format);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(header(answer, "Content-Type")).startsWith(type);
        assertThat(header(answer, "Content-Disposition"))
                .isEqualTo("attachment; filename=\"" + file + "\"");
    }

    @Test
    void jsonCanBeNamedToo() {
        HttpResponse<byte[]> answer = named("json");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(text(answer)).contains("\"orders.count\":\"60\"");
    }

    @Test
    void aFormThatThereIsNotIsNamed() {
        HttpResponse<byte[]> answer = named("xlsx");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(text(answer))
                .isEqualTo(
                        "{\"error\":\"\\\"format\\\" must be one of csv, arrow, parquet, json\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "application/json", "text/html,*/*;q=0.8"})
    void withoutAWishForFilesTheAnswerIsJson(String accept) {
        HttpResponse<byte[]> answer = client.load(COUNT, accept);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
        assertThat(text(answer)).contains("\"lastRefreshTime\"");
    }

    @Test
    void withoutAcceptTheAnswerIsJson() {
        HttpResponse<byte[]> answer = client.send(client.request(COUNT, null));

        assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "nonsense", "application/json;q=0"})
    void whatCannotBeHadIsRefusedInCubesForm(String accept) {
        HttpResponse<byte[]> answer = client.load(COUNT, accept);

        assertThat(answer.statusCode()).isEqualTo(406);
        assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
        assertThat(text(answer)).startsWith("{\"error\":\"").endsWith("\"}");
    }

    @Test
    void aQueryMayComeByPost() {
        HttpResponse<byte[]> answer =
                client.send(
                        service.request(LOAD)
                                .header("Authorization", RunningService.token())
                                .header("Content-Type", "application/json")
                                .header("Accept", "text/csv")
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                "{\"query\":" + COUNT + "}"))
                                .build());

        assertThat(text(answer)).isEqualTo("orders.count\r\n60\r\n");
    }

    @Test
    void theTotalIsAHeader() {
        HttpResponse<byte[]> answer =
                client.load(
                        "{\"dimensions\":[\"items.product\"],\"limit\":2,\"total\":true}",
                        "text/csv");

        assertThat(header(answer, "X-Total-Count")).isEqualTo("3");
        assertThat(text(answer).lines()).hasSize(3);
    }

    @Test
    void aPageElsewhereMayReadTheHeaders() {
        HttpResponse<byte[]> answer =
                client.send(
                        service.request(LOAD + "?query=" + RunningService.encoded(COUNT))
                                .header("Authorization", RunningService.token())
                                .header("Accept", "text/csv")
                                .header("Origin", "https://dashboard.example")
                                .build());

        assertThat(header(answer, "Access-Control-Expose-Headers"))
                .contains("X-Request-Id")
                .contains("X-Total-Count");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{\"measures\":[\"orders.count\"],\"timeDimensions\":[{\"dimension\":\"orders.placed_at\",\"granularity\":\"day\"}]}]",
                "{\"measures\":[\"orders.count\"],\"timeDimensions\":[{\"dimension\":\"orders.placed_at\",\"compareDateRange\":[[\"2026-01-01\",\"2026-01-31\"],[\"2026-02-01\",\"2026-02-28\"]]}]}",
            })
    void severalResultsAreNoFile(String query) {
        HttpResponse<byte[]> answer = client.load(query, "text/csv");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(text(answer)).contains("has several results, which only JSON can hold");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"measures":["nope.count"]}                                 | 400 | Cube 'nope' not found for path 'nope.count'
                    {"measures":["absent.count"]}                               | 500 | Error: relation "shop.not_landed_yet" does not exist
                    {"measures":["orders.count"],"limit":50001}                 | 500 | Error: The query limit has been exceeded.
                    {"dimensions":["customers.id"]}                             | 400 | You requested hidden member
                    {"measures":["secrets.count"]}                              | 400 | You requested hidden member: 'secrets__count'
                    {}                                                          | 400 | Query should contain either measures
                    """)
    void errorsAreThoseOfJson(String query, int status, String error) {
        HttpResponse<byte[]> file = client.load(query, "application/vnd.apache.parquet");
        HttpResponse<byte[]> json = client.load(query, "application/json");

        assertThat(file.statusCode()).isEqualTo(status).isEqualTo(json.statusCode());
        assertThat(text(file)).isEqualTo(text(json));
        assertThat(JsonMapper.shared().readTree(file.body()).path("error").asString())
                .contains(error);
        assertThat(header(file, "Content-Type")).isEqualTo("application/json");
    }

    @Test
    void nobodyComesInWithoutAToken() {
        HttpResponse<byte[]> answer =
                client.send(
                        service.request(LOAD + "?format=csv&query=" + RunningService.encoded(COUNT))
                                .build());

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(text(answer)).isEqualTo("{\"error\":\"Authorization header isn't set\"}");
    }

    @Test
    void filesAreInTheBooks() throws Exception {
        client.load(COUNT, "application/vnd.apache.arrow.stream");

        // They are booked when the last byte is out.
        Eventually.within(
                Duration.ofSeconds(10),
                () ->
                        assertThat(
                                        service.bean(MeterRegistry.class)
                                                .find("millrace.serving.queries")
                                                .tag("format", "arrow")
                                                .tag("outcome", "ok")
                                                .timers())
                                .anyMatch(timer -> timer.count() > 0));
    }
}
