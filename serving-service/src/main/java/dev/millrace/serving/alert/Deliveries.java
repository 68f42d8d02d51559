package dev.millrace.serving.alert;

import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.alert.AlertModel;
import dev.millrace.contracts.project.alert.Channel;
import dev.millrace.operations.revision.ProjectRevisions;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Brings notifications to their channels, at least once: after pauses that double, until the
 * receiver answers that it has them, or a day is over.
 */
@Component
class Deliveries {

    private static final Logger log = LoggerFactory.getLogger(Deliveries.class);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    /** After this, whoever took it is taken to have died. */
    private static final Duration SLACK = Duration.ofSeconds(10);

    private final Supplier<AlertModel> model;
    private final Notifications notifications;
    private final WebhookSender sender;
    private final AlertMeters meters;
    private final AlertSettings settings;
    private final Clock clock;

    @Autowired
    Deliveries(
            ProjectRevisions revisions,
            Notifications notifications,
            WebhookSender sender,
            AlertMeters meters,
            AlertSettings settings,
            Clock clock) {
        this(revisions.derived(Project::alerts), notifications, sender, meters, settings, clock);
    }

    Deliveries(
            Supplier<AlertModel> model,
            Notifications notifications,
            WebhookSender sender,
            AlertMeters meters,
            AlertSettings settings,
            Clock clock) {
        this.model = model;
        this.notifications = notifications;
        this.sender = sender;
        this.meters = meters;
        this.settings = settings;
        this.clock = clock;
    }

    List<Notification> claim(int most) {
        return notifications.claim(clock.instant(), settings.deliveryTimeout().plus(SLACK), most);
    }

    /** Tries to deliver what was claimed. */
    void deliver(Notification notification) throws InterruptedException {
        Optional<Channel> channel = model.get().channel(notification.channel());
        WebhookSender.Result result =
                channel.isEmpty()
                        ? new WebhookSender.Failed(
                                "the project has no channel " + notification.channel(), null)
                        : send(notification, channel.get());
        switch (result) {
            case WebhookSender.Delivered _ -> {
                notifications.delivered(notification, clock.instant());
                meters.notified("delivered");
            }
            case WebhookSender.Failed(String error, Duration retryAfter) ->
                    failed(notification, error, retryAfter);
        }
    }

    private WebhookSender.Result send(Notification notification, Channel channel)
            throws InterruptedException {
        try {
            return sender.send(notification, channel);
        } catch (RuntimeException e) {
            log.error("The notification {} cannot be sent", notification.id(), e);
            return new WebhookSender.Failed(
                    "it was not sent: " + e.getClass().getSimpleName(), null);
        }
    }

    private void failed(Notification notification, String error, @Nullable Duration retryAfter) {
        Instant now = clock.instant();
        Duration pause = pause(notification.attempts());
        Instant next =
                now.plus(
                        retryAfter == null || retryAfter.compareTo(pause) < 0 ? pause : retryAfter);
        boolean over = !now.isBefore(notification.createdAt().plus(settings.giveUpAfter()));
        if (over) {
            log.error(
                    "The notification {} of alert {} did not reach {} and is given up: {}",
                    notification.id(),
                    notification.alert(),
                    notification.channel(),
                    error);
        } else {
            log.warn(
                    "The notification {} of alert {} did not reach {}, attempt {}: {}",
                    notification.id(),
                    notification.alert(),
                    notification.channel(),
                    notification.attempts(),
                    error);
        }
        notifications.failed(notification, error, over ? null : next);
        meters.notified(over ? "given_up" : "failed");
    }

    /** After an attempt, the first of which is 1. */
    static Duration pause(int attempt) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.clamp(attempt - 1, 0, 20));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
}
