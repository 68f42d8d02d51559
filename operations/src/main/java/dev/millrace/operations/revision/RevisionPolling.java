package dev.millrace.operations.revision;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

import java.time.Duration;

/**
 * Looks at the project's directory again and again, by its content: file events do not come through
 * the symbolic links of a ConfigMap or of git-sync, nor from network file systems.
 */
@Component
final class RevisionPolling implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(RevisionPolling.class);

    /** A project that takes long to read is read less often, to take 5 % of a core at most. */
    private static final int REST = 19;

    private final ProjectRevisions revisions;
    private final Duration interval;
    private @Nullable Thread thread;

    RevisionPolling(ProjectRevisions revisions, ProjectSettings settings) {
        this.revisions = revisions;
        this.interval = settings.pollInterval();
    }

    @Override
    public synchronized void start() {
        if (thread == null) {
            thread = Thread.ofVirtual().name("project-revisions").start(this::poll);
        }
    }

    @Override
    public synchronized void stop() {
        if (thread != null) {
            thread.interrupt();
            thread = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }

    private void poll() {
        try {
            Duration pause = interval;
            while (true) {
                Thread.sleep(pause);
                long begin = System.nanoTime();
                try {
                    revisions.refresh();
                } catch (RuntimeException | StackOverflowError e) {
                    log.error("Looking at the project failed; it will be tried again", e);
                }
                Duration taken = Duration.ofNanos(System.nanoTime() - begin);
                Duration rest = taken.multipliedBy(REST);
                pause = rest.compareTo(interval) > 0 ? rest : interval;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
