package dev.millrace.transform.landing;

import dev.millrace.contracts.project.source.StreamSettings;
import dev.millrace.contracts.project.source.Writing;
import dev.millrace.contracts.record.MalformedRecordException;
import dev.millrace.contracts.record.RecordHeaders;
import dev.millrace.transform.landing.change.ChangeReader;
import dev.millrace.transform.landing.row.Arrival;
import dev.millrace.transform.landing.row.ChangeLayout;
import dev.millrace.transform.landing.row.ContractViolationException;
import dev.millrace.transform.landing.row.MalformedValueException;
import dev.millrace.transform.landing.row.RowCheck;
import dev.millrace.transform.landing.row.ValueReader;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.TableKind;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads the records of streams that are merged, or that Debezium writes. */
final class ChangeRecords {

    /** Where flattened changes have the time, if the connector was told to add it. */
    private static final List<String> FLATTENED_TIME = List.of("__source_ts_ms");

    private final ChangeReader reader;

    ChangeRecords(ValueReader values) {
        this.reader = new ChangeReader(values);
    }

    /** How the changes of a stream become rows. */
    ChangeLayout layout(String source, StreamSettings stream, @Nullable RowCheck check) {
        boolean isDebezium = stream.format() == StreamSettings.Format.DEBEZIUM;
        List<String> time = stream.eventTime();
        return new ChangeLayout(
                new Relation(source, stream.name()),
                kind(stream.writing()),
                isDebezium,
                stream.writing().primaryKey(),
                time == null && isDebezium ? FLATTENED_TIME : time,
                check);
    }

    private static TableKind kind(Writing writing) {
        if (writing.disposition() == Writing.Disposition.APPEND) {
            return TableKind.APPENDED;
        }
        return switch (writing.deletes()) {
            case HARD -> TableKind.KEYED;
            case SOFT -> TableKind.KEYED_SOFTLY;
            case HISTORY -> TableKind.VERSIONED;
        };
    }

    /**
     * Reads a record.
     *
     * @param topicGeneration how many topics of that name there were up to this one
     * @return whether there is a change in it
     */
    boolean read(
            ConsumerRecord<byte[], byte[]> record,
            ChangeLayout layout,
            StreamSettings stream,
            Arrival arrival,
            int topicGeneration)
            throws MalformedValueException, ContractViolationException {
        ChangeReader.Source source =
                new ChangeReader.Source(
                        record.key(),
                        record.value(),
                        text(record, RecordHeaders.OPERATION),
                        generation(record, stream.writing()) + topicGeneration - 1,
                        record.offset());
        return stream.format() == StreamSettings.Format.DEBEZIUM
                ? reader.readDebezium(source, layout, arrival)
                : reader.readRow(source, layout, arrival);
    }

    private static long generation(ConsumerRecord<?, ?> record, Writing writing) {
        String written = text(record, RecordHeaders.GENERATION);
        if (written == null) {
            return writing.generation();
        }
        try {
            return Math.max(writing.generation(), Long.parseLong(written));
        } catch (NumberFormatException e) {
            throw new MalformedRecordException(
                    "the header " + RecordHeaders.GENERATION + " is no whole number", e);
        }
    }

    private static @Nullable String text(ConsumerRecord<?, ?> record, String name) {
        byte[] value = BatchReader.header(record, name);
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }
}
