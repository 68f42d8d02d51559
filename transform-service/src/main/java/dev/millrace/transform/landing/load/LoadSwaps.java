package dev.millrace.transform.landing.load;

import dev.millrace.contracts.event.DatasetChanged;
import dev.millrace.operations.background.BackgroundWork;
import dev.millrace.transform.landing.load.LoadSwap.Done;
import dev.millrace.transform.landing.load.LoadSwap.UnfitException;
import dev.millrace.transform.publish.Datasets;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

import javax.sql.DataSource;

/**
 * Has the newest load that is complete take the place of the one before, in one transaction:
 * readers see the one or the other, and do not wait. Landing only notes what has come, so that it
 * does not wait either. Any number of processes may do this at once.
 */
public final class LoadSwaps extends BackgroundWork {

    private static final Logger log = LoggerFactory.getLogger(LoadSwaps.class);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** What failed once rarely goes a moment later, and writing a load anew leaves dead rows. */
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMinutes(1);

    /** Far more than what writing a load anew takes; somebody may hold a lock for ever. */
    private static final Duration LONGEST = Duration.ofHours(1);

    private final DataSource database;
    private final JdbcClient sql;
    private final Datasets datasets;
    private final Clock clock;
    private final Supplier<String> revision;
    private final Consumer<DatasetChanged> listener;
    private final Map<Long, Instant> notBefore = new HashMap<>();

    /**
     * @param listener hears of each change of a table, after its commit
     */
    public LoadSwaps(
            DataSource database,
            Datasets datasets,
            Clock clock,
            Supplier<String> revision,
            Consumer<DatasetChanged> listener) {
        super("load-swaps");
        this.database = database;
        this.sql = JdbcClient.create(database);
        this.datasets = datasets;
        this.clock = clock;
        this.revision = revision;
        this.listener = listener;
    }

    @Override
    protected void round() throws InterruptedException {
        Thread.sleep(PAUSE);
        swap();
    }

    /** Looks at all streams of whose loads something has come, and swaps what is complete. */
    public void swap() {
        Instant now = clock.instant();
        List<Long> withNews =
                sql.sql("SELECT DISTINCT stream_id FROM transform.load WHERE has_news")
                        .query(Long.class)
                        .list();
        for (long stream : withNews) {
            if (!notBefore.getOrDefault(stream, Instant.MIN).isAfter(now)) {
                notBefore.remove(stream);
                swap(stream);
            }
        }
    }

    private void swap(long stream) {
        for (String load : loads(stream)) {
            try {
                List<DatasetChanged> told = swap(stream, load);
                told.forEach(listener);
                return;
            } catch (UnfitException e) {
                log.warn("Load {} of stream {}: {}", load, stream, e.getMessage());
            } catch (SQLException | DataAccessException e) {
                log.error("Load {} of stream {} cannot take its place yet", load, stream, e);
                notBefore.put(stream, clock.instant().plus(PAUSE_AFTER_FAILURE));
                note(stream, load, e);
                if (!isAboutData(e)) {
                    return;
                }
            }
        }
    }

    /** Whether what is in the load is not wanted, so that an older one may have its turn. */
    private static boolean isAboutData(Exception e) {
        return e instanceof DataIntegrityViolationException;
    }

    /**
     * Loads of which something has come and that may be complete or have no place, newest first.
     */
    private List<String> loads(long stream) {
        return sql.sql(
                        """
                        SELECT l.load FROM transform.load l
                        JOIN transform.load_stream s ON s.id = l.stream_id
                        WHERE l.stream_id = ? AND l.has_news
                          AND (l.load <= s.current_load OR l.expected <= l.staged + (
                            SELECT count(*) FROM transform.load_left_out o
                            WHERE o.stream_id = l.stream_id AND o.load = l.load))
                        ORDER BY l.load DESC
                        """)
                .param(stream)
                .query(String.class)
                .list();
    }

    private List<DatasetChanged> swap(long stream, String load)
            throws SQLException, UnfitException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            connection.setNetworkTimeout(
                    Runnable::run, Math.toIntExact(LONGEST.multipliedBy(2).toMillis()));
            try {
                return swap(connection, stream, load);
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    private List<DatasetChanged> swap(Connection connection, long stream, String load)
            throws SQLException, UnfitException {
        try (Statement statement = connection.createStatement()) {
            // All work is within statements: who stands still between them lets go.
            statement.execute(
                    """
                    SET LOCAL statement_timeout = %d; SET LOCAL lock_timeout = '30s';
                    SET LOCAL idle_in_transaction_session_timeout = '30s'\
                    """
                            .formatted(LONGEST.toMillis()));
        }
        Instant now = clock.instant();
        Optional<LoadSwap> begun = LoadSwap.begin(connection, stream, now);
        if (begun.isEmpty()) {
            connection.rollback();
            return List.of();
        }
        try {
            Done done = begun.get().attempt(load);
            List<DatasetChanged> told = done.isChange() ? tell(connection, done, now) : List.of();
            connection.commit();
            if (done.isChange()) {
                log.info("{} has {} rows of load {}", done.table(), done.rows(), load);
            }
            return told;
        } catch (UnfitException e) {
            begun.get().setProblem(load, String.valueOf(e.getMessage()));
            connection.commit();
            throw e;
        }
    }

    private List<DatasetChanged> tell(Connection connection, Done done, Instant now)
            throws SQLException {
        return datasets.changed(
                connection,
                List.of(
                        Datasets.Change.landed(
                                done.table().qualified(), done.rows(), done.watermark())),
                revision.get(),
                now);
    }

    /** Tells operators why, who look at the loads. */
    private void note(long stream, String load, Exception why) {
        Throwable cause =
                why instanceof DataAccessException e && e.getRootCause() != null
                        ? e.getRootCause()
                        : why;
        try {
            LoadSwap.setProblem(sql, stream, load, String.valueOf(cause.getMessage()));
        } catch (DataAccessException e) {
            log.debug("Not even that can be noted", e);
        }
    }
}
