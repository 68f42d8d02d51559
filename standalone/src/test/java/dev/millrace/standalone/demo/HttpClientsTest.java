package dev.millrace.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import dev.millrace.standalone.demo.shop.Door;
import dev.millrace.standalone.demo.shop.History;
import dev.millrace.standalone.demo.shop.Nature;
import dev.millrace.standalone.demo.shop.Parcel;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

class HttpClientsTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final History HISTORY = History.of(1);

    private final List<Heard> heard = new ArrayList<>();
    private final Deque<Reply> replies = new ArrayDeque<>();
    private HttpServer server;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    @Test
    void aParcelIsABatchWithTheKeyByBasic() throws Exception {
        Parcel parcel = first(Nature.ORDINARY);
        replies.add(new Reply(200, "{\"success\": true}"));

        Answer answer = send(parcel);

        assertThat(answer).isEqualTo(new Answer(1, 200, "{\"success\": true}"));
        assertThat(heard.getFirst().path()).isEqualTo("/v1/batch");
        assertThat(heard.getFirst().user()).isEqualTo("web-key:");
        JsonNode batch = JSON.readTree(heard.getFirst().body()).path("batch");
        assertThat(batch.size()).isEqualTo(parcel.messages().size());
        for (int i = 0; i < batch.size(); i++) {
            assertThat(batch.get(i)).isEqualTo(JSON.readTree(parcel.messages().get(i).body()));
        }
    }

    @Test
    void aTruncatedRequestEndsInTheMiddle() throws Exception {
        replies.add(new Reply(400, "invalid JSON"));

        Answer answer = send(first(Nature.TRUNCATED));

        assertThat(answer.isAcknowledged()).isFalse();
        assertThat(answer.isTransient()).isFalse();
        assertThat(heard.getFirst().body()).startsWith("{\"batch\":[{").doesNotEndWith("]}");
    }

    @Test
    void anUnknownKeyIsNotTheKeyOfTheSource() throws Exception {
        replies.add(new Reply(200, ""));

        send(first(Nature.UNKNOWN_KEY));

        assertThat(heard.getFirst().user()).isNotEqualTo("web-key:");
    }

    @Test
    void noAnswerIsAnAnswerThatAsksForPatience() throws Exception {
        server.stop(0);

        Answer answer = send(first(Nature.ORDINARY));

        assertThat(answer.status()).isZero();
        assertThat(answer.isTransient()).isTrue();
        assertThat(answer.text()).contains("Exception");
    }

    @Test
    void answersAreReadAsTablesWithShortTimes() throws Exception {
        replies.add(
                new Reply(
                        200,
                        """
                        {"data": [
                          {"o.at.week": "2026-01-05T00:00:00.000", "o.at": "2026-01-05T00:00:00.000",
                           "o.last_login_at": "2026-01-07T10:11:12.345", "o.n": "12"},
                          {"o.at": "2026-01-12T09:30:00.000", "o.last_login_at": null, "o.n": "3"}]}
                        """));

        TextTable table = ask();

        assertThat(table.header()).containsExactly("at", "last login at", "n");
        assertThat(table.rows())
                .containsExactly(
                        List.of("2026-01-05", "2026-01-07 10:11:12", "12"),
                        List.of("2026-01-12 09:30", "", "3"));
        assertThat(heard.getFirst().authorization()).isEqualTo("token");
        assertThat(
                        JSON.readTree(heard.getFirst().body())
                                .path("query")
                                .path("measures")
                                .get(0)
                                .asString())
                .isEqualTo("o.n");
    }

    @Test
    void whoIsToldToWaitAsksAgain() throws Exception {
        replies.add(new Reply(200, "{\"error\": \"Continue wait\"}"));
        replies.add(new Reply(200, "{\"data\": []}"));

        assertThat(ask().rows()).isEmpty();
        assertThat(heard).hasSize(2);
        assertThat(heard.getFirst()).isEqualTo(heard.getLast());
    }

    @Test
    void anErrorIsToldWithTheQuestion() {
        replies.add(new Reply(400, "{\"error\": \"no such cube: o\"}"));

        assertThatThrownBy(this::ask)
                .isInstanceOf(DemoFailedException.class)
                .hasMessageContaining("How many?")
                .hasMessageContaining("400 no such cube: o");
    }

    @Test
    void whatIsNotJsonIsToldToo() {
        replies.add(new Reply(502, "<html>"));

        assertThatThrownBy(this::ask)
                .isInstanceOf(DemoFailedException.class)
                .hasMessageContaining("How many?");
    }

    private TextTable ask() throws Exception {
        Question question =
                new Question(
                        "how_many",
                        "How many?",
                        JSON.readTree(
                                """
                                {"measures": ["o.n"], "dimensions": ["o.last_login_at"],
                                 "timeDimensions": [{"dimension": "o.at", "granularity": "week"}]}
                                """));
        try (Serving serving = new Serving(address(), "token")) {
            return serving.answer(question);
        }
    }

    private Answer send(Parcel parcel) throws InterruptedException {
        try (SegmentCarrier carrier =
                new SegmentCarrier(address(), Map.of(Door.WEB, "web-key", Door.MAIL, "mail-key"))) {
            return carrier.send(parcel, 1);
        }
    }

    private static Parcel first(Nature nature) {
        return HISTORY.parcels().stream()
                .filter(parcel -> parcel.door() == Door.WEB && parcel.nature() == nature)
                .findFirst()
                .orElseThrow();
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            boolean zipped =
                    "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            heard.add(
                    new Heard(
                            exchange.getRequestURI().getPath(),
                            authorization == null ? "" : authorization,
                            zipped ? unzipped(body) : new String(body, StandardCharsets.UTF_8)));
            Reply reply = replies.pop();
            byte[] text = reply.text().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status(), text.length == 0 ? -1 : text.length);
            exchange.getResponseBody().write(text);
        }
    }

    private static String unzipped(byte[] body) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new java.io.ByteArrayInputStream(body))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private record Reply(int status, String text) {}

    private record Heard(String path, String authorization, String body) {

        String user() {
            String encoded = authorization.substring("Basic ".length());
            return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        }
    }
}
