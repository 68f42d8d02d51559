package dev.millrace.transform.landing;

import dev.millrace.transform.landing.Ledger.Claim;
import dev.millrace.transform.landing.Ledger.Step;
import dev.millrace.transform.quarantine.Quarantine;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * Lands what a poll brought: nearly always in one transaction. Where that fails for something that
 * may lie in a record, it goes in ever smaller portions until the record stands alone, and that one
 * goes to quarantine: no record stops a partition.
 */
final class PollLanding {

    private static final Logger log = LoggerFactory.getLogger(PollLanding.class);

    /** Each table takes locks on itself and its indexes, of which PostgreSQL has some thousands. */
    static final int MAX_TABLES = 200;

    private final Ledger ledger;
    private final Quarantine quarantine;
    private final BatchReader reader;
    private final Landing landing;
    private final LandingWatch watch;

    PollLanding(
            Ledger ledger,
            Quarantine quarantine,
            BatchReader reader,
            Landing landing,
            LandingWatch watch) {
        this.ledger = ledger;
        this.quarantine = quarantine;
        this.reader = reader;
        this.landing = landing;
        this.watch = watch;
    }

    /**
     * Lands a portion, and moves the claims on as it does.
     *
     * @throws SQLException if the database cannot do it now; a part may have landed, and the ledger
     *     knows which
     * @throws FencedException if a partition has a newer owner
     */
    void land(Portion portion, Routes routes, Map<TopicPartition, Claim> claims)
            throws SQLException, FencedException {
        land(portion, routes, claims, true);
    }

    /**
     * @param again whether to try the same once more if a table is not what it was, as it is made
     *     ready anew then
     */
    private void land(
            Portion portion, Routes routes, Map<TopicPartition, Claim> claims, boolean again)
            throws SQLException, FencedException {
        long started = System.nanoTime();
        LandingBatch batch = read(portion, routes, claims);
        if (batch.parts().size() > MAX_TABLES && portion.size() > 1) {
            landHalves(portion, routes, claims);
            return;
        }
        OptionalInt truncate = portion.size() > 1 ? batch.truncate() : OptionalInt.empty();
        if (truncate.isPresent()) {
            // It may take longer than all others together, and then takes that long alone.
            for (Portion part : portion.around(truncate.getAsInt())) {
                land(part, routes, claims);
            }
            return;
        }
        Exception failure;
        try {
            commit(batch, portion, routes, claims, started);
            return;
        } catch (SQLException e) {
            if (!SqlErrors.mayLieInARecord(e)) {
                throw e;
            }
            failure = e;
        } catch (RuntimeException e) {
            failure = e;
        }
        if (hasLanded(portion, claims)) {
            return;
        }
        watch.failed();
        if (again && failure instanceof SQLException e && SqlErrors.isAboutShape(e)) {
            log.info("A table changed meanwhile, and is looked at anew: {}", e.getMessage());
            land(portion, routes, claims, false);
        } else if (portion.size() > 1) {
            log.warn(
                    "{} records do not land together, and are tried in halves: {}",
                    portion.size(),
                    failure.toString());
            landHalves(portion, routes, claims);
        } else {
            giveUp(portion, routes, claims, failure);
        }
    }

    private void landHalves(Portion portion, Routes routes, Map<TopicPartition, Claim> claims)
            throws SQLException, FencedException {
        for (Portion half : portion.halves()) {
            land(half, routes, claims);
        }
    }

    private LandingBatch read(Portion portion, Routes routes, Map<TopicPartition, Claim> claims) {
        return reader.read(
                portion.records(),
                routes,
                record ->
                        Objects.requireNonNull(
                                        claims.get(
                                                new TopicPartition(
                                                        record.topic(), record.partition())))
                                .generation());
    }

    private void commit(
            LandingBatch batch,
            Portion portion,
            Routes routes,
            Map<TopicPartition, Claim> claims,
            long started)
            throws SQLException, FencedException {
        List<Step> steps = portion.steps(claims);
        Landed landed = landing.land(batch, new PollOrigin(ledger, quarantine, steps));
        for (Step step : steps) {
            LogPartition moved = step.claim().partition();
            claims.put(
                    new TopicPartition(moved.topic(), moved.partition()),
                    step.claim().at(step.to()));
        }
        try {
            watch.landed(landed, steps, routes, Duration.ofNanos(System.nanoTime() - started));
        } catch (RuntimeException e) {
            // It has landed, and must not be taken for a batch that has not.
            log.warn("Of a batch that landed, not all was told", e);
        }
    }

    /** A commit that failed may have gone through all the same; the ledger moved if it did. */
    private boolean hasLanded(Portion portion, Map<TopicPartition, Claim> claims)
            throws SQLException, FencedException {
        boolean moved = false;
        for (TopicPartition partition : portion.ends().keySet()) {
            Claim before = Objects.requireNonNull(claims.get(partition));
            Claim now = ledger.look(before);
            claims.put(partition, now);
            moved |= now.nextOffset() != before.nextOffset();
        }
        return moved;
    }

    private void giveUp(
            Portion portion, Routes routes, Map<TopicPartition, Claim> claims, Exception why)
            throws SQLException, FencedException {
        long started = System.nanoTime();
        if (portion.size() == 0) {
            // Nothing but the ledger was written: this is nobody's data.
            throw why instanceof SQLException e ? e : new SQLException(why.toString(), why);
        }
        if (why instanceof SQLException e && SqlErrors.isAboutLoad(e)) {
            throw e;
        }
        ConsumerRecord<byte[], byte[]> record = portion.records().getFirst();
        log.warn(
                "{}-{}@{} cannot land and goes to quarantine",
                record.topic(),
                record.partition(),
                record.offset(),
                why);
        commit(
                reader.refuse(record, routes, String.valueOf(why.getMessage())),
                portion,
                routes,
                claims,
                started);
    }
}
