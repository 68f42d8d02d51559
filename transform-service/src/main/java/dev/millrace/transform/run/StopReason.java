package dev.millrace.transform.run;

/** Why a run is stopped before its end. */
enum StopReason {
    /** Somebody wants it not to run. */
    ASKED("the run was cancelled"),
    /** Whoever comes next is to go on with it. */
    SHUTDOWN("the service was stopped");

    private final String text;

    StopReason(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}
