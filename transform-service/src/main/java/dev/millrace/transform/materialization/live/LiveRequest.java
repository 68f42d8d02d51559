package dev.millrace.transform.materialization.live;

/**
 * What runs ask of a live model.
 *
 * @param asked how often they did
 * @param refreshed which was the last that wants it built anew
 * @param answered up to which of them all was done when this was read
 */
record LiveRequest(long asked, long refreshed, long answered) {
    static final LiveRequest NONE = new LiveRequest(0, 0, 0);
}
