package dev.millrace.serving.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.serving.query.RunningService;

import io.micrometer.core.instrument.MeterRegistry;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Pages are held in the memory for results, like all that is read and not yet sent. */
@Timeout(300)
class FeedMemoryTest {

    private static FeedStage stage;

    @BeforeAll
    static void start() {
        stage = new FeedStage("millrace.warehouse.max-result-bytes=4KB");
    }

    @AfterAll
    static void stop() {
        stage.close();
    }

    @BeforeEach
    void empty() {
        stage.sql(
                "TRUNCATE web.click, shop.orders, transform.relation_version,"
                        + " transform.change_batch");
    }

    @Test
    void pagesEndWhereThereIsNoMoreMemoryAndLoseNothing() {
        String cursor = stage.page("web.click", "now", 1).path("cursor").stringValue();
        String[] ids = IntStream.range(1_000, 1_100).mapToObj(i -> "a" + i).toArray(String[]::new);
        stage.append(ids);
        List<String> told = List.of(ids).stream().map(id -> "insert " + id).toList();

        JsonNode first = stage.page("web.click", null, 10_000);

        assertThat(first.path("data").size()).isBetween(1, 40);
        assertThat(first.path("more").asBoolean()).isTrue();
        assertThat(stage.all("web.click", null, 10_000).told())
                .containsExactlyInAnyOrderElementsOf(told);
        assertThat(stage.all("web.click", cursor, 10_000).told()).isEqualTo(told);
    }

    /** The page is full between changes that are read together, and not after one of them. */
    @Test
    void aPageThatIsFullBeforeAChangeGoesOnWithIt() {
        String clicks = stage.page("web.click", "now", 1).path("cursor").stringValue();
        String orders = stage.page("shop.orders", "now", 1).path("cursor").stringValue();
        for (int i = 10; i < 90; i++) {
            stage.append("a" + i);
            stage.put(Map.of("k" + i, 1L), List.of());
        }

        assertThat(stage.all("web.click", clicks, 5).told())
                .isEqualTo(IntStream.range(10, 90).mapToObj(i -> "insert a" + i).toList());
        assertThat(stage.all("web.click", clicks, 10_000).told())
                .isEqualTo(IntStream.range(10, 90).mapToObj(i -> "insert a" + i).toList());
        assertThat(stage.all("shop.orders", orders, 10_000).told())
                .isEqualTo(IntStream.range(10, 90).mapToObj(i -> "upsert k" + i).toList());
    }

    @Test
    void whatIsSentIsGivenBack() {
        stage.put(Map.of("a", 1L, "b", 1L), List.of());
        for (int i = 0; i < 20; i++) {
            assertThat(stage.all("shop.orders", null, 10_000).rows()).hasSize(2);
        }

        await().atMost(Duration.ofSeconds(20)).until(() -> held() == 0);
    }

    private static double held() {
        return stage.service
                .bean(MeterRegistry.class)
                .get("millrace.serving.result.memory.used")
                .gauge()
                .value();
    }

    @Test
    void aRowForWhichThereIsNoRoomIsNotRead() {
        stage.append("a".repeat(5_000));

        RunningService.Answer answer = stage.ask("/v1/feed/web.click");

        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(503);
        assertThat(answer.response().headers().firstValue("Retry-After")).hasValue("1");
        assertThat(held()).isZero();
    }
}
