package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.millrace.serving.query.RunningService.Answer;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** Requests that no client of good will sends. Each is refused in Cube's form, and quickly. */
class HostileRequestsTest {

    private static final RunningService SERVICE = ShopService.running();
    private static final String COUNT = "{\"query\":{\"measures\":[\"orders.count\"]}}";

    @TestFactory
    Stream<DynamicTest> bodiesThatAreNoQueryAreRefused() {
        Map<String, byte[]> bodies = new LinkedHashMap<>();
        bodies.put("nothing", new byte[0]);
        bodies.put("blank", utf8("  \n"));
        bodies.put("null", utf8("null"));
        bodies.put("a number", utf8("7"));
        bodies.put("a list", utf8("[" + COUNT + "]"));
        bodies.put("no query", utf8("{}"));
        bodies.put("a null query", utf8("{\"query\":null}"));
        bodies.put("a number as query", utf8("{\"query\":1e400}"));
        bodies.put("text that is no query", utf8("{\"query\":\"{\"}"));
        bodies.put("cut off", utf8(COUNT.substring(0, 20)));
        bodies.put("two bodies, the second broken", utf8("{\"query\":" + COUNT + "]}"));
        bodies.put("an open string", utf8("{\"query\":{\"measures\":[\"orders.count"));
        bodies.put("control characters", new byte[] {0, 1, 2, 3});
        bodies.put("broken UTF-8", new byte[] {'{', '"', (byte) 0xC3, '"', ':', '1', '}'});
        bodies.put("deep lists", utf8("[".repeat(200_000)));
        bodies.put("deep objects", utf8("{\"query\":".repeat(50_000)));
        bodies.put(
                "deep filters",
                utf8(
                        "{\"query\":{\"measures\":[\"orders.count\"],\"filters\":["
                                + "{\"and\":[".repeat(5_000)
                                + "]}".repeat(5_000)
                                + "]}}"));
        bodies.put("a long number", utf8("{\"query\":{\"limit\":" + "9".repeat(900_000) + "}}"));
        bodies.put("a long name", utf8("{\"query\":{\"" + "x".repeat(900_000) + "\":1}}"));
        bodies.put(
                "a long member",
                utf8("{\"query\":{\"measures\":[\"" + "x".repeat(900_000) + "\"]}}"));
        bodies.put("not zipped as it says", gzip(COUNT));
        return bodies.entrySet().stream()
                .map(entry -> dynamicTest(entry.getKey(), () -> assertRefused(entry.getValue())));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] gzip(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(utf8(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void assertRefused(byte[] body) {
        for (String door : List.of("load", "sql", "dry-run")) {
            Answer answer =
                    SERVICE.send(
                            SERVICE.request("/cubejs-api/v1/" + door)
                                    .header("Authorization", RunningService.token())
                                    .header("Content-Type", "application/json")
                                    .POST(BodyPublishers.ofByteArray(body))
                                    .build());
            assertThat(answer.status()).as(door + answer.body()).isEqualTo(400);
            assertThat(answer.error()).as(door).isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "application/json; charset=utf-16",
                "nonsense"
            })
    void whatTheBodySaysItIsDoesNotMatter(String contentType) {
        Answer answer =
                SERVICE.send(
                        SERVICE.request("/cubejs-api/v1/load")
                                .header("Authorization", RunningService.token())
                                .header("Content-Type", contentType)
                                .POST(BodyPublishers.ofString(COUNT))
                                .build());

        assertThat(answer.status()).as(answer.body().toString()).isIn(200, 400);
        if (answer.status() == 400) {
            assertThat(answer.error()).isNotEmpty();
        } else {
            assertThat(answer.data().size()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "Bearer",
                "Bearer ",
                "Basic dXNlcjpwYXNz",
                "a.b.c",
                "..",
                "eyJhbGciOiJIUzI1NiJ9..",
                "eyJhbGciOiJub25lIn0.e30.",
                "mr_000000000000_short",
                "Bearer Bearer x",
                "null",
                "undefined"
            })
    void whatIsNoTokenLetsNobodyIn(String authorization) {
        Answer answer =
                SERVICE.send(
                        SERVICE.request("/cubejs-api/v1/meta")
                                .header("Authorization", authorization)
                                .build());

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.error()).isEqualTo("Invalid token");
    }

    @Test
    void aBlankHeaderIsNone() {
        Answer answer =
                SERVICE.send(
                        SERVICE.request("/cubejs-api/v1/meta").header("Authorization", "").build());

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.error()).isEqualTo("Authorization header isn't set");
    }

    @Test
    void anAlgorithmOfTheCallersChoiceIsNotTaken() throws Exception {
        com.nimbusds.jwt.SignedJWT strong =
                new com.nimbusds.jwt.SignedJWT(
                        new com.nimbusds.jose.JWSHeader(com.nimbusds.jose.JWSAlgorithm.HS512),
                        new com.nimbusds.jwt.JWTClaimsSet.Builder().subject("me").build());
        strong.sign(
                new com.nimbusds.jose.crypto.MACSigner(
                        utf8(RunningService.API_SECRET + RunningService.API_SECRET)));

        assertThat(
                        SERVICE.send(
                                        SERVICE.request("/cubejs-api/v1/meta")
                                                .header("Authorization", strong.serialize())
                                                .build())
                                .status())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "<script>", "../../etc", "x\u00e9"})
    void aRequestIdThatIsNotHarmlessIsReplaced(String id) {
        Answer answer =
                SERVICE.send(
                        SERVICE.request("/cubejs-api/v1/load")
                                .header("Authorization", RunningService.token())
                                .header("x-request-id", id)
                                .POST(BodyPublishers.ofString(COUNT))
                                .build());

        assertThat(answer.body().path("requestId").asString()).endsWith("-span-1").hasSize(43);
    }

    @Test
    void aKeyThatStandsTwiceIsOneQuestion() {
        Answer answer =
                SERVICE.post(
                        "/cubejs-api/v1/load",
                        "{\"query\":{\"measures\":[\"nope.nope\"],\"measures\":[\"orders.count\"]}}");

        assertThat(answer.status()).isIn(200, 400);
        assertThat(answer.body().has("data") || !answer.error().isEmpty()).isTrue();
    }

    @Test
    void aRequestOfTwentyQueriesIsAnsweredAndOneMoreIsNot() {
        String query =
                "{\"measures\":[\"orders.count\"],\"timeDimensions\":[{\"dimension\":\"orders.placed_at\",\"granularity\":\"year\"}]}";
        Answer twenty = SERVICE.multi("[" + String.join(",", Collections.nCopies(20, query)) + "]");
        Answer more =
                SERVICE.post(
                        "/cubejs-api/v1/load",
                        "{\"queryType\":\"multi\",\"query\":["
                                + String.join(",", Collections.nCopies(21, query))
                                + "]}");

        assertThat(twenty.body().path("results").size()).isEqualTo(20);
        assertThat(more.status()).isEqualTo(400);
        assertThat(more.error()).isEqualTo("A request holds 1 to 20 queries");
    }

    @Test
    void aQueryCannotBeWrittenAcrossLinesOfTheLog() {
        Answer answer = SERVICE.load("{\"measures\":[\"orders.count\\noutcome=ok\"]}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).contains("does not match any of the allowed types");
    }
}
