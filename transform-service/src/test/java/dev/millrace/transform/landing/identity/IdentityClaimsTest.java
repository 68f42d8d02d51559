package dev.millrace.transform.landing.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.landing.identity.IdentityClaims.Claim;
import dev.millrace.transform.schema.Relation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/** Two landers that are just adding the same do not both write it. */
@Timeout(60)
class IdentityClaimsTest {

    private static final Relation TABLE = new Relation("s", "t");
    private static final Relation OTHER = new Relation("s", "u");

    private final IdentityClaims claims = new IdentityClaims();

    private Claim claim(Relation relation, int from, int to, int... known) {
        Fingerprints asked = new Fingerprints(to - from);
        new Fingerprinter().addDistinct(asked, to - from, i -> "id" + (from + i));
        BitSet there = new BitSet();
        IntStream.of(known).forEach(there::set);
        return claims.claim(relation, asked, there);
    }

    @Test
    void whoComesSecondHearsOfWhatIsClaimed() {
        Claim first = claim(TABLE, 0, 10);

        assertThat(first.shared().isEmpty()).isTrue();
        assertThat(claim(TABLE, 5, 15).shared().toString()).isEqualTo("{0, 1, 2, 3, 4}");
        assertThat(claim(OTHER, 5, 15).shared().isEmpty()).as("of another table").isTrue();
    }

    @Test
    void whatIsThereAlreadyIsClaimedByNobody() {
        claim(TABLE, 0, 10, 3, 4);

        assertThat(claim(TABLE, 0, 10, 9).shared().toString()).isEqualTo("{0, 1, 2, 5, 6, 7, 8}");
    }

    @Test
    void whatHasEndedIsNotClaimedAnyMore() {
        Claim first = claim(TABLE, 0, 10);
        Claim second = claim(TABLE, 10, 20);
        first.end();
        first.end();

        assertThat(claim(TABLE, 8, 12).shared().toString()).isEqualTo("{2, 3}");
        second.end();
    }

    @Test
    void whoSharesWaitsForThoseWhoCameBeforeAndForNobodyElse() throws Exception {
        claim(TABLE, 20, 30);
        Claim first = claim(TABLE, 0, 10);
        Claim second = claim(TABLE, 5, 15);
        Claim third = claim(TABLE, 0, 15);
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<?> waits = threads.submit(second::awaitEarlier);
            assertThat(isDone(waits, 50)).isFalse();
            first.end();
            assertThat(isDone(waits, 1_000)).as("well before patience ends").isTrue();
        }
        assertThat(third.shared().cardinality()).isEqualTo(15);
    }

    @Test
    void nobodyWaitsForEver() {
        claim(TABLE, 0, 10);
        Claim second = claim(TABLE, 5, 15);
        long began = System.nanoTime();

        second.awaitEarlier();

        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(20));
    }

    private static boolean isDone(Future<?> future, int millis) throws Exception {
        try {
            future.get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }
}
