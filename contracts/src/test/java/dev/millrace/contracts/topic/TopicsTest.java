package dev.millrace.contracts.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Map;

class TopicsTest {

    @Test
    void aSourceHasItsOwnTopic() {
        assertThat(Topics.raw("web").name()).isEqualTo("raw.web");
        assertThat(Topics.raw("web").partitions()).isEqualTo(Topics.RAW_PARTITIONS);
    }

    @Test
    void retentionIsTheBrokersOwnUnit() {
        assertThat(Topics.DATASETS.settings())
                .containsEntry("cleanup.policy", "delete")
                .containsEntry("retention.ms", Long.toString(Duration.ofDays(7).toMillis()));
    }

    @Test
    void aCompactedTopicHasNoRetention() {
        assertThat(Topics.ROLLUPS.settings())
                .containsExactly(Map.entry("cleanup.policy", "compact"));
        assertThat(Topics.FEEDS.settings()).containsExactly(Map.entry("cleanup.policy", "compact"));
    }

    @Test
    void aTopicWithoutPartitionsIsRefused() {
        assertThatThrownBy(() -> Topics.RUNS.withPartitions(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("millrace.runs");
    }
}
