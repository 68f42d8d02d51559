package dev.millrace.operations.revision;

import dev.millrace.operations.background.BackgroundWork;

import org.springframework.stereotype.Component;

import java.time.Duration;

/**
 * Looks at the project's directory again and again, by its content: file events do not come through
 * the symbolic links of a ConfigMap or of git-sync, nor from network file systems.
 */
@Component
final class RevisionPolling extends BackgroundWork {

    /** A project that takes long to read is read less often, to take 5 % of a core at most. */
    private static final int REST = 19;

    private final ProjectRevisions revisions;
    private final Duration interval;
    private Duration pause;

    RevisionPolling(ProjectRevisions revisions, ProjectSettings settings) {
        super("project-revisions");
        this.revisions = revisions;
        this.interval = settings.pollInterval();
        this.pause = interval;
    }

    @Override
    protected void round() throws InterruptedException {
        Thread.sleep(pause);
        pause = interval;
        pause = pauseAfter(revisions.refresh(), interval);
    }

    /** How long to rest after a look whose reading took so long; waiting is no work. */
    static Duration pauseAfter(Duration reading, Duration interval) {
        Duration rest = reading.multipliedBy(REST);
        return rest.compareTo(interval) > 0 ? rest : interval;
    }
}
