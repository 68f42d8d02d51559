package dev.millrace.standalone.demo.shop;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * One message as its sender writes it.
 *
 * @param door the way it takes
 * @param id identity: the messageId, or the id that the topic's records carry
 * @param stream the table that it belongs to
 * @param key what must stay in order; the key of the Kafka record
 * @param at when it is sent, on the shop's clock
 * @param body what is put on the wire, JSON unless that is what is wrong with it
 * @param nature what is the matter with it
 */
public record Message(
        Door door, String id, String stream, String key, Instant at, String body, Nature nature) {

    /** The same message, sent at another time or for another reason. */
    Message sent(Instant when, Nature as) {
        return new Message(door, id, stream, key, when, body, as);
    }

    int bytes() {
        return body.getBytes(StandardCharsets.UTF_8).length;
    }
}
