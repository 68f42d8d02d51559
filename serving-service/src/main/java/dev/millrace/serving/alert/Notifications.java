package dev.millrace.serving.alert;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What is to be told: written in the transaction of the change, sent after it. */
@Component
class Notifications {

    private static final int MAX_ERROR = 500;

    private final JdbcClient jdbc;

    /**
     * A message to be.
     *
     * @param hold how long it waits for more of its group
     */
    record Draft(String alert, Map<String, String> groupLabels, List<Item> items, Duration hold) {}

    Notifications(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Writes a message to each channel; one that still waits for more takes it up. */
    void write(Draft draft, List<String> channels, Instant now) {
        for (String channel : channels) {
            if (!extend(draft, channel, now)) {
                insert(draft, channel, now);
            }
        }
    }

    private void insert(Draft draft, String channel, Instant now) {
        jdbc.sql(
                        """
                        INSERT INTO alert_notification (id, alert, channel, group_labels, group_key,
                          status, items, created_at, state, next_attempt_at)
                        VALUES (:id, :alert, :channel, CAST(:labels AS jsonb), :key, :status,
                          CAST(:items AS jsonb), :now, 'waiting', :first)\
                        """)
                .param("id", "msg_" + UUID.randomUUID().toString().replace("-", ""))
                .param("alert", draft.alert())
                .param("channel", channel)
                .param("labels", Json.write(draft.groupLabels()))
                .param("key", Labels.key(draft.groupLabels()))
                .param("status", status(draft.items()).text())
                .param("items", Json.write(draft.items()))
                .param("now", at(now))
                .param("first", at(now.plus(draft.hold())))
                .update();
    }

    private boolean extend(Draft draft, String channel, Instant now) {
        Optional<Notification> waiting =
                jdbc.sql(
                                """
                                SELECT * FROM alert_notification
                                WHERE state = 'waiting' AND channel = :channel AND alert = :alert
                                  AND group_key = :key AND attempts = 0 AND next_attempt_at > :now
                                ORDER BY seq DESC LIMIT 1 FOR UPDATE\
                                """)
                        .param("channel", channel)
                        .param("alert", draft.alert())
                        .param("key", Labels.key(draft.groupLabels()))
                        .param("now", at(now))
                        .query(Notifications::notification)
                        .optional();
        if (waiting.isEmpty()) {
            return false;
        }
        List<Item> items = new ArrayList<>(draft.items());
        // What was well again in the meantime is part of the story.
        waiting.get().items().stream()
                .filter(old -> !old.isFiring())
                .filter(old -> items.stream().noneMatch(i -> i.labels().equals(old.labels())))
                .forEach(items::add);
        jdbc.sql(
                        """
                        UPDATE alert_notification
                        SET items = CAST(:items AS jsonb), status = :status WHERE seq = :seq\
                        """)
                .param("items", Json.write(items))
                .param("status", status(items).text())
                .param("seq", waiting.get().seq())
                .update();
        return true;
    }

    private static State status(List<Item> items) {
        return items.stream().anyMatch(Item::isFiring) ? State.FIRING : State.RESOLVED;
    }

    /** The last message of each group, to each channel that had one. */
    List<Notification> latest(String alert) {
        return jdbc.sql(
                        """
                        SELECT DISTINCT ON (channel, group_key) * FROM alert_notification
                        WHERE alert = :alert ORDER BY channel, group_key, seq DESC\
                        """)
                .param("alert", alert)
                .query(Notifications::notification)
                .list();
    }

    /**
     * Takes what is due, for a time, and counts the attempt. Of each group to a channel only the
     * oldest: receivers hear of changes in their order.
     */
    List<Notification> claim(Instant now, Duration lease, int most) {
        return jdbc.sql(
                        """
                        UPDATE alert_notification
                        SET next_attempt_at = :until, attempts = attempts + 1
                        WHERE seq IN (
                          SELECT n.seq FROM alert_notification n
                          WHERE n.state = 'waiting' AND n.next_attempt_at <= :now
                            AND NOT EXISTS (
                              SELECT FROM alert_notification earlier
                              WHERE earlier.state = 'waiting' AND earlier.channel = n.channel
                                AND earlier.alert = n.alert AND earlier.group_key = n.group_key
                                AND earlier.seq < n.seq)
                          ORDER BY n.next_attempt_at LIMIT :most FOR UPDATE SKIP LOCKED)
                          AND state = 'waiting' AND next_attempt_at <= :now
                        RETURNING *\
                        """)
                .param("now", at(now))
                .param("until", at(now.plus(lease)))
                .param("most", most)
                .query(Notifications::notification)
                .list();
    }

    void delivered(Notification notification, Instant now) {
        jdbc.sql(
                        """
                        UPDATE alert_notification
                        SET state = 'delivered', delivered_at = :now, last_error = NULL
                        WHERE seq = :seq AND state = 'waiting'\
                        """)
                .param("seq", notification.seq())
                .param("now", at(now))
                .update();
    }

    /** It did not arrive; it is tried again then, or never. */
    void failed(Notification notification, String error, @Nullable Instant next) {
        jdbc.sql(
                        """
                        UPDATE alert_notification
                        SET state = :state, last_error = :error,
                          next_attempt_at = coalesce(:next, next_attempt_at)
                        WHERE seq = :seq AND state = 'waiting'\
                        """)
                .param("seq", notification.seq())
                .param("state", next == null ? "given_up" : "waiting")
                .param(
                        "error",
                        error.replace("\0", "").length() <= MAX_ERROR
                                ? error.replace("\0", "")
                                : error.replace("\0", "").substring(0, MAX_ERROR))
                .param("next", next == null ? null : at(next))
                .update();
    }

    /** Newest first. */
    List<Notification> page(
            @Nullable String alert,
            Notification.@Nullable Delivery delivery,
            @Nullable Long before,
            int limit) {
        return jdbc.sql(
                        """
                        SELECT * FROM alert_notification
                        WHERE (CAST(:alert AS text) IS NULL OR alert = :alert)
                          AND (CAST(:state AS text) IS NULL OR state = :state)
                          AND (CAST(:before AS bigint) IS NULL OR seq < :before)
                        ORDER BY seq DESC LIMIT :limit\
                        """)
                .param("alert", alert)
                .param("state", delivery == null ? null : delivery.name().toLowerCase(Locale.ROOT))
                .param("before", before)
                .param("limit", limit)
                .query(Notifications::notification)
                .list();
    }

    int delete(Instant before, int most) {
        return jdbc.sql(
                        """
                        DELETE FROM alert_notification WHERE seq IN (
                          SELECT seq FROM alert_notification
                          WHERE created_at < :before AND state <> 'waiting' LIMIT :most)\
                        """)
                .param("before", at(before))
                .param("most", most)
                .update();
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static Notification notification(ResultSet row, int number) throws SQLException {
        OffsetDateTime delivered = row.getObject("delivered_at", OffsetDateTime.class);
        return new Notification(
                row.getLong("seq"),
                row.getString("id"),
                row.getString("alert"),
                row.getString("channel"),
                Json.texts(row.getString("group_labels")),
                State.of(row.getString("status")).orElseThrow(),
                Json.items(row.getString("items")),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                Notification.Delivery.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                row.getObject("next_attempt_at", OffsetDateTime.class).toInstant(),
                row.getInt("attempts"),
                delivered == null ? null : delivered.toInstant(),
                row.getString("last_error"));
    }
}
