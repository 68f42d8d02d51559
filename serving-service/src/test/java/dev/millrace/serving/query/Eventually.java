package dev.millrace.serving.query;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Tries an assertion again until it holds or its time is over. */
public final class Eventually {

    private static final Duration PAUSE = Duration.ofMillis(50);

    private Eventually() {}

    /** What must come to hold. */
    @FunctionalInterface
    public interface Assertion {
        void check() throws Exception;
    }

    public static void within(Duration patience, Assertion assertion) throws Exception {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                assertion.check();
                return;
            } catch (AssertionError e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }
}
