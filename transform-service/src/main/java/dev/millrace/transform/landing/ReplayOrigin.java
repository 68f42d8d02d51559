package dev.millrace.transform.landing;

import dev.millrace.transform.quarantine.HeldRecord;
import dev.millrace.transform.quarantine.HeldRecords;
import dev.millrace.transform.quarantine.QuarantinedRecord;
import dev.millrace.transform.quarantine.Replay;
import dev.millrace.transform.quarantine.Replays;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A replay: records that are locked in quarantine leave it, or stay there with their new reason.
 * The locks are what keeps two replays from landing the same record.
 */
final class ReplayOrigin implements Origin {

    private final Replays replays;
    private final Replay replay;
    private final List<HeldRecord> records;
    private final long lastId;

    /**
     * @param records those of the batch, in its order
     * @param lastId up to which the replay is done after them
     */
    ReplayOrigin(Replays replays, Replay replay, List<HeldRecord> records, long lastId) {
        this.replays = replays;
        this.replay = replay;
        this.records = records;
        this.lastId = lastId;
    }

    /** There is nothing to do: who has come here holds the locks. */
    @Override
    public void advance(Connection connection) {}

    @Override
    public boolean isFresh() {
        return false;
    }

    @Override
    public List<QuarantinedRecord> settle(
            Connection connection, LandingBatch batch, RowWriting.Written written, Instant at)
            throws SQLException {
        BitSet rejected = new BitSet();
        List<HeldRecords.Refusal> refusals = new ArrayList<>();
        for (Rejection rejection : batch.rejections()) {
            rejected.set(rejection.record());
            refusals.add(
                    new HeldRecords.Refusal(
                            records.get(rejection.record()).id(),
                            QuarantineRecords.cause(rejection)));
        }
        List<Long> done = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            if (!rejected.get(i)) {
                done.add(records.get(i).id());
            }
        }
        HeldRecords.replayed(connection, done, replay, at);
        HeldRecords.refusedAgain(connection, refusals, replay, at);
        replays.advance(connection, replay.id(), lastId, counts(batch, written.fresh()));
        return List.of();
    }

    /** What became of the records of a batch, of which some are new. */
    static Replay.Counts counts(LandingBatch batch, BitSet fresh) {
        long refused = batch.rejections().size();
        long leftOut = batch.discardedRows() + batch.tombstones();
        long landed = fresh.cardinality();
        return new Replay.Counts(
                landed, batch.records().size() - landed - leftOut - refused, leftOut, refused);
    }
}
