package dev.millrace.standalone.demo;

/**
 * What became of one attempt to send a parcel.
 *
 * @param attempt from 1
 * @param status HTTP status; for Kafka 200 once all records are acknowledged; 0 for no answer
 * @param text what was answered, or what kept the answer away
 */
record Answer(int attempt, int status, String text) {

    boolean isAcknowledged() {
        return status == 200;
    }

    /** Whether the same parcel, sent again, may do better. */
    boolean isTransient() {
        return status == 0 || status == 429 || status >= 500;
    }
}
