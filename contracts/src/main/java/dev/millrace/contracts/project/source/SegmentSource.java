package dev.millrace.contracts.project.source;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A door that speaks the Segment HTTP Tracking API.
 *
 * @param writeKey the key that callers identify the source by
 * @param strict whether bad events are answered with 4xx instead of Segment's own 200
 * @param pii what becomes of personal data before it is stored anywhere
 */
public record SegmentSource(
        String name,
        @Nullable String owner,
        String writeKey,
        boolean strict,
        SchemaContract schemaContract,
        List<PiiRule> pii,
        List<StreamSettings> streams)
        implements Source {

    public SegmentSource {
        pii = List.copyOf(pii);
        streams = List.copyOf(streams);
    }

    /** Leaves the write key out, as this may be logged. */
    @Override
    public String toString() {
        return "SegmentSource[" + name + "]";
    }
}
