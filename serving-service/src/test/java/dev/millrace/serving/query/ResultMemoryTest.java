package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.serving.semantic.QueryException;
import dev.millrace.test.TestWarehouse;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

class ResultMemoryTest {

    private static final TestWarehouse WAREHOUSE = TestWarehouse.create();

    private static ResultMemory memory(long perRequest, long capacity) {
        return new ResultMemory(
                Bench.Settings.of(WAREHOUSE)
                        .maxResultBytes(DataSize.ofBytes(perRequest))
                        .resultMemory(DataSize.ofBytes(capacity))
                        .done(),
                new SimpleMeterRegistry());
    }

    @Test
    void whatIsTakenIsGivenBackOnceWhenTheRequestIsAnswered() {
        ResultMemory memory = memory(100, 1_000);
        ResultMemory.Share share = memory.share();
        share.take(60);
        share.take(40);
        assertThat(memory.used()).isEqualTo(100);

        share.close();
        share.close();

        assertThat(memory.used()).isZero();
    }

    @Test
    void whoBeginsAnewMayTakeAllOfItAgain() {
        ResultMemory memory = memory(100, 1_000);
        ResultMemory.Share share = memory.share();
        share.take(60);

        share.release();
        assertThat(memory.used()).isZero();
        share.take(100);

        assertThat(memory.used()).isEqualTo(100);
    }

    @Test
    void aRequestThatTakesTooMuchIsRefusedForGood() {
        ResultMemory memory = memory(100, 1_000);
        try (ResultMemory.Share share = memory.share()) {
            share.take(60);

            assertThatThrownBy(() -> share.take(41))
                    .isInstanceOf(QueryException.class)
                    .hasMessage(
                            "The result is larger than 100 bytes; ask for fewer rows or members");
            assertThat(memory.used()).isEqualTo(60);
        }
    }

    @Test
    void aRequestThatFindsTheRestTakenMayTryAgain() {
        ResultMemory memory = memory(100, 150);
        ResultMemory.Share first = memory.share();
        ResultMemory.Share second = memory.share();
        first.take(100);
        assertThatThrownBy(() -> second.take(60))
                .isInstanceOf(BusyException.class)
                .hasMessageContaining("try again");

        first.close();
        second.take(60);

        assertThat(memory.used()).isEqualTo(60);
    }

    @Test
    void whatCanNeverFitIsNotToldToTryAgain() {
        ResultMemory memory = memory(1_000, 100);
        try (ResultMemory.Share share = memory.share()) {
            assertThatThrownBy(() -> share.take(101)).isInstanceOf(QueryException.class);
        }
    }

    @Test
    void whoStillWritesForNobodyGetsNothing() {
        ResultMemory memory = memory(100, 100);
        ResultMemory.Share share = memory.share();
        share.close();

        assertThatThrownBy(() -> share.take(1)).isInstanceOf(CancellationException.class);
        assertThat(memory.used()).isZero();
    }

    @Test
    void aQuarterOfTheHeapIsForResultsUnlessSaidOtherwise() {
        WarehouseSettings settings = Bench.Settings.of(WAREHOUSE).done();

        assertThat(settings.resultBytes()).isEqualTo(Runtime.getRuntime().maxMemory() / 4);
    }

    @Test
    void manyAtOnceNeverHoldMoreThanThereIs() throws Exception {
        ResultMemory memory = memory(200, 1_000);
        AtomicLong most = new AtomicLong();
        AtomicLong refused = new AtomicLong();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                all.add(threads.submit(() -> takeAndGiveBack(memory, most, refused)));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }

        assertThat(most.get()).isPositive().isLessThanOrEqualTo(1_000);
        assertThat(memory.used()).isZero();
    }

    private static void takeAndGiveBack(ResultMemory memory, AtomicLong most, AtomicLong refused) {
        for (int i = 0; i < 5_000; i++) {
            try (ResultMemory.Share share = memory.share()) {
                share.take(150);
                share.take(50);
                most.accumulateAndGet(memory.used(), Math::max);
            } catch (BusyException e) {
                refused.incrementAndGet();
            }
        }
    }
}
