package dev.millrace.serving.alert;

import dev.millrace.contracts.project.alert.Channel;
import dev.millrace.contracts.project.alert.SigningSecret;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLException;

/**
 * Sends a notification to a channel: one request, without redirects, for a limited time, of whose
 * answer only the beginning is read.
 */
@Component
class WebhookSender implements AutoCloseable {

    private static final int MAX_ANSWER = 2_048;
    private static final long MAX_RETRY_AFTER = 3_600;

    private final HttpClient client;
    private final AlertSettings settings;
    private final Clock clock;

    /** How an attempt ended. */
    sealed interface Result {}

    /** The receiver has it. */
    record Delivered() implements Result {}

    /**
     * The receiver does not have it, as far as anybody knows.
     *
     * @param retryAfter how long the receiver asks to wait
     */
    record Failed(String error, @Nullable Duration retryAfter) implements Result {}

    WebhookSender(AlertSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.client =
                HttpClient.newBuilder()
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(settings.deliveryTimeout())
                        .build();
    }

    Result send(Notification notification, Channel channel) throws InterruptedException {
        byte[] body = Payload.of(notification, channel, settings.external());
        CompletableFuture<HttpResponse<String>> answer =
                client.sendAsync(request(notification, channel, body), _ -> new Beginning());
        try {
            // Of the whole exchange: a request's own timeout ends with the first byte.
            return result(answer.get(settings.deliveryTimeout().toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return new Failed("no answer within " + settings.deliveryTimeout(), null);
        } catch (ExecutionException e) {
            return new Failed(words(e.getCause()), null);
        } finally {
            answer.cancel(true);
        }
    }

    private HttpRequest request(Notification notification, Channel channel, byte[] body) {
        String id = notification.id();
        String timestamp = String.valueOf(clock.instant().getEpochSecond());
        HttpRequest.Builder request =
                HttpRequest.newBuilder(channel.url())
                        .header("Content-Type", "application/json")
                        .header("User-Agent", "Millrace")
                        .header("webhook-id", id)
                        .header("webhook-timestamp", timestamp)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        SigningSecret secret = channel.secret();
        if (secret != null) {
            request.header("webhook-signature", signature(secret, id, timestamp, body));
        }
        return request.build();
    }

    /** As standardwebhooks.com has it. */
    static String signature(SigningSecret secret, String id, String timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.bytes(), "HmacSHA256"));
            mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private static Result result(HttpResponse<String> response) {
        int status = response.statusCode();
        if (status / 100 == 2) {
            return new Delivered();
        }
        String said = response.body().strip().replaceAll("\\p{Cntrl}", " ");
        return new Failed(
                "the receiver answered " + status + (said.isEmpty() ? "" : ": " + said),
                retryAfter(response).orElse(null));
    }

    private static Optional<Duration> retryAfter(HttpResponse<String> response) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(text -> text.matches("\\d{1,9}"))
                .map(text -> Math.min(Long.parseLong(text), MAX_RETRY_AFTER))
                .map(Duration::ofSeconds);
    }

    /** Without the address, which is often a secret. */
    private static String words(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException c ? c.getCause() : failure;
        return switch (cause) {
            case HttpTimeoutException _ -> "no connection in time";
            case ConnectException _ -> "no connection to the receiver";
            case SSLException e -> "no secure connection: " + e.getMessage();
            case IOException _ -> "the connection broke";
            case null -> "it was not sent";
            default -> "it was not sent: " + cause.getClass().getSimpleName();
        };
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    /** The first bytes of an answer as text; what comes after is not waited for. */
    private static final class Beginning implements HttpResponse.BodySubscriber<String> {

        private final byte[] bytes = new byte[MAX_ANSWER];
        private final CompletableFuture<String> text = new CompletableFuture<>();
        private int length;
        private Flow.@Nullable Subscription subscription;

        @Override
        public CompletionStage<String> getBody() {
            return text;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                int taken = Math.min(buffer.remaining(), bytes.length - length);
                buffer.get(bytes, length, taken);
                length += taken;
            }
            if (length == bytes.length) {
                if (subscription != null) {
                    subscription.cancel();
                }
                finish();
            }
        }

        @Override
        public void onError(Throwable failure) {
            // The status came before it, and says what there is to know.
            finish();
        }

        @Override
        public void onComplete() {
            finish();
        }

        private void finish() {
            text.complete(new String(bytes, 0, length, StandardCharsets.UTF_8));
        }
    }
}
