package dev.millrace.contracts.project.source;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/** Where data comes from. The name of the source is the schema of its tables. */
public sealed interface Source permits SegmentSource, KafkaSource {

    String name();

    /** Who answers for it, usually an address; shown in the catalogue and on alerts. */
    @Nullable String owner();

    SchemaContract schemaContract();

    /** Streams that are declared; others may turn up if the schema contract lets them. */
    List<StreamSettings> streams();

    /** What is declared for a stream of this name. */
    default Optional<StreamSettings> stream(String name) {
        return streams().stream().filter(stream -> stream.name().equals(name)).findFirst();
    }
}
