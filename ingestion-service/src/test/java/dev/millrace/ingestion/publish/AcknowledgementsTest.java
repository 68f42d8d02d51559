package dev.millrace.ingestion.publish;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class AcknowledgementsTest {

    @Test
    void allAreAwaitedWhateverBecameOfThem() throws InterruptedException {
        Acknowledgements acknowledgements = new Acknowledgements(4);
        Thread.ofVirtual()
                .start(
                        () -> {
                            acknowledgements.add(3, new RecordTooLargeException("3"));
                            acknowledgements.add(0, null);
                            acknowledgements.add(1, new RecordTooLargeException("1"));
                            acknowledgements.skip();
                        });
        acknowledgements.await();
        assertThat(acknowledgements.failure()).isNull();
        assertThat(acknowledgements.tooLarge()).containsExactly(1, 3);
    }

    @Test
    void theFirstFailureIsTheOneThatIsTold() {
        Acknowledgements acknowledgements = new Acknowledgements(2);
        TimeoutException first = new TimeoutException("first");
        acknowledgements.add(0, first);
        acknowledgements.add(1, new TimeoutException("second"));
        assertThat(acknowledgements.failure()).isSameAs(first);
    }

    @Test
    void onlyErrorsThatPassByThemselvesLeaveTheProducer() {
        assertThat(Acknowledgements.isLasting(new TimeoutException("t"))).isFalse();
        assertThat(Acknowledgements.isLasting(new NotLeaderOrFollowerException("n"))).isFalse();
        assertThat(Acknowledgements.isLasting(new TopicAuthorizationException("a"))).isTrue();
        assertThat(Acknowledgements.isLasting(new IllegalStateException("closed"))).isTrue();
    }
}
