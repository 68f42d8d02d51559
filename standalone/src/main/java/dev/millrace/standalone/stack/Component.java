package dev.millrace.standalone.stack;

import dev.millrace.embedded.process.ChildProcess;

import java.io.IOException;
import java.util.function.Consumer;

/** One of the programs that make a stack. */
interface Component {

    /** Its name in messages and in the names of files. */
    String name();

    /** Where it can be reached. */
    String address();

    /**
     * Starts the program and returns when it can be used. Leaves no process behind when it throws.
     *
     * @param spawned is told of the process as soon as there is one
     */
    Running start(Consumer<ChildProcess> spawned) throws IOException, InterruptedException;

    /** A program that was started. */
    interface Running {

        ChildProcess process();

        /** Stops it cleanly, or by force when that takes too long; frees what it held. */
        void stop();
    }
}
