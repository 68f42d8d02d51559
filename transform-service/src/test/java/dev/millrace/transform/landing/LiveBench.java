package dev.millrace.transform.landing;

import dev.millrace.test.TestKafka;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.materialization.live.LiveStage;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.LoggerFactory;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures live models on this machine: how old what they show is at a steady rate, and what they
 * cost landing. See {@code bench/live/README.md}.
 */
final class LiveBench {

    private static final String MODEL =
            """
            select date_trunc('minute', _mr_event_at) as minute, count(*) as n, sum(amount) as total,
              avg(amount) as mean, max(_mr_event_at) as latest
            from %s.click group by 1
            """;

    /** What live model there is beside landing. */
    private enum Beside {
        NONE,
        WORKING,
        FAILING
    }

    private LiveBench() {}

    /**
     * Runs it.
     *
     * @param args rows a second, seconds, and rows of each run at full speed, or 0 for none
     */
    public static void main(String[] args) throws Exception {
        int rate = Integer.parseInt(args[0]);
        int seconds = Integer.parseInt(args[1]);
        int rows = Integer.parseInt(args[2]);
        // The broker would keep the process alive.
        int status = 1;
        try {
            steady(rate, seconds);
            for (int run = 0; run < (rows > 0 ? 3 : 0); run++) {
                System.out.printf("without a live model:    %,d rows/s%n", full(rows, Beside.NONE));
                System.out.printf(
                        "with one:                %,d rows/s%n", full(rows, Beside.WORKING));
                System.out.printf(
                        "with one that fails:     %,d rows/s%n", full(rows, Beside.FAILING));
            }
            status = 0;
        } catch (Exception | Error e) {
            LoggerFactory.getLogger(LiveBench.class).error("The bench ended early", e);
        }
        System.exit(status);
    }

    private static LandingStage stage(TestWarehouse warehouse) {
        LandingStage stage = LandingStage.plain(warehouse, TestKafka.bootstrapServers());
        stage.project(
                "{name: %s, type: kafka, streams: [{name: click, topic: %s, id: n, event_time: at}]}"
                        .formatted(stage.source, stage.clicks()));
        stage.withTopic(stage.clicks(), 4);
        stage.land(order(-1, Instant.now()));
        return stage;
    }

    private static String order(int n, Instant at) {
        return """
        {"n": "o%d", "at": "%s", "amount": %d.25, "customer": "c%d", "sku": "s%d", "paid": true}\
        """
                .formatted(n, at, n % 100, n % 5_000, n % 300);
    }

    private static void start(LandingStage stage) {
        for (int lander = 0; lander < 2; lander++) {
            stage.start("group-" + stage.source, stage.database, 16_000);
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(LandingStage stage) {
        Map<String, Object> settings = new HashMap<>(stage.connection());
        settings.put("linger.ms", 5);
        settings.put("batch.size", 128 << 10);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static void steady(int rate, int seconds) throws Exception {
        TestWarehouse warehouse = TestWarehouse.create();
        System.out.printf("load of the machine before: %.1f%n", load());
        try (LandingStage stage = stage(warehouse);
                LiveStage live = new LiveStage(warehouse);
                KafkaProducer<byte[], byte[]> producer = producer(stage)) {
            live.registerAsShipped("per_minute", MODEL.formatted(stage.source));
            live.awaitSame("per_minute");
            start(stage);
            // Joining the group and compiling are not what is measured.
            int warmUp = 20_000;
            for (int n = 0; n < warmUp; n++) {
                var _ =
                        producer.send(
                                new ProducerRecord<>(
                                        stage.clicks(),
                                        order(n, Instant.now()).getBytes(StandardCharsets.UTF_8)));
            }
            producer.flush();
            stage.awaitOffset(stage.clicks(), warmUp + 1L, Duration.ofMinutes(5));
            live.awaitSame("per_minute");
            List<Double> ages = Collections.synchronizedList(new ArrayList<>());
            long began = System.nanoTime();
            long warm = began + Duration.ofSeconds(10).toNanos();
            Thread probe =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        while (!Thread.currentThread().isInterrupted()) {
                                            double age = live.age("per_minute", "latest");
                                            if (System.nanoTime() > warm) {
                                                ages.add(age);
                                            }
                                            pause(20);
                                        }
                                    });
            int sent = warmUp;
            long end = began + Duration.ofSeconds(seconds + 10L).toNanos();
            while (System.nanoTime() < end) {
                long due = warmUp + (System.nanoTime() - began) * rate / 1_000_000_000L;
                Instant now = Instant.now();
                for (; sent < due; sent++) {
                    var _ =
                            producer.send(
                                    new ProducerRecord<>(
                                            stage.clicks(),
                                            order(sent, now).getBytes(StandardCharsets.UTF_8)));
                }
                Thread.sleep(5);
            }
            probe.interrupt();
            probe.join();
            producer.flush();
            double took = (System.nanoTime() - began) / 1e9;
            stage.awaitOffset(stage.clicks(), sent + 1L, Duration.ofMinutes(5));
            live.awaitSame("per_minute");
            Collections.sort(ages);
            System.out.printf(
                    "%,d rows in %.0f s; from when it was sent to when the model has it: p50 %.0f"
                            + " ms, p99 %.0f ms, max %.0f ms; equal at the end%n",
                    sent - warmUp, took, at(ages, 0.5), at(ages, 0.99), ages.getLast());
        }
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static double at(List<Double> sorted, double share) {
        return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(sorted.size() * share)));
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lands what is in the topic already, as fast as it can. */
    private static long full(int rows, Beside beside) throws Exception {
        TestWarehouse warehouse = TestWarehouse.create();
        try (LandingStage stage = stage(warehouse);
                LiveStage live = new LiveStage(warehouse);
                KafkaProducer<byte[], byte[]> producer = producer(stage)) {
            Instant now = Instant.now();
            for (int n = 0; n < rows; n++) {
                var _ =
                        producer.send(
                                new ProducerRecord<>(
                                        stage.clicks(),
                                        order(n, now.plusMillis(n))
                                                .getBytes(StandardCharsets.UTF_8)));
            }
            producer.flush();
            switch (beside) {
                case NONE -> {}
                case WORKING -> {
                    live.registerAsShipped("per_minute", MODEL.formatted(stage.source));
                    live.awaitSame("per_minute");
                }
                case FAILING -> {
                    // Every hundredth row makes it fail; the first does not.
                    live.registerAsShipped(
                            "ratios",
                            "select date_trunc('minute', _mr_event_at) as minute, sum(amount /"
                                    + " (amount - 0.25))"
                                    + " as ratio from %s.click group by 1".formatted(stage.source));
                    live.awaitSame("ratios");
                }
            }
            long began = System.nanoTime();
            start(stage);
            stage.awaitOffset(stage.clicks(), rows + 1L, Duration.ofMinutes(5));
            long rate = (long) (rows / ((System.nanoTime() - began) / 1e9));
            switch (beside) {
                case NONE -> {}
                case WORKING -> live.awaitSame("per_minute");
                case FAILING -> live.awaitFailed("ratios");
            }
            return rate;
        }
    }
}
