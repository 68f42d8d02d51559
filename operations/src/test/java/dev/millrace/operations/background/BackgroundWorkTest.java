package dev.millrace.operations.background;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

@Timeout(20)
@ExtendWith(OutputCaptureExtension.class)
class BackgroundWorkTest {

    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final AtomicInteger finished = new AtomicInteger();
    private final BackgroundWork work =
            new BackgroundWork("the test's work", Duration.ofMillis(1)) {
                @Override
                protected void round() throws InterruptedException {
                    tasks.take().run();
                }

                @Override
                protected void finish() {
                    finished.incrementAndGet();
                }
            };

    @Test
    void aRoundThatFailsIsLoggedAndTheNextOneBegins(CapturedOutput output) throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        tasks.add(
                () -> {
                    throw new IllegalStateException("a round that fails");
                });
        tasks.add(
                () -> {
                    throw new StackOverflowError("an error in a round");
                });
        tasks.add(done::countDown);
        work.start();
        done.await();
        assertThat(work.isRunning()).isTrue();
        assertThat(output).contains("the test's work", "a round that fails", "an error in a round");
        work.stop();
    }

    @Test
    void stoppingWaitsForTheRoundAndFinishesOnce() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicInteger finishedWithinRound = new AtomicInteger(-1);
        tasks.add(
                () -> {
                    begun.countDown();
                    while (!Thread.currentThread().isInterrupted()) {
                        Thread.onSpinWait();
                    }
                    finishedWithinRound.set(finished.get());
                });
        work.start();
        begun.await();
        work.stop();
        work.stop();
        assertThat(finishedWithinRound).hasValue(0);
        assertThat(finished).hasValue(1);
        assertThat(work.isRunning()).isFalse();
    }

    @Test
    void aRoundThatTheStopBreaksOffIsNoFailure(CapturedOutput output) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        tasks.add(
                () -> {
                    begun.countDown();
                    while (!Thread.interrupted()) {
                        Thread.onSpinWait();
                    }
                    throw new IllegalStateException("a connection that was closed by interrupt");
                });
        work.start();
        begun.await();

        work.stop();

        assertThat(output).doesNotContain("the test's work");
    }

    @Test
    void whatWasStoppedStartsAgain() throws Exception {
        work.start();
        work.stop();
        CountDownLatch done = new CountDownLatch(2);
        tasks.add(done::countDown);
        tasks.add(done::countDown);
        work.start();
        work.start();
        done.await();
        assertThat(work.isRunning()).isTrue();
        work.stop();
    }
}
