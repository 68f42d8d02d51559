package dev.millrace.standalone.command;

import dev.millrace.standalone.stack.Stack;

import java.io.IOException;
import java.io.PrintWriter;

/** Stops a stack in order when this process is told to end. */
public final class ShutdownHook {

    private ShutdownHook() {}

    /** From now on Ctrl-C and SIGTERM close the stack; says so, and when it is done. */
    public static void closing(Stack stack, PrintWriter out) {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    try {
                                        if (stack.isOpen()) {
                                            out.println("Stopping: services, Kafka, PostgreSQL …");
                                            out.flush();
                                            stack.close();
                                            out.println("Stopped.");
                                            out.flush();
                                        }
                                    } catch (IOException e) {
                                        out.println("millrace: " + e.getMessage());
                                        out.flush();
                                    }
                                },
                                "shutdown"));
    }
}
