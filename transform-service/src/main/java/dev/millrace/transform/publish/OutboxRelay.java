package dev.millrace.transform.publish;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

import javax.sql.DataSource;

/**
 * Carries the outbox to Kafka, oldest first. Of several services only one does so at a time: the
 * one that holds the advisory lock. A message is deleted when the broker has acknowledged it, and
 * is sent again if that cannot be known. One that the broker can never take is set aside: it stays
 * in the outbox under a topic that cannot be, {@code aside:} and its own, for people to look at.
 */
final class OutboxRelay implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(OutboxRelay.class);

    /** Any number, as long as nobody else takes it: "millrace" on a telephone's keys. */
    private static final long LOCK = 64557223;

    private static final int BATCH = 1_000;

    /** No topic has a colon in its name. */
    private static final String ASIDE = "aside:";

    private static final String WAITING =
            "SELECT id, topic, key, payload FROM transform.outbox WHERE NOT starts_with(topic, '"
                    + ASIDE
                    + "') ORDER BY id LIMIT "
                    + BATCH;
    private static final String SET_ASIDE =
            "UPDATE transform.outbox SET topic = '"
                    + ASIDE
                    + "' || topic WHERE id = ANY (?::bigint[])";

    private static final Duration LISTENING = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final DataSource database;
    private final Producer<byte[], byte[]> producer;
    private final Counter setAside;
    private volatile boolean stopped;

    OutboxRelay(DataSource database, Producer<byte[], byte[]> producer, MeterRegistry meters) {
        this.database = database;
        this.producer = producer;
        this.setAside =
                Counter.builder("millrace.outbox.set.aside")
                        .description("Messages that the broker can never take")
                        .register(meters);
    }

    @Override
    public void run() {
        while (!stopped) {
            try (Connection connection = database.getConnection()) {
                relayWhile(connection);
            } catch (SQLException | ExecutionException | RuntimeException e) {
                log.warn("The outbox stands still and is tried again: {}", e.toString());
                pause();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    void stop() {
        stopped = true;
    }

    private void relayWhile(Connection connection)
            throws SQLException, ExecutionException, InterruptedException {
        connection.setAutoCommit(true);
        while (!stopped && !lock(connection)) {
            Thread.sleep(PAUSE);
        }
        try (Statement listen = connection.createStatement()) {
            listen.execute("LISTEN " + Outbox.CHANNEL);
            while (!stopped) {
                while (!stopped && relay(connection) == BATCH) {
                    log.debug("The outbox has more than one batch");
                }
                connection
                        .unwrap(PGConnection.class)
                        .getNotifications(Math.toIntExact(LISTENING.toMillis()));
            }
            // The connection goes back to the pool, and would keep both.
            listen.execute("UNLISTEN *");
            listen.execute("SELECT pg_advisory_unlock(" + LOCK + ")");
        } catch (SQLException | ExecutionException | RuntimeException e) {
            abort(connection);
            throw e;
        }
    }

    private static boolean lock(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT pg_try_advisory_lock(" + LOCK + ")")) {
            return row.next() && row.getBoolean(1);
        }
    }

    /** Sends what is there, and returns how many messages that were. */
    private int relay(Connection connection)
            throws SQLException, ExecutionException, InterruptedException {
        List<Sent> sent = new ArrayList<>();
        try (Statement select = connection.createStatement();
                ResultSet rows = select.executeQuery(WAITING)) {
            while (rows.next()) {
                sent.add(
                        send(
                                rows.getLong(1),
                                rows.getString(2),
                                rows.getString(3),
                                rows.getString(4)));
            }
        }
        if (sent.isEmpty()) {
            return 0;
        }
        producer.flush();
        settle(connection, sent);
        return sent.size();
    }

    private Sent send(long id, String topic, String key, String payload) {
        Future<RecordMetadata> acknowledgement;
        try {
            acknowledgement =
                    producer.send(
                            new ProducerRecord<>(
                                    topic,
                                    key.getBytes(StandardCharsets.UTF_8),
                                    payload.getBytes(StandardCharsets.UTF_8)));
        } catch (SerializationException e) {
            acknowledgement = CompletableFuture.failedFuture(e);
        }
        return new Sent(id, topic, key, payload.length(), acknowledgement);
    }

    /**
     * Forgets what arrived, sets aside what never can, and fails if the rest is to be sent again.
     */
    private void settle(Connection connection, List<Sent> sent)
            throws SQLException, ExecutionException, InterruptedException {
        List<Long> done = new ArrayList<>();
        List<Sent> unsendable = new ArrayList<>();
        Set<List<String>> waiting = new HashSet<>();
        ExecutionException failure = null;
        for (Sent message : sent) {
            try {
                message.acknowledgement().get();
                // What follows one that is sent again goes again, too: the last must stay the last.
                if (!waiting.contains(message.order())) {
                    done.add(message.id());
                }
            } catch (ExecutionException e) {
                if (isUnsendable(e.getCause())) {
                    unsendable.add(message);
                    complain(message, e);
                } else {
                    waiting.add(message.order());
                    failure = failure == null ? e : failure;
                }
            }
        }
        if (!done.isEmpty()) {
            update(connection, "DELETE FROM transform.outbox WHERE id = ANY (?::bigint[])", done);
        }
        if (!unsendable.isEmpty()) {
            update(connection, SET_ASIDE, unsendable.stream().map(Sent::id).toList());
            setAside.increment(unsendable.size());
        }
        if (failure != null) {
            throw failure;
        }
    }

    /**
     * Whether it is the message that is at fault, so that to send it again would change nothing.
     */
    private static boolean isUnsendable(@Nullable Throwable cause) {
        return cause instanceof RecordTooLargeException
                || cause instanceof RecordBatchTooLargeException
                || cause instanceof SerializationException
                || cause instanceof InvalidRecordException;
    }

    private static void complain(Sent message, ExecutionException e) {
        log.error(
                "Message {} of the outbox ({}, key {}, {} characters) cannot be sent and is set"
                    + " aside; the others go on. Look at it in transform.outbox, topic {}{}: {}",
                message.id(),
                message.topic(),
                message.key(),
                message.length(),
                ASIDE,
                message.topic(),
                String.valueOf(e.getCause()));
    }

    private static void update(Connection connection, String sql, List<Long> ids)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
            update.executeUpdate();
        }
    }

    /** A message that was handed to Kafka. */
    private record Sent(
            long id, String topic, String key, int length, Future<RecordMetadata> acknowledgement) {

        /** Messages that have this in common stay in order. */
        List<String> order() {
            return List.of(topic, key);
        }
    }

    /** Ends the session, and with it the lock, so that a healthy service can take over. */
    private static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            log.debug("The connection was gone already", e);
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
    }
}
