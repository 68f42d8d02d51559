package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.operations.background.BackgroundWork;
import dev.millrace.transform.materialization.Build;
import dev.millrace.transform.materialization.BuildFailedException;
import dev.millrace.transform.materialization.Built;
import dev.millrace.transform.materialization.LiveTables;
import dev.millrace.transform.materialization.ModelSqlException;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.publish.Datasets;

import io.micrometer.core.instrument.MeterRegistry;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import tools.jackson.databind.json.JsonMapper;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import javax.sql.DataSource;

/**
 * Has the live models followed that runs have asked for, in this and other processes, and forgets
 * those that the project has no more.
 */
public final class LiveKeeping extends BackgroundWork implements LiveTables {

    private static final Logger log = LoggerFactory.getLogger(LiveKeeping.class);

    /** What the ids of tables begin with that serving asked for, and not the project. */
    public static final String ROLLUP = "rollup:";

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration ASKING = Duration.ofMillis(50);

    private final LiveModels models;
    private final LiveRegister register;
    private final Supplier<Optional<Set<String>>> wanted;
    private final Limits limits;
    private final Clock clock;
    private final Semaphore wakes = new Semaphore(0);
    private final Map<String, Instant> unwantedSince = new HashMap<>();
    private boolean complained;

    /**
     * Where live models are, and who is told of them.
     *
     * @param state connections that may read what landing writes down
     * @param models connections of the role that runs users' SQL; each model holds one
     * @param revision of the project that is in force
     */
    public record Means(
            DataSource state,
            DataSource models,
            Datasets datasets,
            Supplier<String> revision,
            JsonMapper json,
            Clock clock,
            MeterRegistry meters) {}

    /**
     * How far live models go.
     *
     * @param most how many there are at a time
     * @param grace how long the project has one no more before it is forgotten: other processes may
     *     be at another revision
     */
    public record Limits(int most, Duration grace) {}

    /**
     * @param wanted ids of the live models that the project has; nothing if that is not known
     */
    public LiveKeeping(Means means, Supplier<Optional<Set<String>>> wanted, Limits limits) {
        this(means, wanted, limits, LiveSettings.DEFAULT);
    }

    LiveKeeping(
            Means means,
            Supplier<Optional<Set<String>>> wanted,
            Limits limits,
            LiveSettings settings) {
        super("live-keeping");
        this.models =
                new LiveModels(
                        means.state(),
                        means.models(),
                        new LiveNews(
                                means.state(),
                                means.datasets(),
                                means.clock(),
                                means.revision(),
                                _ -> {}),
                        settings,
                        means.clock(),
                        means.meters());
        this.register = new LiveRegister(means.state(), means.json(), means.clock());
        this.wanted = wanted;
        this.limits = limits;
        this.clock = means.clock();
    }

    @Override
    public Built follow(Session session, String model, Build build, Anew anew)
            throws SQLException, ModelSqlException, BuildFailedException {
        String form = check(build.sql());
        leave(session, build.target(), model);
        rejectTooMany(model);
        long number =
                register.ask(
                        new LiveModel(model, build.target(), build.sql(), build.options()), anew);
        wakes.release();
        while (true) {
            LiveRegister.Entry entry =
                    register.entry(model)
                            .orElseThrow(
                                    () -> new BuildFailedException("the project has it no more"));
            if (entry.request().answered() >= number) {
                if (entry.failure() != null) {
                    throw new BuildFailedException(entry.failure());
                }
                return new Built(null, "LIVE: " + form);
            }
            session.await(ASKING);
        }
    }

    private String check(String sql) throws SQLException, ModelSqlException {
        try {
            return models.check(sql);
        } catch (LiveRefusedException e) {
            throw new ModelSqlException(
                    new SQLException("it cannot be live: " + e.getMessage()), e.position());
        } catch (SQLException e) {
            if (Session.isAboutStatement(e)) {
                int offset = Session.position(e) - LivePlanner.GIVEN.length();
                throw new ModelSqlException(e, offset >= 0 && offset <= sql.length() ? offset : -1);
            }
            throw e;
        }
    }

    private void rejectTooMany(String model) throws SQLException, BuildFailedException {
        long others =
                register.entries().stream()
                        .filter(entry -> !entry.isRetired() && !entry.model().id().equals(model))
                        .filter(entry -> !entry.model().id().startsWith(ROLLUP))
                        .count();
        if (others >= limits.most()) {
            throw new BuildFailedException(
                    "there are %d live models already, each of which holds a connection; make it a table, or raise millrace.models.live-limit"
                            .formatted(others));
        }
    }

    @Override
    public void leave(Session session, RelationName relation) throws SQLException {
        leave(session, relation, "");
    }

    /** The same for all models but one that have a relation. */
    private void leave(Session session, RelationName relation, String but) throws SQLException {
        List<String> others =
                register.entries().stream()
                        .map(LiveRegister.Entry::model)
                        .filter(model -> model.relation().equals(relation))
                        .map(LiveModel::id)
                        .filter(id -> !id.equals(but))
                        .toList();
        for (String other : others) {
            register.retire(other);
            wakes.release();
            while (register.entry(other).filter(LiveRegister.Entry::isRetired).isPresent()) {
                session.await(ASKING);
            }
        }
    }

    /**
     * Why a query cannot be followed; nothing if it can.
     *
     * @throws SQLException if the database cannot be asked
     */
    public Optional<String> refusal(String sql) throws SQLException {
        try {
            models.check(sql);
            return Optional.empty();
        } catch (LiveRefusedException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } catch (SQLException e) {
            if (Session.isAboutStatement(e)) {
                return Optional.of(String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    /**
     * Has a table follow its query from now on, and does not wait for it. Nothing happens if it
     * does so already.
     *
     * @param id begins with {@link #ROLLUP}
     */
    public void ask(String id, RelationName relation, String sql, Build.Options options)
            throws SQLException {
        LiveModel model = new LiveModel(id, relation, sql, options);
        boolean isAsked =
                register.entry(id)
                        .filter(entry -> !entry.isRetired() && entry.model().equals(model))
                        .isPresent();
        if (!isAsked) {
            register.ask(model, Anew.IF_NEEDED);
            wakes.release();
        }
    }

    /** Ends that a table follows its query, if it does. */
    public void retire(String id) throws SQLException {
        if (register.entry(id).filter(entry -> !entry.isRetired()).isPresent()) {
            register.retire(id);
            wakes.release();
        }
    }

    /** The tables of those that are followed, or were until now. */
    public Set<RelationName> tables() throws SQLException {
        Set<RelationName> tables = new TreeSet<>();
        for (LiveRegister.Entry entry : register.entries()) {
            tables.add(entry.model().relation());
        }
        return tables;
    }

    /** Makes what all tables share that are followed. */
    public static void prepare(Connection connection) throws SQLException {
        Generations.prepare(connection);
    }

    /** How each live model is, by its id. */
    public Map<String, LiveState> states() throws SQLException {
        Map<String, LiveState> states = new HashMap<>();
        for (LiveRegister.Entry entry : register.entries()) {
            states.put(
                    entry.model().id(),
                    new LiveState(entry.state(), entry.form(), entry.failure(), entry.since()));
        }
        return states;
    }

    @Override
    protected void round() throws InterruptedException {
        models.start();
        try {
            look();
            complained = false;
        } catch (SQLException e) {
            if (!complained) {
                log.warn("Which live models there are cannot be found out now; trying on", e);
            }
            complained = true;
        }
        wakes.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        wakes.drainPermits();
    }

    private void look() throws SQLException {
        List<LiveRegister.Entry> entries = register.entries();
        Set<String> followed = new TreeSet<>();
        entries.stream()
                .filter(entry -> !entry.isRetired())
                .forEach(entry -> followed.add(entry.model().id()));
        models.stopOthers(followed);
        for (LiveRegister.Entry entry : entries) {
            if (!entry.isRetired()) {
                models.follow(entry.model(), entry.request(), register::report);
            } else if (models.forget(entry.model().id())) {
                register.forget(entry.model().id());
            }
        }
        retireUnwanted(followed);
    }

    private void retireUnwanted(Set<String> followed) throws SQLException {
        Optional<Set<String>> known = wanted.get();
        unwantedSince.keySet().retainAll(followed);
        if (known.isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        for (String id : followed) {
            if (known.get().contains(id)) {
                unwantedSince.remove(id);
            } else if (!unwantedSince
                    .computeIfAbsent(id, _ -> now)
                    .plus(limits.grace())
                    .isAfter(now)) {
                log.info("The project has no live model {} any more; it is forgotten", id);
                register.retire(id);
            }
        }
    }

    @Override
    protected void finish() {
        models.stop();
    }
}
