package dev.millrace.operations.revision;

import dev.millrace.operations.background.BackgroundWork;

import org.springframework.stereotype.Component;

import java.time.Duration;

/**
 * Stores the revision in force, and tries again while the database is away. It has a thread of its
 * own, so that who waits for the database does not keep the directory from being followed.
 */
@Component
final class RevisionSaving extends BackgroundWork {

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final ProjectRevisions revisions;

    RevisionSaving(ProjectRevisions revisions) {
        super("revision-saving");
        this.revisions = revisions;
    }

    @Override
    protected void round() throws InterruptedException {
        Thread.sleep(INTERVAL);
        revisions.save();
    }
}
