package dev.millrace.ingestion.source;

import dev.millrace.contracts.project.source.SegmentSource;
import dev.millrace.operations.revision.ProjectRevisions;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Tells operators which sources have a door, and what came through it since the service started.
 */
@RestController
class DoorsEndpoint {

    private final ProjectRevisions revisions;
    private final DoorCounts counts;
    private final Instant since;

    DoorsEndpoint(ProjectRevisions revisions, DoorCounts counts, Clock clock) {
        this.revisions = revisions;
        this.counts = counts;
        this.since = clock.instant();
    }

    /**
     * The doors.
     *
     * @param since since when it is counted
     * @param doors what came through, by source
     * @param withoutSource requests with a write key that no source has, or with none
     */
    record DoorsView(Instant since, List<DoorView> doors, Map<String, Long> withoutSource) {}

    record DoorView(
            String source,
            @Nullable String owner,
            String type,
            String path,
            String answers,
            long accepted,
            Map<String, Long> refused,
            Map<String, Long> turnedAway) {}

    @GetMapping("/operator/doors")
    DoorsView doors() {
        return new DoorsView(
                since,
                revisions.current().sources().stream()
                        .filter(SegmentSource.class::isInstance)
                        .map(SegmentSource.class::cast)
                        .map(this::view)
                        .toList(),
                counts.nobodys());
    }

    private DoorView view(SegmentSource source) {
        DoorCounts.OfSource count = counts.of(source.name());
        return new DoorView(
                source.name(),
                source.owner(),
                "segment",
                "/v1/",
                source.strict() ? "strict" : "segment",
                count.accepted(),
                count.refused(),
                count.turnedAway());
    }
}
