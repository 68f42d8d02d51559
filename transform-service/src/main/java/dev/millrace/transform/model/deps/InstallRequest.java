package dev.millrace.transform.model.deps;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What to do about the packages of a project.
 *
 * @param project directory of the project
 * @param timeout how long git may take for one thing
 */
public record InstallRequest(Path project, Mode mode, Duration timeout) {

    /** How far to go. */
    public enum Mode {
        /** Installs what the lock says, or resolves anew if the list has changed since. */
        INSTALL,
        /** Resolves anew, and installs that. */
        UPGRADE,
        /** Resolves anew, and writes the lock only. */
        LOCK
    }

    /** An installation as {@code millrace deps} does it without options. */
    public static InstallRequest of(Path project) {
        return new InstallRequest(project, Mode.INSTALL, Duration.ofMinutes(5));
    }
}
