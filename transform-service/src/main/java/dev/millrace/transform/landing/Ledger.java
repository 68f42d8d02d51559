package dev.millrace.transform.landing;

import org.springframework.stereotype.Component;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

import javax.sql.DataSource;

/**
 * Up to where each partition has landed. It moves in the transaction that lands the rows, and only
 * for the partition's present owner: that is why every record lands once.
 */
@Component
class Ledger {

    private static final String SELECT =
            "SELECT cluster_id, topic_id, topic, partition, epoch, next_offset"
                    + " FROM transform.ledger ";

    private final DataSource database;
    private final Clock clock;

    Ledger(DataSource database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * The right to land a partition, until somebody else claims it.
     *
     * @param epoch grows with every claim
     * @param nextOffset the first offset that has not landed
     * @param generation how many topics of this name there were up to this one
     */
    record Claim(LogPartition partition, long epoch, long nextOffset, int generation) {

        Claim at(long offset) {
            return new Claim(partition, epoch, offset, generation);
        }
    }

    /** A step of a claimed partition, from the claim's offset to another. */
    record Step(Claim claim, long to) {}

    /** Where a partition stands. */
    record Position(LogPartition partition, long epoch, long nextOffset) {}

    /** All landers lock rows of the ledger in this order, and so never wait in a circle. */
    private static final Comparator<LogPartition> ORDER =
            Comparator.comparing(LogPartition::topicId).thenComparing(LogPartition::partition);

    /** Where the partitions of topics stand, in the order in which they are locked. */
    List<Position> positions(String clusterId, Collection<UUID> topics) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement(
                                SELECT + "WHERE cluster_id = ? AND topic_id = ANY(?)")) {
            select.setString(1, clusterId);
            select.setArray(2, connection.createArrayOf("uuid", topics.toArray()));
            return positions(select).stream()
                    .sorted(Comparator.comparing(Position::partition, ORDER))
                    .toList();
        }
    }

    /** Where the partitions stand that somebody was the last to claim. */
    List<Position> positions(String owner) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement(SELECT + "WHERE owner = ?")) {
            select.setString(1, owner);
            return positions(select);
        }
    }

    /**
     * Where partitions stand now, and will until the connection's transaction ends.
     *
     * @param ordered as they are locked
     */
    List<Position> lock(Connection connection, List<Position> ordered) throws SQLException {
        List<Position> locked = new ArrayList<>();
        try (PreparedStatement select =
                connection.prepareStatement(
                        SELECT
                                + "WHERE cluster_id = ? AND topic_id = ? AND partition = ?"
                                + " FOR UPDATE")) {
            for (Position position : ordered) {
                select.setString(1, position.partition().clusterId());
                select.setObject(2, position.partition().topicId());
                select.setInt(3, position.partition().partition());
                locked.addAll(positions(select));
            }
        }
        return locked;
    }

    private static List<Position> positions(PreparedStatement select) throws SQLException {
        List<Position> positions = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                positions.add(
                        new Position(
                                new LogPartition(
                                        rows.getString(1),
                                        rows.getObject(2, UUID.class),
                                        rows.getString(3),
                                        rows.getInt(4)),
                                rows.getLong(5),
                                rows.getLong(6)));
            }
        }
        return positions;
    }

    /** Makes the caller the partition's owner. Waits for what the last owner is just committing. */
    Claim claim(LogPartition partition, String owner, long logStart) throws SQLException {
        try (Connection connection = database.getConnection()) {
            int generation = generation(connection, partition);
            try (PreparedStatement claim =
                    connection.prepareStatement(
                            """
                            INSERT INTO transform.ledger AS l (cluster_id, topic_id, partition,
                              topic, next_offset, epoch, owner, updated_at)
                            VALUES (?, ?, ?, ?, ?, 1, ?, ?)
                            ON CONFLICT (cluster_id, topic_id, partition) DO UPDATE
                              SET epoch = l.epoch + 1, owner = EXCLUDED.owner,
                                updated_at = EXCLUDED.updated_at
                            RETURNING epoch, next_offset
                            """)) {
                claim.setString(1, partition.clusterId());
                claim.setObject(2, partition.topicId());
                claim.setInt(3, partition.partition());
                claim.setString(4, partition.topic());
                claim.setLong(5, logStart);
                claim.setString(6, owner);
                claim.setObject(7, now());
                try (ResultSet row = claim.executeQuery()) {
                    row.next();
                    return new Claim(partition, row.getLong(1), row.getLong(2), generation);
                }
            }
        }
    }

    /**
     * Moves partitions forward in the connection's transaction.
     *
     * @throws FencedException if one of them is not where its claim says, or has a newer owner
     */
    void advance(Connection connection, List<Step> steps) throws SQLException, FencedException {
        List<Step> ordered =
                steps.stream()
                        .sorted(Comparator.comparing(step -> step.claim().partition(), ORDER))
                        .toList();
        try (PreparedStatement update =
                connection.prepareStatement(
                        """
                        UPDATE transform.ledger SET next_offset = ?, updated_at = ?
                        WHERE cluster_id = ? AND topic_id = ? AND partition = ?
                          AND epoch = ? AND next_offset = ?
                        """)) {
            for (Step step : ordered) {
                LogPartition partition = step.claim().partition();
                update.setLong(1, step.to());
                update.setObject(2, now());
                update.setString(3, partition.clusterId());
                update.setObject(4, partition.topicId());
                update.setInt(5, partition.partition());
                update.setLong(6, step.claim().epoch());
                update.setLong(7, step.claim().nextOffset());
                update.addBatch();
            }
            int[] updated = update.executeBatch();
            for (int i = 0; i < updated.length; i++) {
                if (updated[i] != 1) {
                    throw fenced(ordered.get(i).claim());
                }
            }
        }
    }

    /**
     * Where a claimed partition stands now, for an owner that cannot know whether its last commit
     * went through.
     */
    Claim look(Claim claim) throws SQLException, FencedException {
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement(
                                """
                                SELECT next_offset FROM transform.ledger
                                WHERE cluster_id = ? AND topic_id = ? AND partition = ?
                                  AND epoch = ?
                                """)) {
            select.setString(1, claim.partition().clusterId());
            select.setObject(2, claim.partition().topicId());
            select.setInt(3, claim.partition().partition());
            select.setLong(4, claim.epoch());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw fenced(claim);
                }
                return claim.at(row.getLong(1));
            }
        }
    }

    private static FencedException fenced(Claim claim) {
        return new FencedException(
                "%s is no longer at offset %d of epoch %d: a newer owner is at work"
                        .formatted(claim.partition(), claim.nextOffset(), claim.epoch()));
    }

    private static int generation(Connection connection, LogPartition partition)
            throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement(
                        """
                        WITH seen AS (
                          INSERT INTO transform.landed_topic (cluster_id, topic_id, topic, generation)
                          SELECT ?, ?, ?, 1 + coalesce(max(generation), 0)
                          FROM transform.landed_topic WHERE topic = ?
                          ON CONFLICT (cluster_id, topic_id) DO NOTHING
                          RETURNING generation)
                        SELECT generation FROM seen
                        UNION ALL
                        SELECT generation FROM transform.landed_topic
                        WHERE cluster_id = ? AND topic_id = ?
                        """)) {
            for (int attempt = 0; ; attempt++) {
                insert.setString(1, partition.clusterId());
                insert.setObject(2, partition.topicId());
                insert.setString(3, partition.topic());
                insert.setString(4, partition.topic());
                insert.setString(5, partition.clusterId());
                insert.setObject(6, partition.topicId());
                try (ResultSet row = insert.executeQuery()) {
                    if (row.next()) {
                        return row.getInt(1);
                    }
                } catch (SQLException e) {
                    // Two landers met a new topic at once; the other one's line is there now.
                    if (attempt > 3 || !"23505".equals(e.getSQLState())) {
                        throw e;
                    }
                }
            }
        }
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
