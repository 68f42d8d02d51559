package dev.millrace.ingestion.publish;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;

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
    void onlyErrorsThatEndAProducerGiveItUp() {
        for (Exception ofOneTopic :
                List.of(
                        new TopicAuthorizationException("a"),
                        new InvalidTopicException("i"),
                        new PolicyViolationException("p"),
                        new TimeoutException("t"),
                        new NotLeaderOrFollowerException("n"))) {
            assertThat(Acknowledgements.endsProducer(ofOneTopic)).as("%s", ofOneTopic).isFalse();
        }
        for (Exception ofAll :
                List.of(
                        new ClusterAuthorizationException("c"),
                        new ProducerFencedException("f"),
                        new KafkaException("in an error state"),
                        new IllegalStateException("closed"))) {
            assertThat(Acknowledgements.endsProducer(ofAll)).as("%s", ofAll).isTrue();
        }
    }

    @Test
    void whatPassesByItselfIsToldAsSuch() {
        assertThat(Acknowledgements.isPassing(new TimeoutException("t"))).isTrue();
        assertThat(Acknowledgements.isPassing(new TopicAuthorizationException("a"))).isFalse();
    }
}
