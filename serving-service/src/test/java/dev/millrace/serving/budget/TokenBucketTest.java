package dev.millrace.serving.budget;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class TokenBucketTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void aBurstGoesThroughAndThenTheRate() {
        TokenBucket bucket = new TokenBucket(3, 0);
        for (int i = 0; i < 3; i++) {
            assertThat(bucket.take(2, 3, 0)).isEmpty();
        }

        assertThat(bucket.take(2, 3, 0)).hasValue(Duration.ofMillis(500));
        assertThat(bucket.take(2, 3, SECOND / 2)).isEmpty();
        assertThat(bucket.take(2, 3, SECOND / 2)).isPresent();
    }

    @Test
    void aLongPauseGivesNoMoreThanABurst() {
        TokenBucket bucket = new TokenBucket(2, 0);

        assertThat(bucket.take(1, 2, 3_600 * SECOND)).isEmpty();
        assertThat(bucket.take(1, 2, 3_600 * SECOND)).isEmpty();
        assertThat(bucket.take(1, 2, 3_600 * SECOND)).isPresent();
    }

    @Test
    void aBudgetThatChangesCountsFromThen() {
        TokenBucket bucket = new TokenBucket(100, 0);

        assertThat(bucket.take(1, 1, 0)).isEmpty();
        assertThat(bucket.take(1, 1, 0)).isPresent();
    }
}
