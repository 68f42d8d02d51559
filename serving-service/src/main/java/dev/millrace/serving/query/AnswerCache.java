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

    private final Cache<Key, Results> results;
    private final CacheSettings settings;
    private final VersionCheck versions;
    private final Clock clock;

    /** What makes two requests have the same rows: whose they are, too. */
    record Key(Tenants tenants, List<SqlStatement> statements, List<String> forms) {

        static Key of(Tenants tenants, Question question) {
            return new Key(tenants, question.statements(), question.forms());
        }
    }

    AnswerCache(CacheSettings settings, VersionCheck versions, Clock clock, MeterRegistry meters) {
        this.settings = settings;
        this.versions = versions;
        this.clock = clock;
        this.results =
                Caffeine.newBuilder()
                        .maximumWeight(settings.bytes())
                        .weigher((Key key, Results kept) -> weight(key, kept))
                        .executor(Runnable::run)
                        .build();
        Gauge.builder("millrace.serving.cache.entries", results, Cache::estimatedSize)
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
        Results kept = results.getIfPresent(key);
        if (kept == null || isPast(kept)) {
            return Optional.empty();
        }
        return versions.areSame(kept.reads().relations()) ? Optional.of(kept) : Optional.empty();
    }

    /** A result that was true not too long ago. */
    Optional<Results> recent(Key key) {
        Results kept = results.getIfPresent(key);
        return Optional.ofNullable(kept)
                .filter(r -> r.readAt().plus(settings.maxStaleness()).isAfter(clock.instant()));
    }

    /** Whether nothing has changed since; also where nobody can know. */
    boolean isStillTrue(Results read) throws InterruptedException {
        return read.reads().keeping() == Keeping.NOT || versions.areSame(read.reads().relations());
    }

    private boolean isPast(Results kept) {
        Instant end = kept.readAt().plus(settings.brief());
        return kept.reads().keeping() == Keeping.BRIEFLY && clock.instant().isAfter(end);
    }

    void keep(Key key, Results read) {
        if (read.reads().keeping() != Keeping.NOT && settings.bytes() > 0) {
            results.put(key, read);
        }
    }
}
