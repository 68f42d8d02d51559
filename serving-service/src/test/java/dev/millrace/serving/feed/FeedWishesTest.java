package dev.millrace.serving.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.contracts.event.FeedWanted;
import dev.millrace.contracts.topic.Topics;
import dev.millrace.serving.query.RunningService;
import dev.millrace.test.TestKafka;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import tools.jackson.databind.json.JsonMapper;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

@Timeout(300)
class FeedWishesTest {

    private static final String UNFOLLOWED =
            "CREATE TABLE web.%1$s (a int); GRANT SELECT ON web.%1$s TO millrace_reader";

    @Test
    void theFirstRequestForARelationHasTransformFollowItAndWaitsForThat() {
        try (FeedStage stage =
                new FeedStage("spring.kafka.bootstrap-servers=" + TestKafka.bootstrapServers())) {
            stage.sql(UNFOLLOWED.formatted("wanted"));
            CompletableFuture<RunningService.Answer> answer =
                    CompletableFuture.supplyAsync(() -> stage.ask("/v1/feed/web.wanted"));

            FeedWanted wanted = awaitWanted("web.wanted");
            stage.sql("INSERT INTO transform.feed VALUES ('web.wanted', 'infinity', true)");

            assertThat(wanted.relation()).isEqualTo("web.wanted");
            assertThat(wanted.until())
                    .isBetween(
                            Instant.now().plus(Duration.ofDays(13)),
                            Instant.now().plus(Duration.ofDays(15)));
            // On a machine that has much to do it may have come too late for this one.
            if (answer.join().status() != 200) {
                assertThat(answer.join().status()).isEqualTo(503);
                assertThat(stage.ask("/v1/feed/web.wanted").status()).isEqualTo(200);
            }
        }
    }

    private static FeedWanted awaitWanted(String relation) {
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                TestKafka.bootstrapServers(),
                                "allow.auto.create.topics",
                                false),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            List<TopicPartition> partitions = List.of(new TopicPartition(Topics.FEEDS.name(), 0));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            return await().atMost(Duration.ofSeconds(90))
                    .ignoreExceptions()
                    .until(() -> find(consumer, relation), Optional::isPresent)
                    .orElseThrow();
        }
    }

    private static Optional<FeedWanted> find(
            KafkaConsumer<String, String> consumer, String relation) {
        for (ConsumerRecord<String, String> read : consumer.poll(Duration.ofMillis(200))) {
            if (read.key().equals(relation)) {
                return Optional.of(JsonMapper.shared().readValue(read.value(), FeedWanted.class));
            }
        }
        return Optional.empty();
    }

    @Test
    void whileKafkaIsAwayWhatIsFollowedIsReadAndTheRestIsPutOff() {
        try (FeedStage stage = new FeedStage("spring.kafka.bootstrap-servers=127.0.0.1:1")) {
            stage.append("a");
            stage.sql(UNFOLLOWED.formatted("later"));

            assertThat(stage.all("web.click", null, 10).told()).containsExactly("insert a");
            RunningService.Answer later = stage.ask("/v1/feed/web.later");
            assertThat(later.status()).isEqualTo(503);
            assertThat(later.response().headers().firstValue("Retry-After")).hasValue("1");
            assertThat(later.body().path("detail").asString()).contains("try again");
        }
    }
}
