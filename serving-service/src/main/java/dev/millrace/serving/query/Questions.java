package dev.millrace.serving.query;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.millrace.serving.access.Visit;
import dev.millrace.serving.semantic.Viewer;

import org.springframework.stereotype.Component;

import tools.jackson.databind.json.JsonMapper;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Reads and compiles what is asked, once for all who ask the same and may see the same: dashboards
 * ask the same again and again.
 */
@Component
class Questions {

    private static final long MOST_CHARACTERS = 16 << 20;
    private static final int OVERHEAD = 2_000;

    private final JsonMapper json;
    private final Clock clock;
    private final Cache<Key, Kept> known =
            Caffeine.newBuilder()
                    .maximumWeight(MOST_CHARACTERS)
                    .weigher(Questions::weight)
                    .expireAfterAccess(Duration.ofMinutes(10))
                    .executor(Runnable::run)
                    .build();

    private record Key(ServedModel.Revision revision, Viewer viewer, String query) {}

    /**
     * A question that is the same for a while.
     *
     * @param from when it was read
     * @param end when it may be another; words such as today mean whole seconds at the least
     */
    private record Kept(Question question, Instant from, Instant end) {

        boolean isGood(Instant now) {
            return !now.isBefore(from) && now.isBefore(end);
        }
    }

    Questions(JsonMapper json, Clock clock) {
        this.json = json;
        this.clock = clock;
    }

    private static int weight(Key key, Kept kept) {
        long characters = OVERHEAD + 3L * key.query().length();
        for (var statement : kept.question().statements()) {
            characters += statement.sql().length();
        }
        return (int) Math.min(characters, Integer.MAX_VALUE);
    }

    /** The question that is written there, if it was read and is still the same. */
    Optional<Question> known(ServedModel.Revision revision, Viewer viewer, String query) {
        Kept kept = known.getIfPresent(new Key(revision, viewer, query));
        return kept == null || !kept.isGood(clock.instant())
                ? Optional.empty()
                : Optional.of(kept.question());
    }

    /**
     * The question that is written there.
     *
     * @param query in JSON
     * @param asked is told what is asked for, also if it cannot be answered
     * @throws dev.millrace.serving.semantic.QueryException if it cannot be, or not to this viewer
     */
    Question of(
            ServedModel.Revision revision,
            Viewer viewer,
            String query,
            Consumer<Visit.Members> asked) {
        Key key = new Key(revision, viewer, query);
        Instant now = clock.instant();
        Kept kept = known.getIfPresent(key);
        if (kept == null || !kept.isGood(now)) {
            WatchedClock watched = new WatchedClock(Clock.fixed(now, ZoneOffset.UTC));
            QuerySet set =
                    QuerySet.read(CubeRequest.parse(query, json), new QueryReader(json, watched));
            Visit.Members members = AskedMembers.of(set);
            asked.accept(members);
            Question question = new Question(query, revision, set, members, viewer);
            kept =
                    new Kept(
                            question,
                            now,
                            watched.isRead()
                                    ? now.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1)
                                    : Instant.MAX);
            known.put(key, kept);
        } else {
            asked.accept(kept.question().members());
        }
        return kept.question();
    }

    /** Tells whether anybody looked at it. */
    private static final class WatchedClock extends Clock {

        private final Clock clock;
        private final AtomicBoolean read;

        WatchedClock(Clock clock) {
            this(clock, new AtomicBoolean());
        }

        private WatchedClock(Clock clock, AtomicBoolean read) {
            this.clock = clock;
            this.read = read;
        }

        boolean isRead() {
            return read.get();
        }

        @Override
        public ZoneId getZone() {
            return clock.getZone();
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return new WatchedClock(clock.withZone(zone), read);
        }

        @Override
        public Instant instant() {
            read.set(true);
            return clock.instant();
        }
    }
}
