package dev.millrace.ingestion.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

class ByteBudgetTest {

    @Test
    void whatIsTakenIsGivenBackWhenTheRequestIsAnswered() throws Exception {
        ByteBudget budget = new ByteBudget(100);
        try (ByteBudget.Reservation reservation = budget.reservation()) {
            reservation.take(60);
            reservation.take(40);
            assertThat(budget.used()).isEqualTo(100);
        }
        assertThat(budget.used()).isZero();
    }

    @Test
    void moreThanIsLeftIsRefusedAndHoldsNothing() throws Exception {
        ByteBudget budget = new ByteBudget(100);
        try (ByteBudget.Reservation first = budget.reservation();
                ByteBudget.Reservation second = budget.reservation()) {
            first.take(60);
            assertThatThrownBy(() -> second.take(41))
                    .isInstanceOf(OutletUnavailableException.class)
                    .hasMessageContaining("60 of 100");
            assertThat(budget.used()).isEqualTo(60);
            second.take(40);
        }
        assertThat(budget.used()).isZero();
    }

    @Test
    void closingTwiceGivesBackOnce() throws Exception {
        ByteBudget budget = new ByteBudget(100);
        ByteBudget.Reservation reservation = budget.reservation();
        reservation.take(60);
        reservation.close();
        reservation.close();
        assertThat(budget.used()).isZero();
    }

    @Test
    void manyAtOnceNeverHoldMoreThanThereIs() throws Exception {
        ByteBudget budget = new ByteBudget(1_000);
        AtomicLong most = new AtomicLong();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                all.add(threads.submit(() -> takeAndGiveBack(budget, most)));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(most.get()).isPositive().isLessThanOrEqualTo(1_000);
        assertThat(budget.used()).isZero();
    }

    private static void takeAndGiveBack(ByteBudget budget, AtomicLong most) {
        for (int i = 0; i < 5_000; i++) {
            try (ByteBudget.Reservation reservation = budget.reservation()) {
                reservation.take(150);
                reservation.take(50);
                most.accumulateAndGet(budget.used(), Math::max);
            } catch (OutletUnavailableException e) {
                Thread.onSpinWait();
            }
        }
    }
}
