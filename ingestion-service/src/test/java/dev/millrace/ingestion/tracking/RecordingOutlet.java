package dev.millrace.ingestion.tracking;

import dev.millrace.contracts.topic.Topics;
import dev.millrace.ingestion.payload.InvalidJsonException;
import dev.millrace.ingestion.payload.Json;
import dev.millrace.ingestion.payload.JsonReader;
import dev.millrace.ingestion.source.OutgoingRecord;
import dev.millrace.ingestion.source.Outlet;
import dev.millrace.ingestion.source.OutletUnavailableException;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Keeps in memory what Kafka would get, and can be away, or take small records only: whatever their
 * topic, and whether it says so beforehand or not.
 */
final class RecordingOutlet implements Outlet {

    final List<OutgoingRecord> records = new ArrayList<>();
    final Map<String, Long> told = new HashMap<>();
    long largest = Long.MAX_VALUE;
    int calls;
    OutletUnavailableException.@Nullable Reason away;

    @Override
    public List<OutgoingRecord> store(List<OutgoingRecord> given)
            throws OutletUnavailableException {
        if (away != null) {
            throw new OutletUnavailableException(away, "away for a test");
        }
        calls++;
        List<OutgoingRecord> tooLarge = new ArrayList<>();
        for (OutgoingRecord record : given) {
            (record.weight() <= largest ? records : tooLarge).add(record);
        }
        return tooLarge;
    }

    @Override
    public long largest(String topic) {
        return told.getOrDefault(topic, Long.MAX_VALUE);
    }

    List<OutgoingRecord> taken() {
        return records.stream()
                .filter(record -> !record.topic().equals(Topics.QUARANTINE.name()))
                .toList();
    }

    List<OutgoingRecord> quarantined() {
        return records.stream()
                .filter(record -> record.topic().equals(Topics.QUARANTINE.name()))
                .toList();
    }

    /** The payload of the one record that was taken. */
    Json.Struct only() {
        if (taken().size() != 1) {
            throw new AssertionError(
                    "taken: " + taken().size() + ", quarantined: " + quarantined().size());
        }
        return payload(taken().getFirst());
    }

    static Json.Struct payload(OutgoingRecord record) {
        try {
            return (Json.Struct) JsonReader.read(record.value());
        } catch (InvalidJsonException e) {
            throw new AssertionError(e);
        }
    }

    static String header(OutgoingRecord record, String name) {
        return new String(
                Objects.requireNonNull(record.headers().get(name), name), StandardCharsets.UTF_8);
    }

    static String value(OutgoingRecord record) {
        return new String(record.value(), StandardCharsets.UTF_8);
    }
}
