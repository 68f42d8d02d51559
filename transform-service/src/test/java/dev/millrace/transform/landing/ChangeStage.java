package dev.millrace.transform.landing;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** A warehouse with one stream of changes, the table {@code $S.row}, and records for it. */
final class ChangeStage implements AutoCloseable {

    private static final int PARTITIONS = 4;

    final LandingStage stage = new LandingStage();
    private final String topic = stage.source + ".changes";

    /** A record as JSON; null for none. */
    record Written(@Nullable String key, @Nullable String value) {}

    ChangeStage(String settings) {
        settings(settings);
    }

    void settings(String settings) {
        stage.project(
                "{name: %s, type: kafka, streams: [{name: row, topic: %s%s}]}"
                        .formatted(stage.source, topic, settings.isEmpty() ? "" : ", " + settings));
    }

    /** The stream as Debezium writes it, held to a contract of these properties. */
    void contract(String properties) {
        contract("write_disposition: merge", properties);
    }

    void contract(String settings, String properties) {
        stage.contract(
                """
                {name: %s, type: kafka, streams: [{name: row, topic: %s, format: debezium,
                contract: contracts/c.yaml, %s}]}\
                """
                        .formatted(stage.source, topic, settings),
                """
                apiVersion: v3.1.0
                kind: DataContract
                id: c1
                version: 1.2.0
                status: active
                schema: [{name: row, properties: [%s]}]
                """
                        .formatted(properties));
    }

    static Written record(@Nullable String key, @Nullable String value) {
        return new Written(key, value);
    }

    /** A change of Debezium for the key {@code id}. */
    static Written change(String op, int id, long lsn, @Nullable String after) {
        return record(
                "{\"id\":%d}".formatted(id),
                """
                {"before":%s,"after":%s,"source":{"connector":"postgresql","ts_ms":%d,
                "lsn":%d},"op":"%s","ts_ms":1}\
                """
                        .formatted(
                                op.equals("d") ? "{\"id\":%d,\"a\":null}".formatted(id) : "null",
                                after,
                                1_700_000_000_000L + lsn * 1000,
                                lsn,
                                op));
    }

    static Written truncate(long lsn) {
        return record(
                null,
                """
                {"before":null,"after":null,"source":{"connector":"postgresql","ts_ms":%d,
                "lsn":%d},"op":"t","ts_ms":1}\
                """
                        .formatted(1_700_000_000_000L + lsn * 1000, lsn));
    }

    /** Lands records as one poll. */
    Landed land(Written... records) {
        return land(List.of(records));
    }

    Landed land(List<Written> records) {
        long offset = stage.next(topic);
        List<ConsumerRecord<byte[], byte[]>> polled = new ArrayList<>();
        for (Written record : records) {
            polled.add(consumed(topic, offset++, record));
        }
        return stage.landRecords(polled);
    }

    /** Lands records from several partitions, whatever their keys, by several landers at once. */
    void landBesideEachOther(List<Written> records, Random chance) {
        stage.withTopic(topic, PARTITIONS);
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (Written record : records) {
            sent.add(
                    stage.send(
                            new ProducerRecord<>(
                                    topic,
                                    chance.nextInt(PARTITIONS),
                                    bytes(record.key()),
                                    bytes(record.value()))));
        }
        LandingStage.acknowledged(sent);
        for (int lander = 0; lander < PARTITIONS; lander++) {
            stage.start("group-" + stage.source, stage.database, 3);
        }
        stage.awaitOffset(topic, records.size());
    }

    static ConsumerRecord<byte[], byte[]> consumed(String topic, long offset, Written record) {
        byte[] key = bytes(record.key());
        byte[] value = bytes(record.value());
        return new ConsumerRecord<>(
                topic,
                0,
                offset,
                LandingStage.NOW.toEpochMilli(),
                TimestampType.CREATE_TIME,
                key == null ? -1 : key.length,
                value == null ? -1 : value.length,
                key,
                value,
                new RecordHeaders(),
                Optional.empty());
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    /** The rows of a query, as text. */
    List<String> rows(String query) {
        return stage.sql.sql(query.replace("$S", stage.source)).query(String.class).list();
    }

    String one(String query) {
        return String.join("; ", Stream.ofNullable(rows(query)).flatMap(List::stream).toList());
    }

    /** What quarantine says of its records. */
    List<String> quarantined() {
        return rows("SELECT reason || ': ' || detail FROM transform.quarantine ORDER BY id");
    }

    @Override
    public void close() {
        stage.close();
    }
}
