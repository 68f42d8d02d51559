package dev.millrace.transform.publish;

import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
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
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

import javax.sql.DataSource;

/**
 * Carries the outbox to Kafka, oldest first. Of several services only one does so at a time: the
 * one that holds the advisory lock. A message is deleted when the broker has acknowledged it, and
 * is sent again if that cannot be known.
 */
final class OutboxRelay implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(OutboxRelay.class);

    /** Any number, as long as nobody else takes it: "millrace" on a telephone's keys. */
    private static final long LOCK = 64557223;

    private static final int BATCH = 1_000;
    private static final Duration LISTENING = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final DataSource database;
    private final Producer<byte[], byte[]> producer;
    private volatile boolean stopped;

    OutboxRelay(DataSource database, Producer<byte[], byte[]> producer) {
        this.database = database;
        this.producer = producer;
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
        List<Long> ids = new ArrayList<>();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (Statement select = connection.createStatement();
                ResultSet rows =
                        select.executeQuery(
                                "SELECT id, topic, key, payload FROM transform.outbox ORDER BY id"
                                        + " LIMIT "
                                        + BATCH)) {
            while (rows.next()) {
                ids.add(rows.getLong(1));
                sent.add(
                        producer.send(
                                new ProducerRecord<>(
                                        rows.getString(2),
                                        rows.getString(3).getBytes(StandardCharsets.UTF_8),
                                        rows.getString(4).getBytes(StandardCharsets.UTF_8))));
            }
        }
        if (ids.isEmpty()) {
            return 0;
        }
        producer.flush();
        for (Future<RecordMetadata> future : sent) {
            future.get();
        }
        try (PreparedStatement delete =
                connection.prepareStatement(
                        "DELETE FROM transform.outbox WHERE id = ANY (?::bigint[])")) {
            delete.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
            delete.executeUpdate();
        }
        return ids.size();
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
