package dev.millrace.serving.alert;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;

import dev.millrace.contracts.project.alert.SigningSecret;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Notifications to a real receiver that does not always want them. */
class DeliveriesTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private WatchedShop shop;

    @BeforeEach
    void open() {
        shop = new WatchedShop().watch("");
    }

    @AfterEach
    void close() {
        shop.close();
    }

    private void write(String alert, State state) {
        Instant now = shop.clock.instant();
        shop.notifications.write(
                new Notifications.Draft(
                        alert,
                        Map.of("alertname", alert),
                        List.of(
                                new Item(
                                        state,
                                        Map.of("alertname", alert),
                                        Map.of(),
                                        now,
                                        state == State.FIRING ? null : now)),
                        Duration.ZERO),
                List.of("ops"),
                now);
    }

    private Notification last() {
        return shop.notifications.page(null, null, null, 1).getFirst();
    }

    @Test
    void aReceiverThatFailsAtFirstGetsTheSameAgainAfterPausesThatDouble() throws Exception {
        shop.receiver.failFirst(3);
        write("a", State.FIRING);
        shop.deliver();
        assertThat(last().lastError()).isEqualTo("the receiver answered 503: not now");
        assertThat(last().nextAttemptAt()).isEqualTo(shop.clock.instant().plusSeconds(2));
        shop.pass(Duration.ofSeconds(1), SECOND);
        assertThat(shop.receiver.calls()).hasSize(1);

        shop.pass(Duration.ofSeconds(14), SECOND);
        assertThat(shop.receiver.calls()).hasSize(4);
        assertThat(shop.receiver.calls()).extracting(Receiver.Call::id).containsOnly(last().id());
        assertThat(shop.receiver.calls()).extracting(Receiver.Call::body).hasSize(4);
        assertThat(shop.receiver.calls().stream().map(Receiver.Call::body).distinct()).hasSize(1);
        assertThat(last().delivery()).isEqualTo(Notification.Delivery.DELIVERED);
        assertThat(last().lastError()).isNull();
        assertThat(
                        shop.meters
                                .counter("millrace.alerts.notifications", "outcome", "failed")
                                .count())
                .isEqualTo(3);
    }

    @Test
    void aRequestIsSigned() throws Exception {
        write("a", State.FIRING);
        shop.deliver();

        Receiver.Call call = shop.receiver.calls().getFirst();
        assertThat(call.headers()).containsEntry("Content-type", "application/json");
        String timestamp = call.headers().getOrDefault("webhook-timestamp", "");
        assertThat(timestamp).isEqualTo("" + shop.clock.instant().getEpochSecond());
        assertThat(call.headers().get("webhook-signature"))
                .isEqualTo(
                        WebhookSender.signature(
                                SigningSecret.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
                                        .orElseThrow(),
                                call.id(),
                                timestamp,
                                call.body().getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void whoDiesBetweenSendingAndWritingDownSendsAgainUnderTheSameId() throws Exception {
        write("a", State.FIRING);
        Notification claimed = shop.deliveries().claim(10).getFirst();
        assertThat(shop.deliveries().claim(10)).isEmpty();
        // It dies here. Its time ends.
        shop.clock.advance(Duration.ofSeconds(12));
        shop.deliver();

        assertThat(shop.receiver.calls())
                .extracting(Receiver.Call::id)
                .containsExactly(claimed.id());
        assertThat(last().attempts()).isEqualTo(2);
    }

    @Test
    void changesOfOneGroupArriveInTheirOrderAndOthersDoNotWait() throws Exception {
        shop.receiver.failFirst(1);
        write("a", State.FIRING);
        shop.deliver();
        write("a", State.RESOLVED);
        write("b", State.FIRING);
        shop.deliver();
        assertThat(shop.told()).containsExactly("firing a", "firing b");

        shop.pass(Duration.ofSeconds(3), SECOND);
        assertThat(shop.told()).containsExactly("firing a", "firing b", "firing a", "resolved a");
    }

    @Test
    void afterADayItIsGivenUpAndStaysVisible() throws Exception {
        shop.receiver.failFirst(100_000);
        write("a", State.FIRING);
        write("a", State.RESOLVED);
        shop.pass(Duration.ofHours(24).plusMinutes(20), Duration.ofMinutes(5));

        assertThat(shop.notifications.page("a", Notification.Delivery.GIVEN_UP, null, 10))
                .hasSize(2)
                .allSatisfy(n -> assertThat(n.lastError()).contains("503"));
        assertThat(Deliveries.pause(1)).isEqualTo(Duration.ofSeconds(2));
        assertThat(Deliveries.pause(4)).isEqualTo(Duration.ofSeconds(16));
        assertThat(Deliveries.pause(1_000)).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void aReceiverMaySayHowLongToWait() throws Exception {
        shop.receiver.answerWith(
                exchange -> {
                    exchange.getResponseHeaders().add("Retry-After", "120");
                    Receiver.respond(exchange, 429, "");
                });
        write("a", State.FIRING);
        shop.deliver();

        assertThat(last().nextAttemptAt()).isEqualTo(shop.clock.instant().plusSeconds(120));
    }

    @Test
    void redirectsAreNotFollowed() throws Exception {
        shop.receiver.answerWith(
                exchange -> {
                    exchange.getResponseHeaders().add("Location", shop.receiver.url() + "/other");
                    Receiver.respond(exchange, 307, "");
                });
        write("a", State.FIRING);
        shop.deliver();

        assertThat(shop.receiver.calls()).hasSize(1);
        assertThat(last().lastError()).isEqualTo("the receiver answered 307");
    }

    @Test
    void anAnswerWithoutEndIsNotReadToIt() throws Exception {
        shop.receiver.answerWith(exchange -> endless(exchange, 500));
        write("a", State.FIRING);
        shop.deliver();
        assertThat(last().lastError()).startsWith("the receiver answered 500: xxx");
        assertThat(last().lastError()).hasSizeLessThanOrEqualTo(500);

        shop.receiver.answerWith(exchange -> endless(exchange, 200));
        shop.pass(Duration.ofSeconds(2), SECOND);
        assertThat(last().delivery()).isEqualTo(Notification.Delivery.DELIVERED);
    }

    private static void endless(HttpExchange exchange, int status) {
        try {
            exchange.sendResponseHeaders(status, 0);
            byte[] chunk = "x".repeat(8_192).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 100_000; i++) {
                exchange.getResponseBody().write(chunk);
            }
        } catch (IOException e) {
            // The sender has heard enough.
        } finally {
            exchange.close();
        }
    }

    @Test
    void anAnswerThatTricklesIsNotWaitedFor() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        shop.receiver.answerWith(
                exchange -> {
                    try {
                        exchange.sendResponseHeaders(200, 0);
                        exchange.getResponseBody().write('x');
                        exchange.getResponseBody().flush();
                        over.await();
                    } catch (IOException | InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } finally {
                        exchange.close();
                    }
                });
        write("a", State.FIRING);
        long began = System.nanoTime();
        shop.deliver();
        over.countDown();

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
        assertThat(last().lastError()).isEqualTo("no answer within PT1S");
    }

    @Test
    void nobodyListensIsAnErrorWithoutTheAddress() throws Exception {
        shop.receiver.close();
        write("a", State.FIRING);
        shop.deliver();

        assertThat(last().lastError()).isEqualTo("no connection to the receiver");
    }
}
