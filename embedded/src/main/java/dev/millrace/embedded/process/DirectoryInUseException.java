package dev.millrace.embedded.process;

import java.io.IOException;
import java.nio.file.Path;

/** Another process uses this directory. */
public final class DirectoryInUseException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String holder;

    DirectoryInUseException(Path directory, String holder) {
        super(
                directory
                        + " is in use by process "
                        + (holder.isEmpty() ? "(unknown)" : holder)
                        + ". Stop that process, or use another directory.");
        this.holder = holder;
    }

    /** The process id of who has the directory; empty when it did not say. */
    public String holder() {
        return holder;
    }
}
