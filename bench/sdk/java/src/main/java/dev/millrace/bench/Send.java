package dev.millrace.bench;

import com.segment.analytics.Analytics;
import com.segment.analytics.Callback;
import com.segment.analytics.messages.Message;
import com.segment.analytics.messages.TrackMessage;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends events through the real Segment SDK for Java, and prints the id of each one it delivered:
 * {@code INGESTION_URL=http://127.0.0.1:8081 WRITE_KEY=... java ... dev.millrace.bench.Send
 * [events]}.
 */
public final class Send {

    /** The SDK drops what does not fit into its queue, so that no more is handed over at once. */
    private static final int IN_FLIGHT = 2_000;

    private Send() {}

    public static void main(String[] arguments) throws InterruptedException {
        int total = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
        String host = System.getenv("INGESTION_URL");
        String writeKey = System.getenv("WRITE_KEY");
        if (host == null || writeKey == null) {
            System.err.println("INGESTION_URL and WRITE_KEY say where to send");
            System.exit(2);
        }
        CountDownLatch open = new CountDownLatch(total);
        Semaphore room = new Semaphore(IN_FLIGHT);
        AtomicInteger failed = new AtomicInteger();
        Analytics analytics =
                Analytics.builder(writeKey)
                        // The SDK adds /v1/import/ to it, with the slash at the end.
                        .endpoint(host)
                        .flushQueueSize(100)
                        .flushInterval(1, TimeUnit.SECONDS)
                        .callback(
                                new Callback() {
                                    @Override
                                    public void success(Message message) {
                                        System.out.println(message.messageId());
                                        room.release();
                                        open.countDown();
                                    }

                                    @Override
                                    public void failure(Message message, Throwable cause) {
                                        failed.incrementAndGet();
                                        System.err.println("not delivered: " + cause);
                                        room.release();
                                        open.countDown();
                                    }
                                })
                        .build();
        for (int number = 0; number < total; number++) {
            room.acquire();
            analytics.enqueue(
                    TrackMessage.builder("SDK Checked")
                            .messageId(UUID.randomUUID().toString())
                            .userId("java-" + number % 100)
                            .properties(
                                    Map.of(
                                            "number",
                                            number,
                                            "amount",
                                            number + 0.1,
                                            "sdk",
                                            "java")));
        }
        analytics.flush();
        boolean complete = open.await(5, TimeUnit.MINUTES);
        analytics.shutdown();
        System.exit(complete && failed.get() == 0 ? 0 : 1);
    }
}
