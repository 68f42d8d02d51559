package dev.millrace.standalone.demo.shop;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.List;

/** Collects what happened, as the messages that report it, and numbers them. */
final class Diary {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final DateTimeFormatter MILLIS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    private final String prefix;
    private final List<Message> messages = new ArrayList<>();

    /**
     * @param prefix begins every identity, so that two histories can share a warehouse
     */
    Diary(String prefix) {
        this.prefix = prefix;
    }

    List<Message> messages() {
        return List.copyOf(messages);
    }

    /** A name that is unique among all histories. */
    String name(String kind, int number) {
        return prefix + "-" + kind + number;
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static BigDecimal euros(long cents) {
        return BigDecimal.valueOf(cents, 2);
    }

    void track(Door door, Person who, String event, Instant at, ObjectNode properties) {
        ObjectNode call = call("track", who, at);
        call.put("event", event);
        call.set("properties", properties);
        String stream = event.toLowerCase(java.util.Locale.ROOT).replace(' ', '_');
        add(door, stream, who, at, call);
    }

    void page(Person who, String path, Instant at) {
        ObjectNode call = call("page", who, at);
        ObjectNode properties = call.putObject("properties");
        properties.put("path", path);
        properties.put("url", "https://shop.example" + path);
        ObjectNode context = (ObjectNode) call.get("context");
        context.put("ip", who.address());
        context.put("userAgent", "Mozilla/5.0 (X11; Linux x86_64) Shop/1.0");
        context.putObject("page").put("path", path);
        add(Door.WEB, "pages", who, at, call);
    }

    void identify(Person who, Instant at, ObjectNode traits) {
        ObjectNode call = call("identify", who, at);
        call.set("traits", traits);
        add(Door.WEB, "identifies", who, at, call);
    }

    /** What a truck writes to Kafka. */
    void delivery(String orderId, Instant at, ObjectNode report) {
        String id = nextId();
        ObjectNode record = object();
        record.put("id", id);
        record.put("order_id", orderId);
        record.put("event_time", MILLIS.format(at));
        record.setAll(report);
        messages.add(
                new Message(
                        Door.FLEET,
                        id,
                        "deliveries",
                        orderId,
                        at,
                        record.toString(),
                        Nature.ORDINARY));
    }

    /** Something that is not as it should be; it is written as given. */
    void oddity(Door door, String stream, Instant at, Nature nature, ObjectNode call) {
        messages.add(
                new Message(
                        door,
                        call.path("messageId").asString(""),
                        stream,
                        call.path("messageId").asString(""),
                        at,
                        call.toString(),
                        nature));
    }

    /** Bytes on a topic that are no record. */
    void noise(Door door, Instant at, String text) {
        String id = nextId();
        messages.add(new Message(door, id, "", id, at, text, Nature.INVALID_JSON));
    }

    /** The beginning of every call: what it is, its identity, who and when. */
    ObjectNode call(String type, Person who, Instant at) {
        ObjectNode call = object();
        call.put("type", type);
        call.put("messageId", nextId());
        if (who.userId() != null) {
            call.put("userId", who.userId());
        }
        if (who.anonymousId() != null) {
            call.put("anonymousId", who.anonymousId());
        }
        call.put("timestamp", MILLIS.format(at));
        call.putObject("context").put("locale", "de-DE");
        return call;
    }

    private void add(Door door, String stream, Person who, Instant at, ObjectNode call) {
        messages.add(
                new Message(
                        door,
                        call.path("messageId").asString(),
                        stream,
                        who.key(),
                        at,
                        call.toString(),
                        Nature.ORDINARY));
    }

    private String nextId() {
        return "%s-%06d".formatted(prefix, messages.size() + 1);
    }
}
