package dev.millrace.serving.query;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.millrace.serving.semantic.CompiledQuery;

import org.springframework.stereotype.Component;

import java.time.Duration;
import java.util.List;

/** Queries whose results were of late too large for the driver to hold at once. */
@Component
class LargeResults {

    private static final int REMEMBERED = 2_000;

    /** What was large of a tenant or a month may be small of the next. */
    private static final Duration FOR = Duration.ofHours(1);

    private final Cache<String, Boolean> known =
            Caffeine.newBuilder()
                    .maximumSize(REMEMBERED)
                    .expireAfterWrite(FOR)
                    .executor(Runnable::run)
                    .build();

    /** Whether one of them is known to have such a result. */
    boolean areKnown(List<CompiledQuery> queries) {
        return queries.stream()
                .anyMatch(query -> known.getIfPresent(query.statement().sql()) != null);
    }

    void add(List<CompiledQuery> queries) {
        queries.forEach(query -> known.put(query.statement().sql(), true));
    }
}
