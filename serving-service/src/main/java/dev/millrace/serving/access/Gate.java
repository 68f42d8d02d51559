package dev.millrace.serving.access;

/**
 * What every visit to the metrics doors passes, after its caller was recognized. The beans of this
 * type are passed in their order, and left in the reverse.
 */
public interface Gate {

    /**
     * Lets a caller in.
     *
     * @throws GateClosedException if not
     */
    Stay enter(Visit visit);

    /** A caller who was let in; used by the thread of the request alone. */
    interface Stay {

        /** Its rows are read, and not yet sent. */
        default void read() {}

        /** The head of an answer is out that has no end yet. */
        default void opened() {}

        /**
         * Such an answer is to go on.
         *
         * @throws GateClosedException if it may not
         */
        default void progressed() {}

        /** The visit is over, however it went. */
        void left();
    }
}
