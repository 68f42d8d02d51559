package dev.millrace.serving.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.project.alert.Alert;
import dev.millrace.contracts.project.alert.Condition;
import dev.millrace.serving.alert.Verdict.Standing;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

class TransitionsTest {

    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
    private static final Condition BELOW = new Condition.Below(BigDecimal.ONE);

    private final Alert alert =
            BucketRunTest.alert(BELOW, Duration.ofMinutes(5), Duration.ofMinutes(2));

    private static Verdict verdict(
            Standing standing, @Nullable Duration wrong, @Nullable Duration clear) {
        return new Verdict(standing, BigDecimal.ZERO, wrong, clear, null, Map.of(), true);
    }

    private Instance after(Instance before, Standing standing, Instant now) {
        return Transitions.next(alert, before, verdict(standing, null, null), now);
    }

    @Test
    void whatIsWrongForLongEnoughFires() {
        Instance begun = after(Instance.unseen(Map.of(), START), Standing.WRONG, START);
        Instance almost = after(begun, Standing.WRONG, START.plusSeconds(299));
        Instance firing = after(almost, Standing.WRONG, START.plusSeconds(300));

        assertThat(begun.state()).isEqualTo(State.PENDING);
        assertThat(almost.state()).isEqualTo(State.PENDING);
        assertThat(almost.pendingSince()).isEqualTo(START);
        assertThat(firing.state()).isEqualTo(State.FIRING);
        assertThat(firing.firedAt()).isEqualTo(START.plusSeconds(300));
        assertThat(firing.pendingSince()).isEqualTo(START);
    }

    @Test
    void whatTheDataSaysNeedsNoMemory() {
        Instance firing =
                Transitions.next(
                        alert,
                        Instance.unseen(Map.of(), START),
                        verdict(Standing.WRONG, Duration.ofMinutes(5), Duration.ZERO),
                        START);

        assertThat(firing.state()).isEqualTo(State.FIRING);
        assertThat(firing.pendingSince()).isEqualTo(START.minusSeconds(300));
    }

    @Test
    void itResolvesWhenItWasWellForLongEnough() {
        Instance firing = Instance.unseen(Map.of(), START).firing(START, START);
        Instance well = after(firing, Standing.CLEAR, START.plusSeconds(10));
        Instance relapsed = after(well, Standing.BETWEEN, START.plusSeconds(100));
        Instance again = after(relapsed, Standing.CLEAR, START.plusSeconds(110));
        Instance still = after(again, Standing.CLEAR, START.plusSeconds(229));
        Instance over = after(still, Standing.CLEAR, START.plusSeconds(230));

        assertThat(List.of(well, relapsed, again, still))
                .extracting(Instance::state)
                .containsOnly(State.FIRING);
        assertThat(over.state()).isEqualTo(State.RESOLVED);
        assertThat(over.resolvedAt()).isEqualTo(START.plusSeconds(230));
    }

    @Test
    void nobodyKnowsIsNoVerdict() {
        for (Instance before :
                List.of(
                        Instance.unseen(Map.of(), START),
                        Instance.unseen(Map.of(), START).pending(START, START),
                        Instance.unseen(Map.of(), START).firing(START, START))) {
            Instance after =
                    Transitions.next(
                            alert,
                            before,
                            Verdict.unknown(BigDecimal.ZERO, "too little history", false),
                            START.plusSeconds(3_600));

            assertThat(after.state()).isEqualTo(before.state());
            assertThat(after.note()).isEqualTo("too little history");
        }
    }

    /** Whatever comes, it never fires without a full time of wrong verdicts before. */
    @Property(tries = 300)
    void itFiresExactlyAfterATimeOfWrongVerdicts(@ForAll("standings") List<Standing> standings) {
        Instance instance = Instance.unseen(Map.of(), START);
        @Nullable Instant wrongSince = null;
        for (int i = 0; i < standings.size(); i++) {
            Instant now = START.plusSeconds(60L * i);
            Standing standing = standings.get(i);
            State before = instance.state();
            instance = after(instance, standing, now);
            wrongSince = standing != Standing.WRONG ? null : wrongSince == null ? now : wrongSince;
            boolean due = wrongSince != null && !now.isBefore(wrongSince.plus(alert.holdFor()));
            if (before != State.FIRING) {
                assertThat(instance.state() == State.FIRING).isEqualTo(due);
            } else {
                assertThat(instance.state()).isIn(State.FIRING, State.RESOLVED);
            }
        }
    }

    @Provide
    Arbitrary<List<Standing>> standings() {
        return Arbitraries.frequency(
                        Tuple.of(8, Standing.WRONG),
                        Tuple.of(2, Standing.CLEAR),
                        Tuple.of(1, Standing.BETWEEN))
                .list()
                .ofMaxSize(60);
    }
}
