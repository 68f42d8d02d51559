package dev.millrace.serving.query;

import dev.millrace.contracts.event.RollupWanted;
import dev.millrace.contracts.topic.Topics;
import dev.millrace.operations.revision.ProjectRevisions;
import dev.millrace.serving.publish.Announcements;
import dev.millrace.serving.semantic.RollupTable;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tells which rollups the revision in force wants kept, and says of the others why not. */
@Component
class RollupAnnouncing {

    private static final Logger log = LoggerFactory.getLogger(RollupAnnouncing.class);

    private final ServedModel model;
    private final Announcements announcements;
    private final Clock clock;

    RollupAnnouncing(
            ServedModel model,
            ProjectRevisions revisions,
            Announcements announcements,
            RollupSettings settings,
            Clock clock) {
        this.model = model;
        this.announcements = announcements;
        this.clock = clock;
        // One that wants none does not take away what others want.
        if (settings.enabled()) {
            revisions.subscribe(_ -> announce());
        }
    }

    private void announce() {
        ServedModel.Revision revision = model.current();
        Instant now = clock.instant();
        Map<String, RollupWanted> wanted = new LinkedHashMap<>();
        for (RollupTable table : revision.compiler().rollups().tables()) {
            wanted.put(
                    table.id(),
                    new RollupWanted(
                            table.id(),
                            revision.name(),
                            new RollupWanted.Relation(
                                    table.relation().schema(), table.relation().name()),
                            table.sql(),
                            table.indexes(),
                            "The rollup %s, kept up to date".formatted(table.id()),
                            table.sources(),
                            now));
        }
        announcements.tellAll(Topics.ROLLUPS, wanted);
        revision.compiler()
                .rollups()
                .refused()
                .forEach((id, reason) -> log.warn("The rollup {} is not kept: {}", id, reason));
    }
}
