package dev.millrace.serving.feed;

import dev.millrace.contracts.event.FeedWanted;
import dev.millrace.contracts.topic.Topics;
import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.serving.publish.Announcements;

import org.springframework.stereotype.Component;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Tells transform for which relations there are readers, for as long as there are. */
@Component
class FeedWishes {

    /** A part of the time for which relations are followed: each is told so often at most. */
    private static final int OFTEN = 14;

    private static final Duration AGAIN = Duration.ofSeconds(30);

    private final Announcements announcements;
    private final FeedSettings settings;
    private final Clock clock;
    private final Map<String, Instant> told = new ConcurrentHashMap<>();

    FeedWishes(Announcements announcements, FeedSettings settings, Clock clock) {
        this.announcements = announcements;
        this.settings = settings;
        this.clock = clock;
    }

    /** Whether transform can be told anything. */
    boolean canTell() {
        return announcements.isOn();
    }

    /** Somebody reads a relation that is followed. */
    void keep(RelationName relation) {
        tell(relation, settings.followedFor().dividedBy(OFTEN));
    }

    /** Somebody wants to read a relation that is not followed. */
    void begin(RelationName relation) {
        tell(relation, AGAIN);
    }

    private void tell(RelationName relation, Duration atMost) {
        Instant now = clock.instant();
        told.compute(
                relation.toString(),
                (name, last) -> {
                    if (last != null && last.plus(atMost).isAfter(now)) {
                        return last;
                    }
                    announcements.tell(
                            Topics.FEEDS,
                            name,
                            new FeedWanted(name, now.plus(settings.followedFor())));
                    return now;
                });
    }
}
