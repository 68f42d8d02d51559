package dev.millrace.serving.alert;

import dev.millrace.operations.page.PageLimit;
import dev.millrace.operations.problem.Refusal;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Shows operators what was told, what is still to arrive, and what was given up. */
@RestController
class NotificationEndpoint {

    private static final int MAX_LIMIT = 1_000;

    private final Notifications notifications;

    NotificationEndpoint(Notifications notifications) {
        this.notifications = notifications;
    }

    record NotificationView(
            String id,
            String alert,
            String channel,
            String status,
            String state,
            Instant createdAt,
            int attempts,
            @Nullable Instant nextAttemptAt,
            @Nullable Instant deliveredAt,
            @Nullable String lastError,
            int items) {

        static NotificationView of(Notification n) {
            return new NotificationView(
                    n.id(),
                    n.alert(),
                    n.channel(),
                    n.status().text(),
                    n.delivery().name().toLowerCase(Locale.ROOT),
                    n.createdAt(),
                    n.attempts(),
                    n.delivery() == Notification.Delivery.WAITING ? n.nextAttemptAt() : null,
                    n.deliveredAt(),
                    n.lastError(),
                    n.items().size());
        }
    }

    record NotificationPage(List<NotificationView> notifications, @Nullable Long next) {}

    @GetMapping("/operator/notifications")
    NotificationPage notifications(
            @RequestParam(required = false) @Nullable String alert,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable Long before,
            @RequestParam(defaultValue = "100") int limit) {
        PageLimit most = PageLimit.of(limit, MAX_LIMIT);
        Notification.Delivery delivery = null;
        for (Notification.Delivery known : Notification.Delivery.values()) {
            if (known.name().toLowerCase(Locale.ROOT).equals(state)) {
                delivery = known;
            }
        }
        if (state != null && delivery == null) {
            throw Refusal.of(HttpStatus.BAD_REQUEST, "'state' is waiting, delivered or given_up.");
        }
        List<Notification> found =
                notifications.page(
                        alert == null ? null : alert.replace("\0", ""),
                        delivery,
                        before,
                        most.toFind());
        PageLimit.Shown<Notification, Long> shown = most.show(found, Notification::seq);
        return new NotificationPage(
                shown.items().stream().map(NotificationView::of).toList(), shown.next());
    }
}
