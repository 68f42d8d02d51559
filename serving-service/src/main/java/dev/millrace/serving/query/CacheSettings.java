package dev.millrace.serving.query;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import java.time.Duration;

/**
 * What is kept of answers.
 *
 * @param memory bytes that kept results may take; an eighth of the heap if not set, none if 0
 * @param maxStaleness how old an answer may be for callers who ask for one that need not be current
 * @param brief how long answers are kept that depend on what time it is
 */
@ConfigurationProperties("millrace.serving.cache")
record CacheSettings(
        @Nullable DataSize memory,
        @DefaultValue("60s") Duration maxStaleness,
        @DefaultValue("1s") Duration brief) {

    private static final int PART_OF_HEAP = 8;

    CacheSettings {
        if (memory != null && memory.isNegative()) {
            throw new IllegalArgumentException(
                    "millrace.serving.cache.memory must not be less than nothing");
        }
        if (maxStaleness.isNegative() || brief.isNegative()) {
            throw new IllegalArgumentException(
                    "millrace.serving.cache.max-staleness and .brief must not be negative");
        }
    }

    long bytes() {
        return memory == null ? Runtime.getRuntime().maxMemory() / PART_OF_HEAP : memory.toBytes();
    }
}
