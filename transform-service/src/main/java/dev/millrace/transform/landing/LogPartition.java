package dev.millrace.transform.landing;

import java.util.UUID;

/**
 * A partition, by what stays the same: a topic that is deleted and made anew is another one.
 *
 * @param topic its name, for people
 */
record LogPartition(String clusterId, UUID topicId, String topic, int partition) {

    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
