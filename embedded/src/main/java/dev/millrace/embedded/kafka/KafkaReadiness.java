package dev.millrace.embedded.kafka;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterResult;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Tells when a broker can be used, which is later than when its port is open. */
public final class KafkaReadiness {

    private static final Duration PAUSE = Duration.ofMillis(100);

    private KafkaReadiness() {}

    /** Returns when the broker has registered and answers; throws when that takes too long. */
    public static void await(String bootstrapServers, Duration patience)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!isReady(bootstrapServers)) {
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        "Kafka on "
                                + bootstrapServers
                                + " did not answer within "
                                + patience.toSeconds()
                                + " s");
            }
            Thread.sleep(PAUSE);
        }
    }

    /** Whether the broker answers now, or within a second. */
    public static boolean isReady(String bootstrapServers) throws InterruptedException {
        try (Admin admin =
                Admin.create(
                        Map.of(
                                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrapServers,
                                AdminClientConfig.RECONNECT_BACKOFF_MS_CONFIG,
                                "50",
                                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                                "1000",
                                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                                "1000"))) {
            DescribeClusterResult cluster = admin.describeCluster();
            return !cluster.nodes().get(1, TimeUnit.SECONDS).isEmpty()
                    && cluster.controller().get(1, TimeUnit.SECONDS) != null;
        } catch (ExecutionException | TimeoutException _) {
            return false;
        }
    }
}
