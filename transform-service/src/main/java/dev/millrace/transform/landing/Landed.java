package dev.millrace.transform.landing;

import dev.millrace.contracts.event.DatasetChanged;
import dev.millrace.transform.quarantine.QuarantinedRecord;
import dev.millrace.transform.schema.Relation;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a committed batch did.
 *
 * @param late how many of the new rows are late
 */
record Landed(
        LandingBatch batch,
        List<LandedStreams.Change> changes,
        Map<Relation, Map<LateRows.Lag, Long>> late,
        List<QuarantinedRecord> quarantined,
        List<DatasetChanged> events,
        Instant loadedAt) {

    long rows() {
        return changes.stream().mapToLong(LandedStreams.Change::rows).sum();
    }

    long duplicates() {
        return changes.stream().mapToLong(LandedStreams.Change::duplicates).sum();
    }
}
