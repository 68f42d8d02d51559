package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.serving.access.GateClosedException;
import dev.millrace.serving.budget.Share;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

@Timeout(30)
class TurnsTest {

    private static final Duration AT_ONCE = Duration.ZERO;

    private final ExecutorService others = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stop() {
        others.shutdownNow();
    }

    private static Share of(String tenant) {
        return share(null, 0, tenant, 0, Duration.ofSeconds(20), 10);
    }

    private static Share share(
            @Nullable String caller,
            int mostOfCaller,
            @Nullable String tenant,
            int mostOfTenant,
            Duration patience,
            int waiting) {
        return new Share(
                caller,
                mostOfCaller,
                tenant == null ? List.of() : List.of(tenant.split(",")),
                mostOfTenant,
                patience,
                waiting,
                () ->
                        new GateClosedException(
                                GateClosedException.Reason.BUDGET, "full", Duration.ofSeconds(1)));
    }

    private static int taken(Turns turns, Share share) throws InterruptedException {
        int taken = 0;
        while (turns.take(share, AT_ONCE)) {
            taken++;
        }
        return taken;
    }

    @Test
    void oneTenantNeverHasAllAndTheNextOneHasLess() throws InterruptedException {
        Turns turns = new Turns(10);

        assertThat(taken(turns, of("a"))).isEqualTo(5);
        assertThat(taken(turns, of("b"))).isEqualTo(3);
        assertThat(taken(turns, of("c"))).isEqualTo(1);
        assertThat(taken(turns, of("d"))).isEqualTo(1);
        assertThat(taken(turns, of("e"))).isZero();
    }

    @Test
    void whoSeesSeveralTenantsTakesFromTheShareOfEach() throws InterruptedException {
        Turns turns = new Turns(10);

        assertThat(taken(turns, of("a,b"))).isEqualTo(5);
        assertThat(taken(turns, of("a"))).isZero();
        assertThat(taken(turns, of("b,c"))).isZero();
        assertThat(taken(turns, of("c"))).isEqualTo(3);
        turns.give(of("a,b"));
        assertThat(taken(turns, of("b"))).isZero();
    }

    @Test
    void whoHasNoTenantMayHaveAll() throws InterruptedException {
        assertThat(taken(new Turns(10), Share.NONE)).isEqualTo(10);
    }

    @Test
    void theOnlyTurnIsForATenantToo() throws InterruptedException {
        assertThat(taken(new Turns(1), of("a"))).isEqualTo(1);
    }

    @Test
    void aLimitOfACallerOrTenantHolds() throws InterruptedException {
        Turns turns = new Turns(10);

        assertThat(taken(turns, share("ann", 2, null, 0, AT_ONCE.plusMillis(1), 10))).isEqualTo(2);
        assertThat(taken(turns, share("ben", 0, "t", 1, AT_ONCE.plusMillis(1), 10))).isEqualTo(1);
    }

    @Test
    void whoWaitsForItsOwnShareKeepsNobodyElseWaiting() throws Exception {
        Turns turns = new Turns(4);
        assertThat(taken(turns, of("a"))).isEqualTo(2);
        Future<?> waiting = others.submit(() -> take(turns, of("a")));

        assertThat(turns.take(of("b"), AT_ONCE)).isTrue();
        assertThat(waiting.isDone()).isFalse();

        turns.give(of("a"));
        turns.give(of("b"));
        waiting.get(5, TimeUnit.SECONDS);
    }

    private static boolean take(Turns turns, Share share) throws InterruptedException {
        turns.take(share);
        return true;
    }

    @Test
    void whenAllAreTakenEverybodyWaitsInOrder() throws Exception {
        Turns turns = new Turns(1);
        turns.take(Share.NONE);
        Future<Boolean> a = others.submit(() -> take(turns, of("a")));
        Eventually.within(
                Duration.ofSeconds(5), () -> assertThat(turns.take(of("b"), AT_ONCE)).isFalse());

        turns.give(Share.NONE);

        assertThat(a.get(5, TimeUnit.SECONDS)).isTrue();
        assertThat(turns.take(Share.NONE, AT_ONCE)).isFalse();
    }

    @Test
    void moreThanMayWaitAreRefusedAtOnce() throws Exception {
        Turns turns = new Turns(4);
        Share one = share(null, 0, "a", 0, Duration.ofSeconds(20), 1);
        turns.take(one);
        turns.take(one);
        Future<Boolean> waiting = others.submit(() -> take(turns, one));

        Eventually.within(
                Duration.ofSeconds(5),
                () ->
                        assertThatThrownBy(() -> turns.take(one, AT_ONCE))
                                .isInstanceOf(GateClosedException.class));

        turns.give(one);
        assertThat(waiting.get(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aShareThatStaysUsedUpIsToldSo() throws InterruptedException {
        Turns turns = new Turns(4);
        Share brief = share(null, 0, "a", 0, Duration.ofMillis(50), 10);
        turns.take(brief);
        turns.take(brief);

        assertThatThrownBy(() -> turns.take(brief)).isInstanceOf(GateClosedException.class);

        assertThat(turns.take(of("b"), AT_ONCE)).isTrue();
    }

    @Test
    void whoIsInterruptedLeavesTheTurnToOthers() throws Exception {
        Turns turns = new Turns(1);
        turns.take(Share.NONE);
        Thread leaving =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        turns.take(of("a"));
                                    } catch (InterruptedException e) {
                                        Thread.currentThread().interrupt();
                                    }
                                });
        Eventually.within(
                Duration.ofSeconds(5),
                () -> assertThat(leaving.getState()).isEqualTo(Thread.State.TIMED_WAITING));
        Future<Boolean> staying = others.submit(() -> take(turns, Share.NONE));
        leaving.interrupt();
        leaving.join();

        turns.give(Share.NONE);

        assertThat(staying.get(5, TimeUnit.SECONDS)).isTrue();
        turns.give(Share.NONE);
        assertThat(taken(turns, Share.NONE)).isEqualTo(1);
    }

    /** Whatever comes in whichever order, no turn is lost and none is had twice. */
    @Test
    void turnsAreNeverLost() throws Exception {
        Turns turns = new Turns(5);
        try (ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                Share share =
                        i % 7 == 0
                                ? Share.NONE
                                : share(
                                        "c" + i % 5,
                                        2,
                                        "t" + i % 3,
                                        0,
                                        Duration.ofSeconds(20),
                                        5_000);
                all.add(
                        many.submit(
                                () -> {
                                    if (turns.take(
                                            share, Duration.ofMillis(share.mostOfTenant() + 5))) {
                                        LockSupport.parkNanos(1_000);
                                        turns.give(share);
                                    }
                                    return null;
                                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }

        assertThat(taken(turns, Share.NONE)).isEqualTo(5);
    }
}
