package dev.millrace.serving.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.millrace.contracts.Sha256;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Tokens whose signature was verified a moment ago: a dashboard sends the same with each request.
 * Digests stand for them, so that the memory of the process holds none.
 */
final class VerifiedTokens {

    /** A signing key that its issuer takes back is good for no longer than this and a key set. */
    static final Duration REMEMBERED = Duration.ofMinutes(1);

    private static final int MOST_REMEMBERED = 10_000;

    private final Clock clock;
    private final Cache<ByteBuffer, Caller> verified;

    VerifiedTokens(Clock clock) {
        this.clock = clock;
        this.verified =
                Caffeine.newBuilder()
                        .maximumSize(MOST_REMEMBERED)
                        .expireAfterWrite(REMEMBERED)
                        .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                        .executor(Runnable::run)
                        .build();
    }

    /**
     * Whose token it is; empty if it is not good, or not any more.
     *
     * @param verification of one that is not remembered
     */
    Optional<Caller> callerOf(String token, Function<String, Optional<Caller>> verification) {
        ByteBuffer digest = ByteBuffer.wrap(Sha256.of(token.getBytes(StandardCharsets.UTF_8)));
        Caller known = verified.getIfPresent(digest);
        if (known != null) {
            return Optional.of(known).filter(this::isGood);
        }
        Optional<Caller> caller = verification.apply(token);
        caller.ifPresent(good -> verified.put(digest, good));
        return caller;
    }

    private boolean isGood(Caller caller) {
        return caller.expires().filter(end -> clock.instant().isAfter(end)).isEmpty();
    }
}
