package dev.millrace.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

class KeysTest {

    private static final Clock NOON =
            Clock.fixed(Instant.parse("2026-11-23T12:00:00Z"), ZoneOffset.UTC);

    private final Deque<String> answers = new ArrayDeque<>();
    private final List<String> requests = new ArrayList<>();
    private final StringWriter shown = new StringWriter();
    private HttpServer serving;
    private OperatorDoor door;
    private Keys keys;
    private int status = 200;

    @BeforeEach
    void start() throws IOException {
        serving = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        serving.createContext(
                "/",
                exchange -> {
                    requests.add(
                            "%s %s %s %s"
                                    .formatted(
                                            exchange.getRequestMethod(),
                                            exchange.getRequestURI(),
                                            exchange.getRequestHeaders().getFirst("X-Reason"),
                                            new String(
                                                    exchange.getRequestBody().readAllBytes(),
                                                    StandardCharsets.UTF_8)));
                    byte[] body = answers.removeFirst().getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(status, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        serving.start();
        door = new OperatorDoor("http://127.0.0.1:" + serving.getAddress().getPort(), "token");
        keys = new Keys(door, NOON, new PrintWriter(shown, true));
    }

    @AfterEach
    void stop() {
        door.close();
        serving.stop(0);
    }

    @Test
    void listsTheKeysOfAllPages() throws Exception {
        answers.add(
                "{\"next\": \"k1\", \"keys\": [{\"id\": \"k1\", \"name\": \"acme\", \"state\":"
                        + " \"good\", \"scopes\": [\"meta\", \"load\"], \"expiresAt\":"
                        + " \"2027-01-01T00:00:00Z\", \"lastUsedAt\": \"2026-11-23T11:00:00Z\"}]}");
        answers.add(
                "{\"next\": null, \"keys\": [{\"id\": \"k2\", \"name\": \"old\", \"state\":"
                    + " \"revoked\", \"scopes\": [\"sql\"], \"expiresAt\": null, \"lastUsedAt\":"
                    + " null}]}");

        assertThat(keys.list(null)).isZero();

        assertThat(shown.toString().lines())
                .containsExactly(
                        "k1  good     acme (meta load) until 2027-01-01T00:00:00Z, last used"
                                + " 2026-11-23T11:00:00Z",
                        "k2  revoked  old (sql), last used never");
        assertThat(requests)
                .containsExactly(
                        "GET /operator/caller-keys?limit=500 null ",
                        "GET /operator/caller-keys?limit=500&after=k1 null ");
    }

    @Test
    void aNewSecretStandsAloneInTheFirstLine() throws Exception {
        answers.add("{\"key\": \"mrk_k1_secret\", \"id\": \"k1\", \"name\": \"acme\"}");

        keys.create("acme", List.of("load"), "{\"tenant_id\": \"a\"}", Duration.ofDays(1));

        assertThat(shown.toString().lines().findFirst()).hasValue("mrk_k1_secret");
        assertThat(requests)
                .containsExactly(
                        "POST /operator/caller-keys millrace keys create"
                            + " {\"name\":\"acme\",\"scopes\":[\"load\"],\"securityContext\":{\"tenant_id\":\"a\"},\"expiresAt\":\"2026-11-24T12:00:00Z\"}");
    }

    @Test
    void rotatesAndRevokes() throws Exception {
        answers.add("{\"key\": \"mrk_k1_other\", \"id\": \"k1\", \"name\": \"acme\"}");
        answers.add("");

        keys.rotate("k1", Duration.ofHours(12));
        keys.revoke("k1");

        assertThat(shown.toString()).contains("mrk_k1_other", "key k1 is revoked");
        assertThat(requests)
                .containsExactly(
                        "POST /operator/caller-keys/k1/rotate millrace keys rotate"
                                + " {\"overlap\":\"PT12H\"}",
                        "DELETE /operator/caller-keys/k1 millrace keys revoke ");
    }

    @Test
    void saysWhatTheServiceSays() {
        status = 404;
        answers.add("{\"detail\": \"There is no key of this id in force.\"}");

        assertThatIOException()
                .isThrownBy(() -> keys.revoke("k9"))
                .withMessage("There is no key of this id in force.");
    }
}
