package dev.millrace.operations.revision;

import dev.millrace.contracts.project.ProjectFiles;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The project's directory, read only as a whole, by one thread at a time. A new content is believed
 * when it has stayed the same for a while: an editor, a copy or a git checkout that is under way is
 * never taken for a revision.
 */
@Component
final class ProjectDirectory {

    private static final int MAX_READS = 25;

    private final Path directory;
    private final Duration settle;
    private final Reading reading;
    private Duration timeOfReading = Duration.ZERO;

    /** Reads a whole directory once. */
    @FunctionalInterface
    interface Reading {
        ProjectFiles read(Path directory) throws IOException;
    }

    @Autowired
    ProjectDirectory(ProjectSettings settings) {
        this(settings, ProjectFiles::read);
    }

    ProjectDirectory(ProjectSettings settings, Reading reading) {
        if (settings.dir() == null || settings.dir().toString().isBlank()) {
            throw new MissingProjectDirectoryException();
        }
        this.directory = settings.dir().toAbsolutePath().normalize();
        this.settle = settings.settle();
        this.reading = reading;
    }

    Path path() {
        return directory;
    }

    /**
     * Reads the directory, until it stays the same if it does not have the known revision.
     *
     * @throws IOException if it cannot be read, or does not come to rest
     */
    ProjectFiles read(String known) throws IOException, InterruptedException {
        IOException failure = null;
        ProjectFiles before = null;
        timeOfReading = Duration.ZERO;
        for (int reads = 0; reads < MAX_READS; reads++) {
            try {
                ProjectFiles now = readOnce();
                if (now.revision().equals(known)
                        || (before != null && before.revision().equals(now.revision()))) {
                    return now;
                }
                before = now;
                failure = null;
            } catch (IOException e) {
                if (failure != null && before == null) {
                    throw e;
                }
                // A file that went away between listing and reading is there or gone next time.
                failure = e;
                before = null;
            }
            Thread.sleep(settle);
        }
        throw new IOException("the directory " + directory + " keeps changing while it is read");
    }

    /** How long the last {@link #read} read, without what it waited in between. */
    Duration timeOfReading() {
        return timeOfReading;
    }

    private ProjectFiles readOnce() throws IOException {
        long begin = System.nanoTime();
        try {
            ProjectFiles files = reading.read(directory);
            if (files.contents().isEmpty()) {
                throw new IOException("there are no files of a project in " + directory);
            }
            return files;
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            timeOfReading = timeOfReading.plusNanos(System.nanoTime() - begin);
        }
    }
}
