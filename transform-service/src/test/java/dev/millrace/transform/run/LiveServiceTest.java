package dev.millrace.transform.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestKafka;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.RunningTransform;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Live models of a project, in the service as it is started, over what its landers land. */
@Timeout(300)
class LiveServiceTest {

    private static final String SOURCE = "lives" + ProcessHandle.current().pid();
    private static final String PER_MINUTE =
            """
            {{ config(materialized='live') }}
            select date_trunc('minute', _mr_event_at) as minute, count(*) as orders,
              sum(amount) as revenue, avg(amount) as mean
            from {{ source('%s', 'orders') }} group by 1
            """;
    private static final String BY_REST =
            """
            {{ config(materialized='live') }}
            select amount %% 7 as rest, sum(100 / (amount - 13)) as x
            from {{ source('%s', 'orders') }} group by 1
            """;

    private final TestWarehouse warehouse = TestWarehouse.create();
    private final JdbcClient models = JdbcClient.create(warehouse.dataSource(Role.MODELS));

    @TempDir private Path project;
    private KafkaProducer<String, String> producer;
    private RunningTransform service;
    private int sent;

    @BeforeEach
    void start() throws Exception {
        write(
                "sources/all.yml",
                """
                sources:
                  - name: %1$s
                    type: kafka
                    streams: [{name: orders, topic: %1$s.orders, id: id, event_time: at}]
                """
                        .formatted(SOURCE));
        write("dbt_project.yml", "name: shop\nprofile: shop\n");
        write("models/per_minute.sql", PER_MINUTE.formatted(SOURCE));
        write("models/by_rest.sql", BY_REST.formatted(SOURCE));
        producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", TestKafka.bootstrapServers(), "linger.ms", 0),
                        new StringSerializer(),
                        new StringSerializer());
        service = begin();
    }

    @AfterEach
    void stop() {
        service.close();
        producer.close();
    }

    private RunningTransform begin() {
        return RunningTransform.start(
                warehouse,
                project,
                "--millrace.landing.group=" + SOURCE,
                "--millrace.models.target-lag=2s");
    }

    private void write(String file, String text) throws Exception {
        Path path = project.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    /** Sends orders of these amounts, a minute apart, and every third of them twice. */
    private void send(int... amounts) {
        for (int amount : amounts) {
            int n = sent++;
            String order =
                    "{\"id\": %d, \"at\": \"2026-01-01T10:%02d:00Z\", \"amount\": %d}"
                            .formatted(n, n % 60, amount);
            for (int copy = 0; copy < (n % 3 == 0 ? 2 : 1); copy++) {
                var _ = producer.send(new ProducerRecord<>(SOURCE + ".orders", "" + n, order));
            }
        }
        producer.flush();
    }

    private List<String> rows(String sql) {
        return models.sql("select q::text from (%s) q order by 1".formatted(sql))
                .query(String.class)
                .list();
    }

    private List<String> expected(String model) {
        String query =
                model.substring(model.indexOf("select"))
                        .formatted(SOURCE)
                        .replaceAll("\\{\\{.*}}", SOURCE + ".orders");
        return rows(query);
    }

    private void awaitPerMinute(int orders) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(
                        () ->
                                rows("select sum(orders)::int as n from analytics.per_minute")
                                        .equals(List.of("(" + orders + ")")));
        assertThat(rows("select * from analytics.per_minute")).isEqualTo(expected(PER_MINUTE));
    }

    private List<String> generations() {
        return rows("select generation from millrace_live.model where model like '%per_minute'");
    }

    private void awaitDoor(String path, String... texts) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertThat(service.get(path).body()).contains(texts));
    }

    @Test
    void ordersAMinuteFollowLandingOverARestartAndOneThatFailsGrowsStaleAlone() throws Exception {
        send(1, 2, 3);
        awaitPerMinute(3);
        awaitDoor("/operator/models", "\"state\":\"following\"");
        List<String> built = generations();

        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            send(20 + i, 30 + i);
            long began = System.nanoTime();
            awaitPerMinute(sent);
            millis.add(Duration.ofNanos(System.nanoTime() - began).toMillis());
        }
        // From the broker to the model; the machine may hiccup now and then.
        assertThat(millis.stream().sorted().toList().get(4)).isLessThan(1_000);

        await().atMost(Duration.ofSeconds(30))
                .until(() -> rows("select * from analytics.by_rest").equals(expected(BY_REST)));
        List<String> before = rows("select * from analytics.by_rest");
        send(13, 50);
        awaitPerMinute(sent);
        awaitDoor("/operator/models", "\"state\":\"failing\"", "\"message\":\"division by zero\"");
        assertThat(rows("select * from analytics.by_rest")).isEqualTo(before);
        String metrics = service.get("/actuator/prometheus").body();
        assertThat(metrics)
                .contains("millrace_live_failing{relation=\"analytics.by_rest\"} 1.0")
                .contains("millrace_live_failing{relation=\"analytics.per_minute\"} 0.0")
                .contains("millrace_live_freshness_seconds_count");
        service.close();
        send(60, 61, 62, 63);
        service = begin();
        awaitPerMinute(sent);
        assertThat(generations()).isEqualTo(built);

        write("models/by_rest.sql", BY_REST.formatted(SOURCE).replace("- 13", "- 1000"));
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(
                        () ->
                                rows("select * from analytics.by_rest")
                                        .equals(expected(BY_REST.replace("- 13", "- 1000"))));
        send(70);
        awaitPerMinute(sent);
    }
}
