package dev.millrace.operations.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.test.SettableClock;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class RefusalBudgetTest {

    private final SettableClock clock = SettableClock.at("2026-03-01T10:00:05Z");
    private final Counter dropped = new SimpleMeterRegistry().counter("dropped");
    private final RefusalBudget budget = new RefusalBudget(clock, dropped);

    @Test
    void aScannerFillsAMinuteAndNoMore() {
        assertThat(taken(1000)).isEqualTo(RefusalBudget.PER_MINUTE);
        assertThat(dropped.count()).isEqualTo(1000 - RefusalBudget.PER_MINUTE);
    }

    @Test
    void theNextMinuteHasItsOwnBudget() {
        taken(1000);
        clock.advance(Duration.ofSeconds(54));
        assertThat(taken(1)).isZero();
        clock.advance(Duration.ofSeconds(1));
        assertThat(taken(1)).isEqualTo(1);
    }

    @Test
    void anOperatorHasASmallerBudgetThatIsNobodyElses() {
        Actor ann = new Caller("ann");
        int taken = 0;
        for (int i = 0; i < 100; i++) {
            taken += budget.take(ann) ? 1 : 0;
        }
        assertThat(taken).isEqualTo(RefusalBudget.PER_MINUTE_AND_ACTOR);
        assertThat(dropped.count()).isEqualTo(100 - RefusalBudget.PER_MINUTE_AND_ACTOR);
        assertThat(budget.take(new Caller("ben"))).isTrue();
        assertThat(budget.take(null)).isTrue();
        clock.advance(Duration.ofMinutes(1));
        assertThat(budget.take(ann)).isTrue();
    }

    private record Caller(String name) implements Actor {

        @Override
        public String role() {
            return "";
        }

        @Override
        public String credential() {
            return "token";
        }
    }

    private int taken(int tries) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += budget.take(null) ? 1 : 0;
        }
        return taken;
    }
}
