package dev.millrace.transform.materialization.live;

/** A query that cannot be live; the message says why, and what to do instead. */
final class LiveRefusedException extends Exception {

    private final int position;

    LiveRefusedException(String reason, int position) {
        super(reason);
        this.position = position;
    }

    /** Where in the SQL, from 0; -1 if it is about the whole. */
    public int position() {
        return position;
    }
}
