package dev.millrace.transform.publish;

import dev.millrace.contracts.topic.Topic;

import org.springframework.stereotype.Component;

import tools.jackson.databind.json.JsonMapper;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * Messages that are written in the transaction of what they tell, and relayed to Kafka after it.
 * Messages of one key arrive in the order in which their transactions wrote them, at least once.
 */
@Component
public class Outbox {

    /** The channel on which PostgreSQL tells the relay that something was committed. */
    static final String CHANNEL = "millrace_outbox";

    private final JsonMapper json;

    public Outbox(JsonMapper json) {
        this.json = json;
    }

    /**
     * A message to be.
     *
     * @param key decides the partition, and so what stays in order
     * @param event a record of {@code dev.millrace.contracts.event}
     */
    public record Message(Topic topic, String key, Object event) {}

    /** Adds one message to the connection's transaction, which the caller commits. */
    public void append(Connection connection, Topic topic, String key, Object event)
            throws SQLException {
        append(connection, List.of(new Message(topic, key, event)));
    }

    /** Adds messages to the connection's transaction, which the caller commits. */
    public void append(Connection connection, List<Message> messages) throws SQLException {
        if (messages.isEmpty()) {
            return;
        }
        String[] topics = new String[messages.size()];
        String[] keys = new String[messages.size()];
        String[] payloads = new String[messages.size()];
        for (int i = 0; i < topics.length; i++) {
            Message message = messages.get(i);
            topics[i] = message.topic().name();
            keys[i] = message.key();
            payloads[i] = json.writeValueAsString(message.event());
        }
        try (PreparedStatement insert =
                connection.prepareStatement(
                        """
                        WITH written AS (
                          INSERT INTO transform.outbox (topic, key, payload)
                          SELECT m.topic, m.key, m.payload
                          FROM unnest(?::text[], ?::text[], ?::text[])
                            WITH ORDINALITY AS m (topic, key, payload, n)
                          ORDER BY m.n)
                        SELECT pg_notify('%s', '')
                        """
                                .formatted(CHANNEL))) {
            insert.setArray(1, connection.createArrayOf("text", topics));
            insert.setArray(2, connection.createArrayOf("text", keys));
            insert.setArray(3, connection.createArrayOf("text", payloads));
            insert.execute();
        }
    }
}
