package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.query.RunningService.Answer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;

/** Whatever is wrong with a request to Cube's paths, the answer is in Cube's form. */
class CubeErrorsTest {

    private static final RunningService SERVICE = ShopService.running();
    private static final String COUNT =
            "/cubejs-api/v1/load?query="
                    + RunningService.encoded("{\"measures\":[\"orders.count\"]}");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    GET    | /cubejs-api/v1/meta?onlyViews=x       | 400 | "onlyViews" must be of type boolean
                    GET    | /cubejs-api/v1/nope                   | 404 | There is nothing at this path
                    GET    | /cubejs-api/v2/load                   | 404 | There is nothing at this path
                    GET    | /cubejs-api                           | 404 | There is nothing at this path
                    GET    | /cubejs-api/                          | 404 | There is nothing at this path
                    PUT    | /cubejs-api/v1/load                   | 405 | Method 'PUT' is not supported.
                    DELETE | /cubejs-api/v1/meta                   | 405 | Method 'DELETE' is not supported.
                    POST   | /cubejs-api/v1/meta                   | 405 | Method 'POST' is not supported.
                    GET    | /cubejs-api/v1/load                   | 400 | Query param is required
                    GET    | /cubejs-api/v1/load?query=            | 400 | Query param is required
                    GET    | /cubejs-api/v1/sql?query=%7B          | 400 | Unable to decode query param as JSON
                    GET    | /cubejs-api/v1/pre-aggregations/jobs/1| 400 | is not offered
                    POST   | /cubejs-api/v1/load                   | 400 | Unable to decode the body as JSON
                    """)
    void aRequestThatCannotBeServedIsToldSoInCubesForm(
            String method, String path, int status, String error) {
        Answer answer =
                SERVICE.send(
                        SERVICE.request(path)
                                .header("Authorization", RunningService.token())
                                .method(method, BodyPublishers.ofString("{"))
                                .build());

        assertCubes(answer, status, error);
    }

    private static void assertCubes(Answer answer, int status, String error) {
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(status);
        assertThat(answer.response().headers().firstValue("Content-Type").orElse(""))
                .startsWith("application/json");
        assertThat(answer.error()).contains(error);
        assertThat(answer.body().propertyNames()).isSubsetOf("error", "type");
    }

    @Test
    void aWrongMethodIsToldWhichAreRight() {
        Answer answer =
                SERVICE.send(
                        SERVICE.request("/cubejs-api/v1/load")
                                .header("Authorization", RunningService.token())
                                .method("PUT", BodyPublishers.noBody())
                                .build());

        assertThat(answer.response().headers().firstValue("Allow").orElse(""))
                .contains("GET")
                .contains("POST");
    }

    @Test
    void whoTakesNoJsonIsToldSoInJson() {
        Answer answer =
                SERVICE.send(
                        SERVICE.request(COUNT)
                                .header("Authorization", RunningService.token())
                                .header("Accept", "text/html")
                                .build());

        assertCubes(
                answer,
                406,
                "Acceptable representations: [application/json, text/csv,"
                        + " application/vnd.apache.arrow.stream, application/vnd.apache.parquet]");
    }

    @Test
    void whoOnlyAsksForTheHeadGetsItsLength() {
        Answer answer =
                SERVICE.send(
                        SERVICE.request(COUNT)
                                .header("Authorization", RunningService.token())
                                .method("HEAD", BodyPublishers.noBody())
                                .build());
        Answer whole = SERVICE.get(COUNT);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.response().body()).isEmpty();
        assertThat(whole.response().headers().firstValueAsLong("Content-Length"))
                .hasValue(whole.response().body().getBytes(StandardCharsets.UTF_8).length);
    }

    /** The answer to GET has no end, and nobody would see it. */
    @Test
    @Timeout(30)
    void aStreamHasNoHeadAlone() {
        Answer answer =
                SERVICE.send(
                        SERVICE.request(COUNT.replace("/cubejs-api/v1/load", "/v1/live"))
                                .header("Authorization", RunningService.token())
                                .method("HEAD", BodyPublishers.noBody())
                                .build());

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.response().headers().firstValue("Allow")).hasValue("GET");
    }

    /** Clients refuse to send these, so that they go over a socket. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /cubejs-api/v1//load           | 400
                    /cubejs-api/v1/%2e%2e/load     | 400
                    /cubejs-api/v1/load;a=b        | 400
                    /cubejs-api/v1/lo%0Aad         | 400
                    /cubejs-api/v1/load?query=%zz  | 400
                    /cubejs-api/v1/load?query=%C3  | 400
                    /cubejs-api/v1/meta?a=%zz      | 400
                    """)
    void whatTheServerItselfRefusesIsToldInCubesFormToo(String path, int status)
            throws IOException {
        String answer = raw("GET " + path + " HTTP/1.1");

        assertThat(answer).startsWith("HTTP/1.1 " + status);
        assertThat(answer).contains("Content-Type: application/json");
        assertThat(answer).contains("{\"error\":\"");
    }

    private static String raw(String firstLine) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), SERVICE.port())) {
            socket.getOutputStream()
                    .write(
                            (firstLine
                                            + "\r\nHost: x\r\nConnection: close\r\nAuthorization: "
                                            + RunningService.token()
                                            + "\r\n\r\n")
                                    .getBytes(StandardCharsets.UTF_8));
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(answer);
            return answer.toString(StandardCharsets.UTF_8);
        }
    }

    /** As it comes from a command line; Cube's own server takes it. */
    @Test
    void aQueryThatIsNotEncodedIsTakenAsItStands() throws IOException {
        String answer =
                raw("GET /cubejs-api/v1/load?query={\"measures\":[\"orders.count\"]} HTTP/1.1");

        assertThat(answer).startsWith("HTTP/1.1 200").contains("\"orders.count\":\"60\"");
    }

    @Test
    void otherPathsKeepTheHousesForm() {
        Answer answer = SERVICE.get("/operator/nope");

        assertThat(answer.body().has("error")).isFalse();
        assertThat(answer.body().path("status").asInt()).isEqualTo(answer.status());
    }

    /** The state database is needed for keys, and for nothing else that callers do. */
    @Test
    void withoutTheTableOfKeysOnlyKeysCannotBeVerified() throws SQLException {
        ShopService.WAREHOUSE.execute(
                Role.SERVING, "ALTER TABLE serving.api_key RENAME TO api_key_away");
        try {
            Answer key = with("mr_" + "0".repeat(12) + "_" + "a".repeat(43));
            Answer token = with(RunningService.token());

            assertCubes(key, 503, "Error: tokens cannot be verified now; try again");
            assertThat(key.response().headers().firstValue("Retry-After")).hasValue("1");
            assertThat(token.status()).isEqualTo(200);
            assertThat(token.data().size()).isEqualTo(1);
        } finally {
            ShopService.WAREHOUSE.execute(
                    Role.SERVING, "ALTER TABLE serving.api_key_away RENAME TO api_key");
        }
    }

    private static Answer with(String token) {
        return SERVICE.send(SERVICE.request(COUNT).header("Authorization", token).build());
    }
}
