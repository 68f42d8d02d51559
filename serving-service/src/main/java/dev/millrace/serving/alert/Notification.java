package dev.millrace.serving.alert;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A message to a channel.
 *
 * @param id the same at each attempt
 * @param groupLabels what its items have in common, by which they were put together
 * @param nextAttemptAt when it is sent, or was to be
 */
record Notification(
        long seq,
        String id,
        String alert,
        String channel,
        Map<String, String> groupLabels,
        State status,
        List<Item> items,
        Instant createdAt,
        Delivery delivery,
        Instant nextAttemptAt,
        int attempts,
        @Nullable Instant deliveredAt,
        @Nullable String lastError) {

    /** How far it is. */
    enum Delivery {
        WAITING,
        DELIVERED,
        GIVEN_UP
    }

    Notification {
        groupLabels = Map.copyOf(groupLabels);
        items = List.copyOf(items);
    }
}
