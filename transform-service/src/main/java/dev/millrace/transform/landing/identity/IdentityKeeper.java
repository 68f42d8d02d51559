package dev.millrace.transform.landing.identity;

import dev.millrace.operations.background.BackgroundWork;
import dev.millrace.transform.schema.Relation;

import java.sql.SQLException;
import java.util.concurrent.BlockingQueue;

/** Keeps the identities of the tables that this process adds to in few segments. */
public final class IdentityKeeper extends BackgroundWork {

    private final IdentityUpkeep upkeep;
    private final IdentityLedger ledger;
    private final BlockingQueue<Relation> grown;

    IdentityKeeper(IdentityUpkeep upkeep, IdentityLedger ledger, BlockingQueue<Relation> grown) {
        super("identity-keeper");
        this.upkeep = upkeep;
        this.ledger = ledger;
        this.grown = grown;
    }

    @Override
    protected void round() throws InterruptedException {
        Relation relation = grown.take();
        grown.removeIf(relation::equals);
        try {
            try {
                upkeep.keep(relation);
            } finally {
                // Some of it may be done.
                ledger.refresh(relation);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "the identities of %s stay as they are".formatted(relation), e);
        }
    }
}
