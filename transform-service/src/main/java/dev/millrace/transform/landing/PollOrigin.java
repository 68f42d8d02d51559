package dev.millrace.transform.landing;

import dev.millrace.transform.landing.Ledger.Step;
import dev.millrace.transform.quarantine.Quarantine;
import dev.millrace.transform.quarantine.QuarantinedRecord;

import org.apache.kafka.common.TopicPartition;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A poll: the ledger moves on, and what does not land goes to quarantine. */
final class PollOrigin implements Origin {

    private final Ledger ledger;
    private final Quarantine quarantine;
    private final List<Step> steps;

    /**
     * @param steps from where to where the batch brings each of its partitions
     */
    PollOrigin(Ledger ledger, Quarantine quarantine, List<Step> steps) {
        this.ledger = ledger;
        this.quarantine = quarantine;
        this.steps = steps;
    }

    @Override
    public void advance(Connection connection) throws SQLException, FencedException {
        ledger.advance(connection, steps);
    }

    @Override
    public List<QuarantinedRecord> settle(
            Connection connection, LandingBatch batch, RowWriting.Written written, Instant at)
            throws SQLException {
        Map<TopicPartition, Integer> generations = new HashMap<>();
        for (Step step : steps) {
            LogPartition moved = step.claim().partition();
            generations.put(
                    new TopicPartition(moved.topic(), moved.partition()),
                    step.claim().generation());
        }
        List<QuarantinedRecord> refused = QuarantineRecords.of(batch, generations);
        quarantine.add(connection, refused);
        return refused;
    }
}
