package dev.millrace.standalone.stack;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What a stack told, in the order in which it told it. */
public final class RecordedProgress implements Progress {

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    @Override
    public void started(String component, Duration took, String address) {
        told.add("started " + component);
    }

    @Override
    public void restarting(String component, String why) {
        told.add("restarting " + component + ": " + why);
    }

    @Override
    public void restarted(String component, Duration took) {
        told.add("restarted " + component);
    }

    @Override
    public void note(String message) {
        told.add(message);
    }

    /** The next thing that was told, waiting for it. */
    public String next() throws InterruptedException {
        String next = told.poll(180, TimeUnit.SECONDS);
        return next == null ? "nothing was told" : next;
    }
}
