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
    private String complaint = "";

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
        boolean isDone = false;
        try {
            isDone = look();
        } catch (SQLException e) {
            log.warn("Changes that somebody follows are looked after later: {}", e.getMessage());
        }
        Thread.sleep(isDone ? PAUSE : CLEANING.dividedBy(30));
    }

    /** Whether all that is wanted is followed; else it is to be tried again. */
    boolean look() throws SQLException {
        Map<String, FeedWanted> now = wanted.get().orElse(Map.of());
        boolean isDone = true;
        // The same map is the same wishes.
        if (now != followed) {
            for (FeedWanted feed : now.values()) {
                isDone &= follow(feed);
            }
            followed = isDone ? now : null;
        }
        if (clock.instant().isAfter(cleaned.plus(CLEANING))) {
            cleaned = clock.instant();
            int gone = feeds.clean(settings.retention());
            log.debug("{} change batches went, as they were kept long enough for feeds", gone);
        }
        return isDone;
    }

    /** Once, and not every other second, of what stays as it is. */
    private void complain(String words) {
        if (!words.equals(complaint)) {
            complaint = words;
            log.warn(words);
        }
    }

    /** One that fails keeps no other from being followed: anybody may have written it. */
    private boolean follow(FeedWanted feed) {
        try {
            if (feed.until().isAfter(clock.instant())) {
                feeds.follow(feed.relation(), feed.until());
            }
            return true;
        } catch (SQLException | RuntimeException e) {
            complain(
                    "Changes of %s are not written down yet: %s"
                            .formatted(feed.relation(), e.getMessage()));
            return false;
        }
    }
}
