package dev.millrace.transform.landing.identity;

import dev.millrace.transform.schema.Relation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What landers of this process are just adding. The ledger would tell who comes second only once
 * all rows are written, and they would be written again for the few that are there by then.
 */
public final class IdentityClaims {

    /** Who comes first may itself wait for a lock of who comes second. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Map<Relation, List<Claim>> active = new HashMap<>();

    IdentityClaims() {}

    /**
     * Claims identities from now to {@link Claim#end}, others' too.
     *
     * @param asked each once
     * @param known places of those that are there, which nobody claims
     */
    public synchronized Claim claim(Relation relation, Fingerprints asked, BitSet known) {
        FingerprintSet claimed = new FingerprintSet(asked.size());
        BitSet shared = new BitSet();
        Set<Claim> sharing = new LinkedHashSet<>();
        List<Claim> others = active.computeIfAbsent(relation, _ -> new ArrayList<>());
        for (int i = known.nextClearBit(0); i < asked.size(); i = known.nextClearBit(i + 1)) {
            claimed.add(asked.first(i), asked.second(i));
            for (Claim other : others) {
                if (other.claimed.contains(asked.first(i), asked.second(i))) {
                    shared.set(i);
                    sharing.add(other);
                }
            }
        }
        Claim claim = new Claim(relation, claimed, shared, List.copyOf(sharing));
        others.add(claim);
        return claim;
    }

    private synchronized void remove(Claim claim) {
        List<Claim> there = active.get(claim.relation);
        if (there != null) {
            there.remove(claim);
            if (there.isEmpty()) {
                active.remove(claim.relation);
            }
        }
    }

    /** What one lander is adding to a table. */
    public final class Claim {

        private final Relation relation;
        private final FingerprintSet claimed;
        private final BitSet shared;
        private final CountDownLatch ended = new CountDownLatch(1);
        private List<Claim> earlier;

        private Claim(
                Relation relation, FingerprintSet claimed, BitSet shared, List<Claim> earlier) {
            this.relation = relation;
            this.claimed = claimed;
            this.shared = shared;
            this.earlier = earlier;
        }

        /** Places of those that somebody claimed before: who knows whether they will be there. */
        public BitSet shared() {
            return shared;
        }

        /** Waits until those who claimed them before have ended, but not for long. */
        public void awaitEarlier() {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            try {
                for (Claim claim : earlier) {
                    if (!claim.ended.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                        return;
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** What was added is known by now, or was undone. */
        public void end() {
            remove(this);
            // What they keep of yet earlier ones would add up.
            earlier = List.of();
            ended.countDown();
        }
    }
}
