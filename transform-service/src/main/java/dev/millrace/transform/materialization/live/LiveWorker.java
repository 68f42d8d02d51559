package dev.millrace.transform.materialization.live;

import dev.millrace.transform.materialization.BuildFailedException;
import dev.millrace.transform.materialization.ModelSqlException;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.publish.ChangeFeed;

import io.micrometer.core.instrument.MeterRegistry;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

/**
 * Looks after one live model for as long as it is registered: has it to itself, builds its table,
 * and takes changes in. Whatever fails is tried again, after ever longer pauses, and concerns
 * nobody else.
 */
final class LiveWorker implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(LiveWorker.class);

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final DataSource state;
    private final DataSource models;
    private final LiveModel model;
    private final ChangeFeed feed;
    private final LiveNews news;
    private final LiveSettings settings;
    private final LiveProgress progress;
    private final LiveReports reports;
    private final Thread thread;
    private final Semaphore wakes = new Semaphore(0);

    private volatile LiveRequest request;
    private long answered;
    private long rebuilt;

    /** Whether this process, and no other, has the model. */
    private boolean hasIt;

    private long toldAt = System.nanoTime() - Duration.ofHours(1).toNanos();

    private volatile boolean stopped;
    private volatile boolean refreshes;
    private volatile @Nullable Connection session;

    LiveWorker(
            DataSource state,
            DataSource models,
            LiveModel model,
            String form,
            LiveRequest request,
            LiveReports reports,
            LiveNews news,
            LiveSettings settings,
            Clock clock,
            MeterRegistry registry) {
        this.state = state;
        this.models = models;
        this.model = model;
        this.feed = new ChangeFeed(state);
        this.news = news;
        this.settings = settings;
        this.progress = new LiveProgress(model, form, clock, registry);
        this.reports = reports;
        this.request = request;
        this.answered = request.answered();
        // One that asked for a new table may have died with who was to build it.
        this.rebuilt = request.answered();
        this.thread = Thread.ofPlatform().daemon().name("live-" + model.relation()).unstarted(this);
    }

    LiveModel model() {
        return model;
    }

    void start() {
        thread.start();
    }

    /** There may be something to take in. */
    void wake() {
        wakes.release();
    }

    /** Hears what runs ask of the model. */
    void ask(LiveRequest now) {
        if (now.asked() > request.asked()) {
            request = now;
            wake();
        }
    }

    /** Has the table built anew, from all rows. */
    void refresh() {
        refreshes = true;
        wake();
    }

    /** Ends what it does; the table stays. */
    void stop() {
        stopped = true;
        wake();
        try {
            if (!thread.join(PATIENCE)) {
                Connection busy = session;
                if (busy != null) {
                    busy.abort(Runnable::run);
                }
                thread.join(PATIENCE);
            }
        } catch (SQLException e) {
            log.debug("The session was gone already", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        progress.end();
    }

    LiveStatus status() {
        return progress.status();
    }

    @Override
    public void run() {
        Duration pause = settings.firstRetry();
        while (!stopped) {
            long before = progress.rounds();
            hasIt = false;
            try (Connection connection = models.getConnection()) {
                session = connection;
                follow(connection);
            } catch (SQLException
                    | LiveRefusedException
                    | ModelSqlException
                    | BuildFailedException
                    | RuntimeException e) {
                if (!stopped) {
                    fail(e);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } finally {
                session = null;
            }
            pause = progress.rounds() > before ? settings.firstRetry() : pause;
            if (!sleep(pause)) {
                return;
            }
            pause = !progress.isFailing() ? settings.firstRetry() : longer(pause);
        }
    }

    private Duration longer(Duration pause) {
        Duration next = pause.multipliedBy(2);
        return next.compareTo(settings.longestRetry()) > 0 ? settings.longestRetry() : next;
    }

    private void fail(Exception e) {
        long asked = request.asked();
        String message =
                e instanceof SQLException sql
                        ? Session.problem(sql)
                        : String.valueOf(e.getMessage());
        if (progress.failed(message)) {
            log.warn(
                    "The live model {} falls behind and is tried again: {}",
                    model.relation(),
                    message);
            news.failed(model.relation(), message);
        }
        if (hasIt) {
            try {
                report(asked);
            } catch (SQLException unwritten) {
                log.debug("That {} fails could not be written down", model.relation(), unwritten);
            }
        }
    }

    private void report(long upTo) throws SQLException {
        answered = Math.max(answered, upTo);
        reports.report(progress.status(), answered);
    }

    /** Follows the inputs over one session, until something fails. */
    private void follow(Connection connection)
            throws SQLException,
                    LiveRefusedException,
                    ModelSqlException,
                    BuildFailedException,
                    InterruptedException {
        Generations.prepare(connection);
        if (!new Generations(connection, model).lock()) {
            progress.waits();
            return;
        }
        try {
            LiveSession.modest(connection);
            hasIt = true;
            LivePlan plan = new LivePlanner(connection).plan(model.sql()).of(model);
            progress.planned(plan.describe());
            feed.follow(model.id(), plan.relations().keySet());
            LiveSession live = new LiveSession(state, connection, model, plan, settings);
            try {
                rejectRefresh();
                live.begin();
                // Its last round may not have been told.
                follow(live, true);
            } catch (NeedsBuildException e) {
                build(live, e);
            }
        } finally {
            giveBack(connection);
        }
    }

    /** The connection goes back to a pool, and would keep what the session has. */
    private static void giveBack(Connection connection) {
        try {
            if (!connection.isClosed()) {
                connection.setAutoCommit(true);
                new Sql(connection).execute("DISCARD ALL");
            }
        } catch (SQLException e) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException gone) {
                log.debug("The session was gone already", gone);
            }
        }
    }

    private void build(LiveSession live, NeedsBuildException first)
            throws SQLException, ModelSqlException, BuildFailedException, InterruptedException {
        NeedsBuildException why = first;
        while (!stopped) {
            progress.builds();
            report(0);
            log.info("{} is built: {}", model.relation(), why.getMessage());
            try {
                live.build();
                follow(live, true);
                return;
            } catch (NeedsBuildException e) {
                why = e;
            }
        }
    }

    private void follow(LiveSession live, boolean untold)
            throws SQLException,
                    ModelSqlException,
                    BuildFailedException,
                    NeedsBuildException,
                    InterruptedException {
        boolean isPlaced = false;
        boolean isReported = false;
        boolean tells = untold;
        long rows = 0;
        while (!stopped) {
            wakes.drainPermits();
            rejectRefresh();
            long asked = request.asked();
            long began = System.nanoTime();
            LiveSession.Round round = live.round(progress::pending);
            long took = System.nanoTime() - began;
            boolean isLast = round == null || round.isLast();
            if (!isPlaced && isLast) {
                // It has caught up with what was added while it was built.
                tells |= live.place();
                isPlaced = true;
            }
            if (round != null) {
                progress.applied(round, took);
                feed.passed(model.id(), round.versions());
                tells |= round.rows() > 0;
                rows += round.rows();
            }
            if (isPlaced) {
                progress.follows();
                boolean answers = isLast && asked > answered;
                if (tells && (answers || untilTelling().isNegative())) {
                    news.changed(model.relation(), rows);
                    toldAt = System.nanoTime();
                    tells = false;
                    rows = 0;
                }
                if (answers || !isReported) {
                    report(isLast ? asked : 0);
                    isReported = true;
                }
            }
            pause(round, took, tells);
        }
    }

    private void rejectRefresh() throws NeedsBuildException {
        long wanted = request.refreshed();
        if (refreshes || wanted > rebuilt) {
            refreshes = false;
            rebuilt = wanted;
            throw new NeedsBuildException("somebody asked for it");
        }
    }

    private Duration untilTelling() {
        return settings.telling().minusNanos(System.nanoTime() - toldAt);
    }

    /** Leaves as much time to others as it took itself. */
    private void pause(LiveSession.@Nullable Round round, long took, boolean tells)
            throws InterruptedException {
        if (round == null) {
            Duration rest = tells ? untilTelling() : settings.poll();
            long millis = Math.min(settings.poll().toMillis(), rest.toMillis() + 1);
            wakes.tryAcquire(Math.max(1, millis), TimeUnit.MILLISECONDS);
        } else if (!stopped) {
            Thread.sleep(
                    Duration.ofNanos(
                            Math.clamp(
                                    took,
                                    settings.least().toNanos(),
                                    settings.longestRetry().toNanos())));
        }
    }

    private boolean sleep(Duration pause) {
        long deadline = System.nanoTime() + pause.toNanos();
        try {
            while (!stopped
                    && !refreshes
                    && request.asked() <= answered
                    && System.nanoTime() < deadline) {
                Thread.sleep(Duration.ofMillis(Math.min(100, Math.max(1, pause.toMillis()))));
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
