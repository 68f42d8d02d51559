package dev.millrace.ingestion.source;

import java.util.Map;

/**
 * A record on its way to a topic.
 *
 * @param topic the topic's name
 * @param key what must stay in order
 * @param value the payload
 * @param headers in the order in which they are written
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; the bytes go on as they are
public record OutgoingRecord(String topic, byte[] key, byte[] value, Map<String, byte[]> headers) {

    /** What a record costs beside its bytes: its objects here and its frame on the wire. */
    public static final int OVERHEAD = 128;

    /** How much memory it takes until it is stored. */
    public long weight() {
        long weight = OVERHEAD + (long) key.length + value.length;
        for (Map.Entry<String, byte[]> header : headers.entrySet()) {
            weight += header.getKey().length() + header.getValue().length;
        }
        return weight;
    }
}
