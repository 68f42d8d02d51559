package dev.millrace.standalone.stack;

import java.time.Duration;

/** Who wants to know how a stack is doing. Called from several threads. */
public interface Progress {

    /** A component can be used for the first time. */
    void started(String component, Duration took, String address);

    /** A component is gone and will be started again. */
    void restarting(String component, String why);

    /** It is back. */
    void restarted(String component, Duration took);

    /** Something else that is worth a line. */
    void note(String message);
}
