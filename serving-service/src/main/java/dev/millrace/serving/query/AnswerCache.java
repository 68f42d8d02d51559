package dev.millrace.serving.query;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.millrace.serving.access.Tenants;
import dev.millrace.serving.query.Reads.Keeping;
import dev.millrace.serving.semantic.SqlStatement;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.stereotype.Component;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Results that are still true: each with the versions of all that it was read from. They are found
 * by the SQL and its values, in which a caller's policies and time zone are, and by the form of the
 * rows.
 */
@Component
class AnswerCache {

    private static final int OVERHEAD = 1_000;

    private final Cache<Key, Kept> answers;
    private final CacheSettings settings;
    private final VersionCheck versions;
    private final Clock clock;

    /** What makes two requests have the same rows: whose they are, too. */
    record Key(Tenants tenants, List<SqlStatement> statements, List<String> forms) {

        static Key of(Tenants tenants, Question question) {
            return new Key(tenants, question.statements(), question.forms());
        }
    }

    /** Results, and whether it is known that they are not true any more. */
    private static final class Kept {

        private final Results results;
        private volatile boolean past;

        Kept(Results results) {
            this.results = results;
        }
    }

    AnswerCache(CacheSettings settings, VersionCheck versions, Clock clock, MeterRegistry meters) {
        this.settings = settings;
        this.versions = versions;
        this.clock = clock;
        this.answers =
                Caffeine.newBuilder()
                        .maximumWeight(settings.bytes())
                        .weigher((Key key, Kept kept) -> weight(key, kept.results))
                        .executor(Runnable::run)
                        .build();
        Gauge.builder("millrace.serving.cache.entries", answers, Cache::estimatedSize)
                .description("Results that are kept")
                .register(meters);
    }

    private static int weight(Key key, Results kept) {
        long bytes = OVERHEAD;
        for (ResultRows rows : kept.queries()) {
            bytes += rows.json().length();
        }
        for (SqlStatement statement : key.statements()) {
            bytes += 2L * statement.sql().length() + 64L * statement.values().size();
        }
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    /** A result that is true now. */
    Optional<Results> current(Key key) throws InterruptedException {
        Kept kept = answers.getIfPresent(key);
        if (kept == null || kept.past || isPast(kept.results)) {
            return Optional.empty();
        }
        VersionCheck.Finding found = versions.of(kept.results.reads().relations());
        // Once is enough: what has changed does not change back.
        kept.past = found == VersionCheck.Finding.CHANGED;
        return found == VersionCheck.Finding.SAME ? Optional.of(kept.results) : Optional.empty();
    }

    /** A result that was true not too long ago. */
    Optional<Results> recent(Key key) {
        return Optional.ofNullable(answers.getIfPresent(key))
                .map(kept -> kept.results)
                .filter(r -> r.readAt().plus(settings.maxStaleness()).isAfter(clock.instant()));
    }

    /** Whether nothing has changed since; also where nobody can know. */
    boolean isStillTrue(Results read) throws InterruptedException {
        return read.reads().keeping() == Keeping.NOT
                || versions.of(read.reads().relations()) == VersionCheck.Finding.SAME;
    }

    private boolean isPast(Results kept) {
        Instant end = kept.readAt().plus(settings.brief());
        return kept.reads().keeping() == Keeping.BRIEFLY && clock.instant().isAfter(end);
    }

    void keep(Key key, Results read) {
        if (read.reads().keeping() != Keeping.NOT && settings.bytes() > 0) {
            answers.put(key, new Kept(read));
        }
    }
}
