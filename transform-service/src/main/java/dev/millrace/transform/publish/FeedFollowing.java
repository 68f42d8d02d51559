package dev.millrace.transform.publish;

import dev.millrace.contracts.event.FeedWanted;
import dev.millrace.operations.background.BackgroundWork;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Has the changes of those relations written down that serving has readers for. */
final class FeedFollowing extends BackgroundWork {

    private static final Logger log = LoggerFactory.getLogger(FeedFollowing.class);

    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final Duration CLEANING = Duration.ofMinutes(1);

    private final Supplier<Optional<Map<String, FeedWanted>>> wanted;
    private final FollowedFeeds feeds;
    private final FeedSettings settings;
    private final Clock clock;
    private @Nullable Map<String, FeedWanted> followed;
    private Instant cleaned = Instant.EPOCH;

    FeedFollowing(
            Supplier<Optional<Map<String, FeedWanted>>> wanted,
            FollowedFeeds feeds,
            FeedSettings settings,
            Clock clock) {
        super("feed-following");
        this.wanted = wanted;
        this.feeds = feeds;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    protected void round() throws InterruptedException {
        try {
            look();
        } catch (SQLException e) {
            log.warn("Changes that somebody follows are looked after later: {}", e.getMessage());
            Thread.sleep(CLEANING.dividedBy(30));
        }
        Thread.sleep(PAUSE);
    }

    void look() throws SQLException {
        Map<String, FeedWanted> now = wanted.get().orElse(Map.of());
        // The same map is the same wishes.
        if (now != followed) {
            for (FeedWanted feed : now.values()) {
                if (feed.until().isAfter(clock.instant())) {
                    feeds.follow(feed.relation(), feed.until());
                }
            }
            followed = now;
        }
        if (clock.instant().isAfter(cleaned.plus(CLEANING))) {
            cleaned = clock.instant();
            int gone = feeds.clean(settings.retention());
            log.debug("{} change batches went, as they were kept long enough for feeds", gone);
        }
    }
}
