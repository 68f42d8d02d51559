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
    private final LiveSettings settings;
    private final LiveProgress progress;
    private final LiveAnswers answers;
    private final LiveTelling telling;
    private final Thread thread;
    private final Semaphore wakes = new Semaphore(0);

    /** Whether this process, and no other, has the model. */
    private boolean hasIt;

    private volatile boolean stopped;
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
        this.settings = settings;
        this.progress = new LiveProgress(model, form, clock, registry);
        this.answers = new LiveAnswers(request, reports, progress);
        this.telling = new LiveTelling(news, model.relation(), settings.telling());
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
        if (answers.ask(now)) {
            wake();
        }
    }

    /** Has the table built anew, from all rows. */
    void refresh() {
        answers.refresh();
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
        long asked = answers.asked();
        String message =
                e instanceof SQLException sql
                        ? Session.problem(sql)
                        : String.valueOf(e.getMessage());
        if (progress.failed(message)) {
            log.warn(
                    "The live model {} falls behind and is tried again: {}",
                    model.relation(),
                    message);
            telling.failed(message);
        }
        if (hasIt) {
            try {
                answers.report(asked);
            } catch (SQLException unwritten) {
                log.debug("That {} fails could not be written down", model.relation(), unwritten);
            }
        }
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
                answers.rejectUnwanted();
                live.begin();
                // Its last round may not have been told.
                telling.changed(0);
                follow(live);
            } catch (NeedsBuildException e) {
                build(live, e);
            }
        } finally {
            LiveSession.giveBack(connection);
        }
    }

    private void build(LiveSession live, NeedsBuildException first)
            throws SQLException, ModelSqlException, BuildFailedException, InterruptedException {
        NeedsBuildException why = first;
        while (!stopped) {
            progress.builds();
            answers.report(0);
            log.info("{} is built: {}", model.relation(), why.getMessage());
            try {
                live.build();
                follow(live);
                return;
            } catch (NeedsBuildException e) {
                why = e;
            }
        }
    }

    private void follow(LiveSession live)
            throws SQLException,
                    ModelSqlException,
                    BuildFailedException,
                    NeedsBuildException,
                    InterruptedException {
        boolean isPlaced = false;
        boolean isReported = false;
        while (!stopped) {
            wakes.drainPermits();
            answers.rejectUnwanted();
            long asked = answers.asked();
            long began = System.nanoTime();
            LiveSession.Round round = live.round(progress::pending);
            long took = System.nanoTime() - began;
            boolean isLast = round == null || round.isLast();
            if (!isPlaced && isLast) {
                // It has caught up with what was added while it was built.
                if (live.place()) {
                    telling.changed(0);
                }
                isPlaced = true;
            }
            if (round != null) {
                progress.applied(round, took);
                feed.passed(model.id(), round.versions());
                if (round.rows() > 0) {
                    telling.changed(round.rows());
                }
            }
            if (isPlaced) {
                progress.follows();
                if (!isReported || (isLast && answers.isAsked())) {
                    telling.tellAtOnce();
                    answers.report(isLast ? asked : 0);
                    isReported = true;
                }
                telling.tell();
            }
            pause(round, took);
        }
    }

    /** Leaves as much time to others as it took itself. */
    private void pause(LiveSession.@Nullable Round round, long took) throws InterruptedException {
        if (round == null) {
            wakes.tryAcquire(
                    telling.patience(settings.poll()).toMillis() + 1, TimeUnit.MILLISECONDS);
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
            while (!stopped && !answers.isAsked() && System.nanoTime() < deadline) {
                Thread.sleep(Duration.ofMillis(Math.min(100, Math.max(1, pause.toMillis()))));
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
