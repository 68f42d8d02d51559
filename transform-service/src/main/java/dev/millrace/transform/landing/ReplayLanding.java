package dev.millrace.transform.landing;

import dev.millrace.transform.landing.ReplayReader.Mending;
import dev.millrace.transform.quarantine.HeldRecord;
import dev.millrace.transform.quarantine.HeldRecords;
import dev.millrace.transform.quarantine.InvalidFilterException;
import dev.millrace.transform.quarantine.InvalidPatchException;
import dev.millrace.transform.quarantine.JsonPatch;
import dev.millrace.transform.quarantine.QuarantineFilter;
import dev.millrace.transform.quarantine.Replay;
import dev.millrace.transform.quarantine.Replays;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import javax.sql.DataSource;

/**
 * Lands records of the quarantine after all, chunk by chunk, each in one transaction that also
 * takes them out of quarantine and moves its job on. A chunk that does not land as a whole goes in
 * ever smaller portions, as a poll does.
 */
final class ReplayLanding {

    private static final Logger log = LoggerFactory.getLogger(ReplayLanding.class);

    static final int CHUNK = 5_000;
    private static final long CHUNK_BYTES = 32L << 20;

    private final DataSource database;
    private final Replays replays;
    private final ReplayReader reader;
    private final Landing landing;
    private final LandingWatch watch;
    private final Supplier<Routes> routes;
    private final int chunk;

    ReplayLanding(
            DataSource database,
            Replays replays,
            ReplayReader reader,
            Landing landing,
            LandingWatch watch,
            Supplier<Routes> routes,
            int chunk) {
        this.database = database;
        this.replays = replays;
        this.reader = reader;
        this.landing = landing;
        this.watch = watch;
        this.routes = routes;
        this.chunk = chunk;
    }

    /** The next records of a job. */
    private record Chunk(Replay replay, Mending mending, List<Long> ids) {}

    /**
     * Lands the next chunk of the oldest job that nobody else is at work on.
     *
     * @return whether there was one
     * @throws SQLException if the database cannot do it now; the job goes on from where it is
     */
    boolean next() throws SQLException {
        Optional<Chunk> next = nextChunk();
        if (next.isEmpty()) {
            return false;
        }
        Replay replay = next.get().replay();
        try {
            land(next.get(), replay.lastId());
        } catch (RuntimeException e) {
            log.error("The replay {} of the quarantine failed", replay.id(), e);
            replays.fail(replay.id(), e.toString());
        } catch (FencedException e) {
            throw new IllegalStateException("replays know no owners", e);
        }
        return true;
    }

    private Optional<Chunk> nextChunk() throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                Optional<Chunk> chunk = nextChunk(connection);
                connection.commit();
                return chunk;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    private Optional<Chunk> nextChunk(Connection connection) throws SQLException {
        while (true) {
            Optional<Replay> open = replays.lockNext(connection);
            if (open.isEmpty()) {
                return Optional.empty();
            }
            Replay replay = open.get();
            try {
                List<Long> ids =
                        HeldRecords.next(
                                connection,
                                QuarantineFilter.parse(replay.filter()),
                                replay.lastId(),
                                replay.upToId(),
                                (int) Math.min(chunk, replay.left()),
                                CHUNK_BYTES);
                if (!ids.isEmpty()) {
                    String patch = replay.patch();
                    return Optional.of(
                            new Chunk(
                                    replay,
                                    new Mending(
                                            patch == null ? null : JsonPatch.parse(patch),
                                            replay.stream()),
                                    ids));
                }
                replays.end(connection, replay.id(), Replay.State.DONE, null);
                log.info("The replay {} is done: {}", replay.id(), replay.counts());
            } catch (InvalidFilterException | InvalidPatchException e) {
                // It was checked when it was asked for, perhaps by another version.
                replays.end(connection, replay.id(), Replay.State.FAILED, e.getMessage());
            }
        }
    }

    /** Lands records of a job that is done up to an id; nothing if it no longer stands there. */
    private void land(Chunk chunk, long lastId) throws SQLException, FencedException {
        Exception failure;
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                if (!tryLand(connection, chunk, lastId)) {
                    connection.rollback();
                }
                return;
            } catch (SQLException e) {
                connection.rollback();
                if (!SqlErrors.mayLieInARecord(e)) {
                    throw e;
                }
                failure = e;
            } catch (RuntimeException e) {
                connection.rollback();
                failure = e;
            }
        }
        watch.failed();
        log.warn(
                "{} records of the replay {} do not land together: {}",
                chunk.ids().size(),
                chunk.replay().id(),
                failure.toString());
        if (chunk.ids().size() > 1) {
            landHalves(chunk, lastId);
        } else {
            giveUp(chunk, lastId, failure);
        }
    }

    private void landHalves(Chunk chunk, long lastId) throws SQLException, FencedException {
        int half = chunk.ids().size() / 2;
        List<Long> first = chunk.ids().subList(0, half);
        List<Long> second = chunk.ids().subList(half, chunk.ids().size());
        land(new Chunk(chunk.replay(), chunk.mending(), first), lastId);
        land(new Chunk(chunk.replay(), chunk.mending(), second), first.getLast());
    }

    private boolean tryLand(Connection connection, Chunk chunk, long lastId)
            throws SQLException, FencedException {
        Optional<Replay> replay = lock(connection, chunk, lastId);
        if (replay.isEmpty()) {
            return false;
        }
        List<HeldRecord> records = HeldRecords.lock(connection, chunk.ids());
        LandingBatch batch = reader.read(records, chunk.mending(), routes.get());
        if (batch.parts().size() > PollLanding.MAX_TABLES && records.size() > 1) {
            throw new IllegalStateException("too many tables for one transaction");
        }
        watch.replayed(
                landing.land(
                        connection,
                        batch,
                        new ReplayOrigin(replays, replay.get(), records, chunk.ids().getLast())));
        return true;
    }

    private Optional<Replay> lock(Connection connection, Chunk chunk, long lastId)
            throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = '30s'");
        }
        return replays.lock(connection, chunk.replay().id(), lastId);
    }

    /** Leaves a record where it is, as the database cannot take it. */
    private void giveUp(Chunk chunk, long lastId, Exception why)
            throws SQLException, FencedException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            Optional<Replay> replay = lock(connection, chunk, lastId);
            if (replay.isEmpty()) {
                connection.rollback();
                return;
            }
            List<HeldRecord> records = HeldRecords.lock(connection, chunk.ids());
            LandingBatch batch =
                    reader.refuse(records, String.valueOf(why.getMessage()), routes.get());
            landing.land(
                    connection,
                    batch,
                    new ReplayOrigin(replays, replay.get(), records, chunk.ids().getLast()));
        }
    }
}
