package dev.millrace.transform.landing;

import dev.millrace.transform.landing.Ledger.Position;
import dev.millrace.transform.landing.RewindAsked.RefusedException;
import dev.millrace.transform.landing.RewindAsked.Target;

import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import javax.sql.DataSource;

/**
 * Lets the partitions of a source go on from another place. Records that land again are known by
 * their identities and dropped, so that going back does no harm; going forward leaves records out,
 * and is written down.
 */
@Component
class Rewinds {

    private static final Logger log = LoggerFactory.getLogger(Rewinds.class);

    private static final Comparator<TopicPartition> BY_NAME =
            Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition);

    private final DataSource database;
    private final Ledger ledger;
    private final Cluster cluster;
    private final Supplier<Routes> routes;
    private final Clock clock;

    Rewinds(
            DataSource database,
            Ledger ledger,
            Cluster cluster,
            @Qualifier("landingRoutes") Supplier<Routes> routes,
            Clock clock) {
        this.database = database;
        this.ledger = ledger;
        this.cluster = cluster;
        this.routes = routes;
        this.clock = clock;
    }

    /**
     * From where to where a partition moves.
     *
     * @param records offsets between the two; where the log is compacted or has transactions, there
     *     are fewer records
     * @param what {@code again}: they are read again; {@code skipped}: they never land; {@code
     *     stays}: the partition is there, or before it
     */
    record Move(
            String topic,
            int partition,
            long from,
            long to,
            long records,
            What what,
            long logStart,
            long logEnd) {

        private static Move of(Position position, long to, Extent log) {
            long from = position.nextOffset();
            return new Move(
                    position.partition().topic(),
                    position.partition().partition(),
                    from,
                    to,
                    Math.abs(to - from),
                    to == from ? What.STAYS : to < from ? What.AGAIN : What.SKIPPED,
                    log.start(),
                    log.end());
        }
    }

    /** What becomes of the records between two places. */
    enum What {
        AGAIN,
        SKIPPED,
        STAYS
    }

    /** Which offsets there are, and which of them is wanted. */
    private record Extent(long start, long end, long wanted) {}

    /**
     * Moves the partitions of a source, all or none of them.
     *
     * @throws RefusedException if that cannot be done; nothing has changed then
     */
    List<Move> rewind(String source, RewindAsked asked, String by, String reason)
            throws RefusedException, SQLException, ExecutionException, InterruptedException {
        List<Position> positions = positions(source, asked);
        Map<TopicPartition, Extent> logs = logs(positions, asked.target());
        if (asked.dryRun()) {
            return moves(positions, logs, asked);
        }
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LOCAL lock_timeout = '10s'");
                List<Move> moves = moves(ledger.lock(connection, positions), logs, asked);
                for (int i = 0; i < moves.size(); i++) {
                    if (moves.get(i).what() != What.STAYS) {
                        move(connection, positions.get(i).partition(), moves.get(i));
                        write(connection, source, moves.get(i), by, reason);
                    }
                }
                connection.commit();
                log.info("{} moved the source {}: {}", by, source, moves);
                return moves;
            } catch (RefusedException | SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    /** Where the partitions stand that are to move, in the order in which they are locked. */
    private List<Position> positions(String source, RewindAsked asked)
            throws RefusedException, SQLException, ExecutionException, InterruptedException {
        Set<String> topics = topics(source, asked.streams());
        topics.retainAll(cluster.topics());
        List<Position> positions =
                ledger.positions(cluster.id(), cluster.topicIds(topics).values());
        if (asked.target() instanceof Target.Offsets(Map<TopicPartition, Long> wanted)) {
            Set<TopicPartition> there =
                    positions.stream().map(Rewinds::topicPartition).collect(Collectors.toSet());
            for (TopicPartition partition : wanted.keySet()) {
                if (!there.contains(partition)) {
                    throw new RefusedException(
                            "%s has landed nothing of '%s'. Its partitions: %s."
                                    .formatted(
                                            source,
                                            partition,
                                            there.stream().sorted(BY_NAME).toList()));
                }
            }
            return positions.stream()
                    .filter(position -> wanted.containsKey(topicPartition(position)))
                    .toList();
        }
        return positions;
    }

    private Set<String> topics(String source, Set<String> streams) throws RefusedException {
        Routes current = routes.get();
        Set<String> topics = current.topicsOf(source);
        if (streams.isEmpty()) {
            return topics;
        }
        Set<String> chosen = current.topicsOf(source, streams);
        if (chosen.size() != streams.size()) {
            throw new RefusedException(
                    ("'streams' names streams of %s that have a topic of their own, as those of a"
                         + " Kafka source. All of a Segment source's are in one topic: leave it"
                         + " out.")
                            .formatted(source));
        }
        return chosen;
    }

    private Map<TopicPartition, Extent> logs(List<Position> positions, Target target)
            throws ExecutionException, InterruptedException {
        List<TopicPartition> partitions = positions.stream().map(Rewinds::topicPartition).toList();
        Map<TopicPartition, Long> starts = cluster.offsets(partitions, OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = cluster.offsets(partitions, OffsetSpec.latest());
        Map<TopicPartition, Long> wanted =
                switch (target) {
                    case Target.Offsets(Map<TopicPartition, Long> offsets) -> offsets;
                    case Target.Time(Instant at) ->
                            cluster.offsets(partitions, OffsetSpec.forTimestamp(at.toEpochMilli()));
                };
        Map<TopicPartition, Extent> extents = new HashMap<>();
        for (TopicPartition partition : partitions) {
            long start = told(starts, partition);
            long end = told(ends, partition);
            long to = told(wanted, partition);
            // No record is as late as that: then all have landed.
            boolean none = to < 0 && target instanceof Target.Time;
            extents.put(partition, new Extent(start, end, none ? end : to));
        }
        return extents;
    }

    /** What is not told must not be guessed: records could be left out. */
    private static long told(Map<TopicPartition, Long> offsets, TopicPartition partition)
            throws ExecutionException {
        Long offset = offsets.get(partition);
        if (offset == null) {
            throw new ExecutionException(
                    new TimeoutException("Kafka does not tell an offset of " + partition));
        }
        return offset;
    }

    private static List<Move> moves(
            List<Position> positions, Map<TopicPartition, Extent> logs, RewindAsked asked)
            throws RefusedException {
        List<Move> moves = new ArrayList<>();
        for (Position position : positions) {
            Extent log = Objects.requireNonNull(logs.get(topicPartition(position)));
            moves.add(move(position, log, asked));
        }
        return moves;
    }

    private static Move move(Position position, Extent log, RewindAsked asked)
            throws RefusedException {
        if (log.wanted() < log.start() || log.wanted() > log.end()) {
            throw new RefusedException(
                    "%s has the offsets %d up to %d, and %d is not among them."
                            .formatted(position.partition(), log.start(), log.end(), log.wanted()));
        }
        if (log.wanted() > position.nextOffset() && !asked.skip()) {
            if (asked.target() instanceof Target.Time) {
                // It is not that far yet, and nothing is to be left out.
                return Move.of(position, position.nextOffset(), log);
            }
            throw new RefusedException(
                    ("%s is at %d; going on at %d leaves out up to %d records. If they are not to"
                                    + " land, say \"skip\": true.")
                            .formatted(
                                    position.partition(),
                                    position.nextOffset(),
                                    log.wanted(),
                                    log.wanted() - position.nextOffset()));
        }
        return Move.of(position, log.wanted(), log);
    }

    /** The epoch grows, so that who holds the old one can land nothing more by it. */
    private void move(Connection connection, LogPartition partition, Move move)
            throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(
                        """
                        WITH decided AS (
                          UPDATE transform.landing_incident
                          SET resolved_at = ?, resolved_offset = ?
                          WHERE cluster_id = ? AND topic_id = ? AND partition = ?
                            AND kind = 'outside_log' AND resolved_at IS NULL)
                        UPDATE transform.ledger
                        SET next_offset = ?, epoch = epoch + 1, updated_at = ?
                        WHERE cluster_id = ? AND topic_id = ? AND partition = ?
                        """)) {
            update.setObject(1, now());
            update.setLong(2, move.to());
            update.setString(3, partition.clusterId());
            update.setObject(4, partition.topicId());
            update.setInt(5, partition.partition());
            update.setLong(6, move.to());
            update.setObject(7, now());
            update.setString(8, partition.clusterId());
            update.setObject(9, partition.topicId());
            update.setInt(10, partition.partition());
            update.executeUpdate();
        }
    }

    private void write(Connection connection, String source, Move move, String by, String reason)
            throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement(
                        """
                        INSERT INTO transform.landing_move (at, moved_by, reason, source, topic,
                          partition, from_offset, to_offset)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        """)) {
            insert.setObject(1, now());
            insert.setString(2, by);
            insert.setString(3, reason);
            insert.setString(4, source);
            insert.setString(5, move.topic());
            insert.setInt(6, move.partition());
            insert.setLong(7, move.from());
            insert.setLong(8, move.to());
            insert.executeUpdate();
        }
    }

    private static TopicPartition topicPartition(Position position) {
        return new TopicPartition(position.partition().topic(), position.partition().partition());
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
