package dev.millrace.transform.landing.identity;

import dev.millrace.transform.schema.Relation;

import java.time.Clock;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import javax.sql.DataSource;

/**
 * The identities of the tables, and the work that they make besides landing.
 *
 * @param keeper to be run beside landing
 */
public record Identities(IdentityLedger ledger, IdentityKeeper keeper) {

    /** So many identities are a segment; they take 32 MB while they are known one by one. */
    private static final int SEGMENT = 1 << 19;

    /** Over the warehouse of a data source. */
    public static Identities of(DataSource database, Clock clock) {
        return of(database, clock, SEGMENT);
    }

    static Identities of(DataSource database, Clock clock, int segment) {
        BlockingQueue<Relation> grown = new LinkedBlockingQueue<>();
        IdentityStore store = new IdentityStore(new IdentityAdoption(clock, segment));
        IdentityLedger ledger = new IdentityLedger(database, clock, store, segment, grown::add);
        return new Identities(
                ledger,
                new IdentityKeeper(new IdentityUpkeep(database, clock, store), ledger, grown));
    }
}
