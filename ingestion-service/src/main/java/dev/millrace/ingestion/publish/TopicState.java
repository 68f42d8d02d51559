package dev.millrace.ingestion.publish;

/**
 * What Kafka says of a topic that is there.
 *
 * @param replicas on how many brokers it is; 0 if that is not known
 * @param minInsyncReplicas how many must have a record; 0 if that is not known
 * @param maxRecordBytes how large a record may be
 */
record TopicState(int replicas, int minInsyncReplicas, int maxRecordBytes) {

    /** Kafka's own default, which a broker may tell nobody. */
    static final int USUAL_MAX_RECORD_BYTES = 1_048_588;

    static final TopicState UNKNOWN = new TopicState(0, 0, USUAL_MAX_RECORD_BYTES);

    boolean isLessSafeThan(TopicSettings wanted) {
        return (replicas > 0 && replicas < wanted.replicationFactor())
                || (minInsyncReplicas > 0 && minInsyncReplicas < wanted.minInsyncReplicas());
    }
}
