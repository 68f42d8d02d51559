package dev.millrace.transform.landing.identity;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * What this process knows of the identities of one table. Landers share it; what one of them adds
 * is in it once that is committed.
 */
final class KnownIdentities {

    private final long tableOid;
    private final long layout;
    private long lastBatch;
    private final FingerprintSet recent;
    private final List<Segment> segments;

    /**
     * @param layout grows with each change of the segments
     * @param lastBatch the last batch that is known
     * @param unsealed the identities of batches that are in no segment
     */
    KnownIdentities(
            long tableOid,
            long layout,
            long lastBatch,
            Fingerprints unsealed,
            List<Segment> segments) {
        this.tableOid = tableOid;
        this.layout = layout;
        this.lastBatch = lastBatch;
        this.recent = new FingerprintSet(unsealed.size());
        this.recent.addAll(unsealed);
        this.segments = List.copyOf(segments);
    }

    /** What may be in segments, by place in the question. */
    record Suspect(Segment segment, int index) {}

    /**
     * What is known of some identities.
     *
     * @param known places of those that are there
     * @param suspects those that may be there: that is to be looked up
     */
    record Answer(BitSet known, List<Suspect> suspects, IdentityLedger.Seen seen) {}

    Answer look(Fingerprints asked) {
        BitSet known;
        IdentityLedger.Seen seen;
        synchronized (this) {
            known = inRecent(asked);
            seen = seen();
        }
        // Segments do not change, and others need not wait while their filters are looked at.
        List<Suspect> suspects = new ArrayList<>();
        // One filter after the other: what of it was read last is still in the cache.
        for (Segment segment : segments) {
            for (int i = 0; i < asked.size(); i++) {
                if (segment.filter().mayContain(asked.second(i)) && !known.get(i)) {
                    suspects.add(new Suspect(segment, i));
                }
            }
        }
        return new Answer(known, suspects, seen);
    }

    /** Places of those that came in lately. */
    synchronized BitSet inRecent(Fingerprints asked) {
        BitSet known = new BitSet(asked.size());
        for (int i = 0; i < asked.size(); i++) {
            if (recent.contains(asked.first(i), asked.second(i))) {
                known.set(i);
            }
        }
        return known;
    }

    /** Learns of the batch that follows the last one known; others are read when they matter. */
    synchronized void learn(long batch, Fingerprints added) {
        if (batch == lastBatch + 1) {
            recent.addAll(added);
            lastBatch = batch;
        }
    }

    /** What is looked at here. */
    synchronized IdentityLedger.Seen seen() {
        return new IdentityLedger.Seen(tableOid, layout, lastBatch);
    }

    List<Segment> segments() {
        return segments;
    }

    synchronized int recentSize() {
        return recent.size();
    }

    synchronized long bytes() {
        return recent.bytes() + segments.stream().mapToLong(s -> s.filter().bytes()).sum();
    }

    long tableOid() {
        return tableOid;
    }
}
