package dev.millrace.serving.budget;

import dev.millrace.serving.access.GateClosedException;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Whose part of what runs at once something is.
 *
 * @param caller under which name a caller's are counted; not at all if null
 * @param mostOfCaller how many; 0 is no limit
 * @param tenants under which names those of tenants are counted, for each of them
 * @param mostOfTenant how many of each; 0 is no limit but a fair part
 * @param patience how long one waits for others of the same
 * @param mostWaiting how many wait so
 * @param refusals why one goes no further
 */
public record Share(
        @Nullable String caller,
        int mostOfCaller,
        List<String> tenants,
        int mostOfTenant,
        Duration patience,
        int mostWaiting,
        Supplier<GateClosedException> refusals) {

    public Share {
        tenants = List.copyOf(tenants);
    }

    /** Of somebody who shares with nobody. */
    public static final Share NONE =
            new Share(
                    null,
                    0,
                    List.of(),
                    0,
                    Duration.ofDays(1),
                    Integer.MAX_VALUE,
                    () -> {
                        throw new IllegalStateException("there is no limit");
                    });

    /** Whether there may be one free that is not for this share. */
    public boolean isLimited() {
        return caller != null || !tenants.isEmpty();
    }

    /** In whose queues one waits. */
    public List<String> queues() {
        return !tenants.isEmpty() ? tenants : caller != null ? List.of(caller) : List.of();
    }

    /** What is thrown when it goes no further. */
    public GateClosedException refusal() {
        return refusals.get();
    }
}
