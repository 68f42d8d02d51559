package dev.millrace.transform.landing.identity;

import dev.millrace.operations.background.BackgroundWork;
import dev.millrace.transform.schema.Relation;

import java.sql.SQLException;
import java.util.concurrent.BlockingQueue;

/** Keeps the identities of the tables that this process adds to in few segments. */
public abstract sealed class IdentityKeeper extends BackgroundWork {

    private final IdentityLedger ledger;
    private final BlockingQueue<Relation> grown;

    private IdentityKeeper(String name, IdentityLedger ledger, BlockingQueue<Relation> grown) {
        super(name);
        this.ledger = ledger;
        this.grown = grown;
    }

    @Override
    protected final void round() throws InterruptedException {
        Relation relation = grown.take();
        grown.removeIf(relation::equals);
        try {
            while (makesSegment(relation)) {
                ledger.refresh(relation);
            }
            end(relation);
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "the identities of %s stay as they are".formatted(relation), e);
        }
    }

    abstract boolean makesSegment(Relation relation) throws SQLException;

    abstract void end(Relation relation) throws SQLException;

    /** Makes segments of batches; landing waits for it if it does not keep up. */
    static final class Sealer extends IdentityKeeper {
        private final IdentitySealing sealing;
        private final BlockingQueue<Relation> sealed;

        Sealer(
                IdentitySealing sealing,
                IdentityLedger ledger,
                BlockingQueue<Relation> grown,
                BlockingQueue<Relation> sealed) {
            super("identity-sealer", ledger, grown);
            this.sealing = sealing;
            this.sealed = sealed;
        }

        @Override
        boolean makesSegment(Relation relation) throws SQLException {
            return sealing.isDue(relation) && sealing.seal(relation, IdentitySealing.Others.SKIP);
        }

        @Override
        void end(Relation relation) {
            sealed.add(relation);
        }
    }

    /** Makes larger segments of smaller ones, which takes a minute for a large one. */
    static final class Merger extends IdentityKeeper {
        private final IdentityUpkeep upkeep;

        Merger(IdentityUpkeep upkeep, IdentityLedger ledger, BlockingQueue<Relation> sealed) {
            super("identity-merger", ledger, sealed);
            this.upkeep = upkeep;
        }

        @Override
        boolean makesSegment(Relation relation) throws SQLException {
            return upkeep.merge(relation);
        }

        @Override
        void end(Relation relation) throws SQLException {
            upkeep.remove(relation);
        }
    }
}
