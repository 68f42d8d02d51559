package dev.millrace.contracts.project.source;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** Topics of Millrace's own cluster that producers write to, and that are landed as they are. */
public record KafkaSource(
        String name,
        @Nullable String owner,
        SchemaContract schemaContract,
        List<StreamSettings> streams)
        implements Source {

    public KafkaSource {
        streams = List.copyOf(streams);
    }
}
