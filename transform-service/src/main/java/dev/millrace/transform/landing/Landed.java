package dev.millrace.transform.landing;

import dev.millrace.contracts.event.DatasetChanged;
import dev.millrace.transform.quarantine.QuarantinedRecord;

import java.time.Instant;
import java.util.List;

/** What a committed batch did. */
record Landed(
        LandingBatch batch,
        List<LandedStreams.Change> changes,
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
