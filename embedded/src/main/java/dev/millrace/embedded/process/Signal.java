package dev.millrace.embedded.process;

import java.io.IOException;

/** What one asks a process to do. */
public enum Signal {
    /** PostgreSQL's fast shutdown: roll back what runs, then stop. */
    INT,
    /** A JVM's orderly shutdown. */
    TERM,
    /** PostgreSQL's immediate shutdown, which needs recovery at the next start. */
    QUIT,
    /** An end without a word. */
    KILL;

    /** Sends this signal; a process that is gone already is none of our concern. */
    public void send(ProcessHandle process) throws InterruptedException {
        switch (this) {
            case TERM -> process.destroy();
            case KILL -> process.destroyForcibly();
            case INT, QUIT -> {
                try {
                    // Java has no way to send these; the shell's own kill needs no extra program.
                    new ProcessBuilder("sh", "-c", "kill -" + name() + " " + process.pid())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor();
                } catch (IOException _) {
                    process.destroy();
                }
            }
        }
    }
}
