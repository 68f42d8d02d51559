package dev.millrace.serving.alert;

import dev.millrace.contracts.project.alert.Channel;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A notification in the format of a channel. The same notification gives the same bytes. */
final class Payload {

    /** More than these are counted only; all would be too large for some receivers. */
    private static final int MAX_ITEMS = 100;

    private static final int MAX_SLACK_ITEMS = 20;
    private static final String NO_END = "0001-01-01T00:00:00Z";

    private final Notification notification;
    private final String externalUrl;

    private Payload(Notification notification, String externalUrl) {
        this.notification = notification;
        this.externalUrl = externalUrl;
    }

    static byte[] of(Notification notification, Channel channel, String externalUrl) {
        Payload payload = new Payload(notification, externalUrl);
        JsonNode json =
                switch (channel.format()) {
                    case ALERTMANAGER -> payload.alertmanager();
                    case SLACK -> payload.slack();
                    case STANDARD_WEBHOOKS -> payload.standardWebhook();
                };
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Version 4 of what Alertmanager sends to webhooks. */
    private ObjectNode alertmanager() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("receiver", notification.channel());
        json.put("status", notification.status().text());
        List<Item> sent = first(MAX_ITEMS);
        ArrayNode alerts = json.putArray("alerts");
        sent.forEach(item -> alerts.add(alert(item)));
        put(json.putObject("groupLabels"), notification.groupLabels());
        put(
                json.putObject("commonLabels"),
                common(notification.items().stream().map(Item::labels).toList()));
        put(
                json.putObject("commonAnnotations"),
                common(notification.items().stream().map(Item::annotations).toList()));
        json.put("externalURL", externalUrl);
        json.put("version", "4");
        json.put("groupKey", "{}:" + written(notification.groupLabels()));
        json.put("truncatedAlerts", notification.items().size() - sent.size());
        return json;
    }

    private ObjectNode alert(Item item) {
        ObjectNode alert = JsonMapper.shared().createObjectNode();
        Instant ends = item.endsAt();
        alert.put("status", item.isFiring() ? "firing" : "resolved");
        put(alert.putObject("labels"), item.labels());
        put(alert.putObject("annotations"), item.annotations());
        alert.put("startsAt", item.startsAt().toString());
        alert.put("endsAt", ends == null ? NO_END : ends.toString());
        alert.put("generatorURL", source());
        alert.put("fingerprint", Labels.fingerprint(item.labels()));
        return alert;
    }

    private String source() {
        return externalUrl.isEmpty()
                ? ""
                : externalUrl + "/operator/alerts/" + notification.alert();
    }

    private ObjectNode standardWebhook() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("type", "alert." + notification.status().text());
        json.put("timestamp", notification.createdAt().toString());
        json.set("data", alertmanager());
        return json;
    }

    private ObjectNode slack() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        long firing = notification.items().stream().filter(Item::isFiring).count();
        String title =
                firing > 0
                        ? "[FIRING:%d] %s".formatted(firing, notification.alert())
                        : "[RESOLVED] " + notification.alert();
        json.put("text", escaped(title));
        List<Item> sent = first(MAX_SLACK_ITEMS);
        ArrayNode attachments = json.putArray("attachments");
        for (Item item : sent) {
            ObjectNode attachment = attachments.addObject();
            String summary = item.annotations().getOrDefault("summary", notification.alert());
            attachment.put("color", colour(item));
            attachment.put("fallback", summary);
            attachment.put("title", escaped(summary));
            String source = source();
            if (!source.isEmpty()) {
                attachment.put("title_link", source);
            }
            attachment.put("text", escaped(item.annotations().getOrDefault("description", "")));
            ArrayNode fields = attachment.putArray("fields");
            item.labels()
                    .forEach(
                            (name, value) -> {
                                if (!name.equals("alertname")) {
                                    fields.addObject()
                                            .put("title", escaped(name))
                                            .put("value", escaped(value))
                                            .put("short", true);
                                }
                            });
            Instant at = item.endsAt() == null ? item.startsAt() : item.endsAt();
            attachment.put("ts", at.getEpochSecond());
        }
        int left = notification.items().size() - sent.size();
        if (left > 0) {
            attachments.addObject().put("text", "and %d more".formatted(left));
        }
        return json;
    }

    private static String colour(Item item) {
        if (!item.isFiring()) {
            return "good";
        }
        return switch (item.labels().getOrDefault("severity", "")) {
            case "critical" -> "danger";
            case "info" -> "#439FE0";
            default -> "warning";
        };
    }

    /** Slack's own signs; the rest is text. */
    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private List<Item> first(int most) {
        List<Item> items = notification.items();
        return items.size() <= most ? items : items.subList(0, most);
    }

    private static void put(ObjectNode json, Map<String, String> texts) {
        new TreeMap<>(texts).forEach(json::put);
    }

    private static Map<String, String> common(List<Map<String, String>> all) {
        Map<String, String> common = new TreeMap<>(all.isEmpty() ? Map.of() : all.getFirst());
        all.forEach(
                one -> common.entrySet().removeIf(e -> !e.getValue().equals(one.get(e.getKey()))));
        return common;
    }

    /** As Prometheus writes a set of labels. */
    private static String written(Map<String, String> labels) {
        return new TreeMap<>(labels)
                .entrySet().stream()
                        .map(
                                label ->
                                        label.getKey()
                                                + "="
                                                + JsonMapper.shared()
                                                        .writeValueAsString(label.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
    }
}
