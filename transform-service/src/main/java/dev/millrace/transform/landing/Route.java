package dev.millrace.transform.landing;

import dev.millrace.contracts.project.source.KafkaSource;
import dev.millrace.contracts.project.source.SegmentSource;
import dev.millrace.contracts.project.source.StreamSettings;
import dev.millrace.contracts.record.QuarantineReason;

/** What the records of a topic are. */
sealed interface Route {

    /** Records of a source that has a door; the stream stands in their headers. */
    record Segment(SegmentSource source) implements Route {}

    /** JSON that others write, all of one stream. */
    record Plain(KafkaSource source, StreamSettings stream) implements Route {}

    /** What a door refused. */
    record Refused() implements Route {}

    /** What cannot be landed, as is known before it is read. */
    record Unusable(String source, String stream, QuarantineReason reason, String detail)
            implements Route {}
}
