package dev.millrace.ingestion.tracking;

import dev.millrace.contracts.Sha256;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.source.SegmentSource;
import dev.millrace.ingestion.payload.KeyedHash;
import dev.millrace.ingestion.payload.PersonalData;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;

/**
 * The sources of one revision that have a Segment door, by write key. They are found by the key's
 * digest, so that the time a look-up takes says nothing about the keys there are.
 */
final class SegmentSources {

    private final String revision;
    private final Map<String, Entry> byDigest = new HashMap<>();

    /**
     * A source and what its rules make of payloads.
     *
     * @param revision the revision of the project that says so
     */
    record Entry(SegmentSource source, PersonalData personalData, String revision) {}

    SegmentSources(Project project, @Nullable KeyedHash hash) {
        this.revision = project.revision();
        project.sources().stream()
                .filter(SegmentSource.class::isInstance)
                .map(SegmentSource.class::cast)
                .forEach(
                        source -> byDigest.put(Sha256.hex(source.writeKey()), entry(source, hash)));
    }

    /** The source of a key; null if there is none. */
    @Nullable Entry find(@Nullable String writeKey) {
        return writeKey == null ? null : byDigest.get(Sha256.hex(writeKey));
    }

    private Entry entry(SegmentSource source, @Nullable KeyedHash hash) {
        return new Entry(source, new PersonalData(source.pii(), hash), revision);
    }
}
