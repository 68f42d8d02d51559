package dev.millrace.transform.materialization.live;

/** A query that cannot be kept up to date, found while it is read. */
final class RefusedException extends Exception {

    private final int position;

    /**
     * @param position where in the SQL, from 0; -1 if it is about the whole
     */
    RefusedException(String reason, int position) {
        super(reason);
        this.position = position;
    }

    int position() {
        return position;
    }
}
