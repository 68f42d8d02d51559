package dev.millrace.ingestion.publish;

import dev.millrace.ingestion.source.OutgoingRecord;
import dev.millrace.ingestion.source.Outlet;
import dev.millrace.ingestion.source.OutletUnavailableException;
import dev.millrace.ingestion.source.OutletUnavailableException.Reason;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Stores records in Kafka, and returns when all in-sync replicas have each of them. */
final class KafkaOutlet implements Outlet {

    private final Producers producers;
    private final RequiredTopics topics;
    private final Timer latency;

    KafkaOutlet(Producers producers, RequiredTopics topics, MeterRegistry meters) {
        this.producers = producers;
        this.topics = topics;
        this.latency =
                Timer.builder("millrace.publish.acknowledged")
                        .description("From handing records over until Kafka acknowledged them")
                        .publishPercentileHistogram()
                        .register(meters);
    }

    @Override
    public List<OutgoingRecord> store(List<OutgoingRecord> records)
            throws OutletUnavailableException {
        if (records.isEmpty()) {
            return List.of();
        }
        checkTopics(records);
        Producer<byte[], byte[]> producer = producer();
        long begin = System.nanoTime();
        Acknowledgements acknowledgements = send(producer, records);
        try {
            acknowledgements.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OutletUnavailableException(Reason.STOPPING, "interrupted while waiting", e);
        }
        Exception failure = acknowledgements.failure();
        if (failure != null) {
            throw unavailable(producer, failure);
        }
        latency.record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
        return acknowledgements.tooLarge().stream().map(records::get).toList();
    }

    @Override
    public long largest(String topic) {
        return Math.min(Producers.REQUEST_BYTES, topics.maxRecordBytes(topic));
    }

    private void checkTopics(List<OutgoingRecord> records) throws OutletUnavailableException {
        Set<String> missing = new HashSet<>();
        for (OutgoingRecord record : records) {
            if (!topics.has(record.topic())) {
                missing.add(record.topic());
            }
        }
        if (!missing.isEmpty()) {
            throw new OutletUnavailableException(
                    Reason.KAFKA, "the topics " + missing + " are not there yet");
        }
    }

    private Producer<byte[], byte[]> producer() throws OutletUnavailableException {
        try {
            return producers.current();
        } catch (KafkaException e) {
            throw new OutletUnavailableException(Reason.KAFKA, "there is no producer", e);
        } catch (IllegalStateException e) {
            throw new OutletUnavailableException(Reason.STOPPING, "the service is stopping", e);
        }
    }

    /** Sends until one fails, as each further one would wait as long as that did. */
    private static Acknowledgements send(
            Producer<byte[], byte[]> producer, List<OutgoingRecord> records) {
        Acknowledgements acknowledgements = new Acknowledgements(records.size());
        for (int i = 0; i < records.size(); i++) {
            int index = i;
            if (acknowledgements.failure() != null) {
                acknowledgements.skip();
                continue;
            }
            try {
                // The callback hears all that the future would tell.
                var _ =
                        producer.send(
                                record(records.get(i)),
                                (metadata, failure) -> acknowledgements.add(index, failure));
            } catch (KafkaException | IllegalStateException e) {
                acknowledgements.add(index, e);
            }
        }
        return acknowledgements;
    }

    private static ProducerRecord<byte[], byte[]> record(OutgoingRecord outgoing) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(outgoing.topic(), outgoing.key(), outgoing.value());
        outgoing.headers().forEach(record.headers()::add);
        return record;
    }

    private OutletUnavailableException unavailable(
            Producer<byte[], byte[]> producer, Exception failure) {
        if (failure instanceof InterruptException) {
            return new OutletUnavailableException(Reason.STOPPING, "interrupted", failure);
        }
        if (Acknowledgements.endsProducer(failure)) {
            producers.discard(producer, failure);
        }
        if (!Acknowledgements.isPassing(failure)) {
            return new OutletUnavailableException(
                    Reason.KAFKA, "Kafka refuses records: " + failure.getMessage(), failure);
        }
        return new OutletUnavailableException(
                Reason.NOT_ACKNOWLEDGED,
                "Kafka did not acknowledge: " + failure.getMessage(),
                failure);
    }
}
