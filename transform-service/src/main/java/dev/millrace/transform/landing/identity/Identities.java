package dev.millrace.transform.landing.identity;

import dev.millrace.transform.schema.Relation;

import java.time.Clock;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import javax.sql.DataSource;

/**
 * The identities of the tables, and the work that they make besides landing.
 *
 * @param sealer to be run beside landing
 * @param merger to be run beside landing, too: a large merge must not hold up what landing waits
 *     for
 */
public record Identities(IdentityLedger ledger, IdentityKeeper sealer, IdentityKeeper merger) {

    /** So many identities are a segment; they take 32 MB while they are known one by one. */
    private static final int SEGMENT = 1 << 19;

    /** Over the warehouse of a data source. */
    public static Identities of(DataSource database, Clock clock) {
        BlockingQueue<Relation> grown = new LinkedBlockingQueue<>();
        BlockingQueue<Relation> sealed = new LinkedBlockingQueue<>();
        IdentityStore store = new IdentityStore(new IdentityAdoption(clock, SEGMENT));
        IdentitySealing sealing = new IdentitySealing(database, clock, store, SEGMENT);
        IdentityLedger ledger = new IdentityLedger(database, clock, store, sealing, grown::add);
        return new Identities(
                ledger,
                new IdentityKeeper.Sealer(sealing, ledger, grown, sealed),
                new IdentityKeeper.Merger(new IdentityUpkeep(database, clock), ledger, sealed));
    }
}
