package dev.millrace.ingestion.tracking;

import dev.millrace.contracts.record.QuarantineReason;
import dev.millrace.ingestion.source.ByteBudget;
import dev.millrace.ingestion.source.DoorCounts;
import dev.millrace.ingestion.source.OutgoingRecord;
import dev.millrace.ingestion.source.OutletUnavailableException;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The records of one request, with room reserved for each before the next is made. */
final class SortedEvents {

    private final ByteBudget.Reservation reservation;
    private final List<OutgoingRecord> records = new ArrayList<>();
    private final Map<QuarantineReason, Integer> refused = new EnumMap<>(QuarantineReason.class);
    private int accepted;
    private long weight;

    SortedEvents(ByteBudget.Reservation reservation) {
        this.reservation = reservation;
    }

    void accept(OutgoingRecord record) throws OutletUnavailableException {
        add(record);
        accepted++;
    }

    void refuse(OutgoingRecord record, QuarantineReason reason, int events)
            throws OutletUnavailableException {
        add(record);
        refused.merge(reason, events, Integer::sum);
    }

    /** Takes back the acceptance of some, which were too large after all. */
    void refuseAccepted(int events) {
        accepted -= events;
        refused.merge(QuarantineReason.TOO_LARGE, events, Integer::sum);
    }

    List<OutgoingRecord> records() {
        return records;
    }

    long weight() {
        return weight;
    }

    void countInto(DoorCounts.OfSource counts) {
        counts.countAccepted(accepted);
        refused.forEach(counts::countRefused);
    }

    private void add(OutgoingRecord record) throws OutletUnavailableException {
        long cost = record.weight();
        reservation.take(cost);
        weight += cost;
        records.add(record);
    }
}
