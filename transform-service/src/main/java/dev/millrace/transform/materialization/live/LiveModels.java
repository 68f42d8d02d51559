package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.operations.background.BackgroundWork;
import dev.millrace.transform.publish.ChangeBatches;
import dev.millrace.transform.publish.ChangeFeed;

import io.micrometer.core.instrument.MeterRegistry;

import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import javax.sql.DataSource;

/**
 * The models whose tables follow what they read, within a second. Each has a worker of its own; of
 * several processes one has it. While this runs, it wakes them when landing has committed, and
 * clears away what all of them have taken in.
 */
final class LiveModels extends BackgroundWork {

    private static final Logger log = LoggerFactory.getLogger(LiveModels.class);

    private static final int LISTENING_MILLIS = 1_000;
    private static final Duration CLEANING = Duration.ofSeconds(30);

    /** Whoever is further behind is built anew. */
    private static final Duration KEPT = Duration.ofHours(24);

    private final DataSource state;
    private final DataSource models;
    private final ChangeFeed feed;
    private final LiveNews news;
    private final LiveSettings settings;
    private final Clock clock;
    private final MeterRegistry meters;
    private final Map<String, LiveWorker> workers = new ConcurrentHashMap<>();
    private long cleanedAt = System.nanoTime();

    LiveModels(
            DataSource state,
            DataSource models,
            LiveNews news,
            LiveSettings settings,
            Clock clock,
            MeterRegistry meters) {
        super("live-models");
        this.state = state;
        this.models = models;
        this.feed = new ChangeFeed(state);
        this.news = news;
        this.settings = settings;
        this.clock = clock;
        this.meters = meters;
    }

    /**
     * How a query would be kept up to date.
     *
     * @throws LiveRefusedException if it cannot be
     * @throws SQLException if PostgreSQL refuses it
     */
    String check(String sql) throws LiveRefusedException, SQLException {
        return plan(sql).describe();
    }

    private LivePlan plan(String sql) throws LiveRefusedException, SQLException {
        try (Connection connection = models.getConnection()) {
            return new LivePlanner(connection).plan(sql);
        }
    }

    /**
     * Has a model followed from now on: builds its table, or goes on with the one that there is. A
     * model of the same id gives way; its table stays until the new one can take its place.
     *
     * @throws LiveRefusedException if it cannot be live
     * @throws SQLException if PostgreSQL refuses its query
     */
    synchronized void register(LiveModel model) throws LiveRefusedException, SQLException {
        LiveWorker before = workers.get(model.id());
        if (before != null && before.model().equals(model)) {
            return;
        }
        LivePlan plan = plan(model.sql());
        if (before != null) {
            workers.remove(model.id());
            before.stop();
        }
        begin(model, plan.describe(), LiveRequest.NONE, LiveReports.NONE);
    }

    private LiveWorker begin(
            LiveModel model, String form, LiveRequest request, LiveReports reports) {
        LiveWorker worker =
                new LiveWorker(
                        state, models, model, form, request, reports, news, settings, clock,
                        meters);
        workers.put(model.id(), worker);
        worker.start();
        return worker;
    }

    /**
     * Has a model followed that a run has looked at before: whatever is wrong with it now is told
     * as its failure.
     */
    synchronized void follow(LiveModel model, LiveRequest request, LiveReports reports) {
        LiveWorker worker = workers.get(model.id());
        if (worker != null && !worker.model().equals(model)) {
            workers.remove(model.id());
            worker.stop();
            worker = null;
        }
        if (worker == null) {
            worker = begin(model, "", request, reports);
        }
        worker.ask(request);
    }

    /** Has this process follow none but some; what belongs to the others stays. */
    synchronized void stopOthers(Set<String> ids) {
        for (String id : Set.copyOf(workers.keySet())) {
            LiveWorker other = ids.contains(id) ? null : workers.remove(id);
            if (other != null) {
                other.stop();
            }
        }
    }

    /** Ends that a model is followed; its table stays as it is, and what belongs to it goes. */
    synchronized void unregister(String id) throws SQLException {
        LiveWorker worker = workers.remove(id);
        if (worker != null) {
            worker.stop();
            forget(id);
        }
    }

    /**
     * The same for all models but some, also for those that processes before this one had: what is
     * written down for them would be kept for nobody.
     */
    synchronized void keepOnly(Set<String> ids) throws SQLException {
        for (String id : feed.followers()) {
            if (!ids.contains(id)) {
                unregister(id);
                forget(id);
            }
        }
    }

    /**
     * Removes what belongs to a model beside its table.
     *
     * @return whether that was possible: not as long as a process has it
     */
    boolean forget(String id) throws SQLException {
        try (Connection connection = models.getConnection()) {
            Generations.prepare(connection);
            Generations generations =
                    new Generations(connection, new LiveModel(id, new RelationName("", id), ""));
            if (!generations.lock()) {
                return false;
            }
            try {
                feed.leave(id);
                generations.dropOthers(-1);
            } finally {
                generations.unlock();
            }
            return true;
        }
    }

    /** Has a model's table built anew from all rows; the old one stays until that is done. */
    void refresh(String id) {
        LiveWorker worker = workers.get(id);
        if (worker != null) {
            worker.refresh();
        }
    }

    /** How a model is doing here. */
    Optional<LiveStatus> status(String id) {
        return Optional.ofNullable(workers.get(id)).map(LiveWorker::status);
    }

    /** How all of them are doing here. */
    List<LiveStatus> statuses() {
        return workers.values().stream().map(LiveWorker::status).toList();
    }

    /** Whether a relation is that of a model. */
    boolean keeps(RelationName relation) {
        return workers.values().stream().anyMatch(w -> w.model().relation().equals(relation));
    }

    @Override
    protected void round() throws InterruptedException {
        // Landing needs those of the other pool.
        try (Connection connection = models.getConnection()) {
            connection.setAutoCommit(true);
            Sql sql = new Sql(connection);
            sql.execute("LISTEN " + ChangeBatches.CHANNEL);
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    connection.unwrap(PGConnection.class).getNotifications(LISTENING_MILLIS);
                    workers.values().forEach(LiveWorker::wake);
                    clean();
                }
            } finally {
                // Who interrupts a virtual thread that reads has closed what it reads from.
                if (!connection.isClosed()) {
                    sql.execute("UNLISTEN *");
                }
            }
        } catch (SQLException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException();
            }
            log.warn("Nobody tells live models of changes now; they look by themselves", e);
            Thread.sleep(settings.firstRetry());
        }
    }

    private void clean() throws SQLException {
        if (System.nanoTime() - cleanedAt > CLEANING.toNanos()) {
            cleanedAt = System.nanoTime();
            int gone = feed.clean(KEPT);
            log.debug("{} change batches went, as all have taken them in", gone);
        }
    }

    @Override
    protected void finish() {
        workers.values().forEach(LiveWorker::stop);
        workers.clear();
    }
}
