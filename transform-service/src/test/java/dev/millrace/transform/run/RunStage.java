package dev.millrace.transform.run;

import com.zaxxer.hikari.HikariDataSource;

import dev.millrace.contracts.event.DatasetChanged;
import dev.millrace.contracts.event.RollupWanted;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.SettableClock;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.materialization.live.LiveKeeping;
import dev.millrace.transform.model.TestProjects;
import dev.millrace.transform.publish.ChangeBatches;
import dev.millrace.transform.publish.Datasets;
import dev.millrace.transform.publish.Outbox;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.flywaydb.core.Flyway;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import tools.jackson.databind.json.JsonMapper;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Everything that runs models, on a warehouse of its own; several stages may share one. */
final class RunStage implements AutoCloseable {

    private final TestWarehouse warehouse;
    private final SettableClock clock = SettableClock.at("2026-01-02T03:04:05Z");
    private final ModelsDatabase models;
    private final RunStore store;
    private final RunHistory history;
    private final ModelState state;
    private final Runs runs;
    private final Freshness freshness;
    private final LiveKeeping live;
    private final RunMessages messages;
    private final RollupKeeping rollupKeeping;
    private volatile Map<String, RollupWanted> rollups = Map.of();
    private final HikariDataSource own;
    private final Datasets datasets;
    private final ModelReading reading;
    private volatile ProjectModels projectModels;

    private RunStage(TestWarehouse warehouse, Project project) {
        this.warehouse = warehouse;
        this.reading =
                new ModelReading(
                        new ServiceTarget(name -> Optional.empty(), database(warehouse), 4),
                        TestProjects.environment(),
                        clock);
        this.projectModels = reading.read(project);
        own = warehouse.pool(Role.TRANSFORM);
        ModelSettings settings =
                new ModelSettings(
                        warehouse.url(),
                        Role.MODELS.roleName(),
                        warehouse.password(Role.MODELS),
                        4,
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(2),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(15),
                        Set.of(),
                        3,
                        3,
                        1000);
        JsonMapper json = JsonMapper.builder().build();
        Outbox outbox = new Outbox(json);
        this.datasets = new Datasets(outbox);
        this.models = new ModelsDatabase(settings, warehouse.url(), Runs.MAX_RUNS);
        this.history = new RunHistory(own);
        this.messages = new RunMessages(own, history, outbox, datasets);
        this.store =
                new RunStore(
                        own,
                        new TransactionTemplate(new DataSourceTransactionManager(own)),
                        messages,
                        json);
        this.state = new ModelState(own);
        this.live =
                new LiveKeeping(
                        new LiveKeeping.Means(
                                own,
                                models.live(),
                                datasets,
                                () -> projectModels.project().revision(),
                                json,
                                clock,
                                new SimpleMeterRegistry()),
                        () -> RollupKeeping.followed(projectModels.live(), Optional.of(rollups)),
                        new LiveKeeping.Limits(settings.liveLimit(), Duration.ofMinutes(5)));
        this.rollupKeeping =
                new RollupKeeping(
                        () -> Optional.of(rollups), live, models, settings.rollupLimit(), clock);
        this.runs =
                new Runs(
                        this::projectModels,
                        reading,
                        settings,
                        models,
                        store,
                        history,
                        state,
                        live,
                        clock);
        this.freshness =
                new Freshness(this::projectModels, settings, models, state, history, runs, clock);
    }

    private static String database(TestWarehouse warehouse) {
        return DatabaseName.of(warehouse.url());
    }

    private ProjectModels projectModels() {
        return projectModels;
    }

    /** A warehouse with the service's own tables. */
    static TestWarehouse warehouse() {
        TestWarehouse warehouse = TestWarehouse.create();
        Flyway.configure()
                .dataSource(warehouse.dataSource(Role.TRANSFORM))
                .schemas("transform")
                .createSchemas(false)
                .locations("classpath:db/migration/transform")
                .load()
                .migrate();
        return warehouse;
    }

    static RunStage on(TestWarehouse warehouse, String... pathsAndTexts) throws Exception {
        return new RunStage(warehouse, TestProjects.of(pathsAndTexts));
    }

    static RunStage on(TestWarehouse warehouse, Project project) {
        return new RunStage(warehouse, project);
    }

    void project(String... pathsAndTexts) throws Exception {
        projectModels = reading.read(TestProjects.of(pathsAndTexts));
    }

    /** Begins to look after live models, as services do from their start. */
    RunStage keepingLive() {
        live.start();
        return this;
    }

    LiveKeeping live() {
        return live;
    }

    /** Has rollups wanted, and looks after them. */
    RollupKeeping wanting(RollupWanted... wanted) {
        Map<String, RollupWanted> all = new TreeMap<>();
        for (RollupWanted each : wanted) {
            all.put(each.id(), each);
        }
        rollups = all;
        rollupKeeping.start();
        return rollupKeeping;
    }

    Runs runs() {
        return runs;
    }

    RunStore store() {
        return store;
    }

    RunMessages messages() {
        return messages;
    }

    RunHistory history() {
        return history;
    }

    ModelsDatabase models() {
        return models;
    }

    SettableClock clock() {
        return clock;
    }

    /** Runs a selection, and waits for its end. */
    RunRecord run(String select) throws Exception {
        return run(select, RunRequest.Flags.NONE);
    }

    /** The same with flags. */
    RunRecord run(String select, RunRequest.Flags flags) throws Exception {
        RunRecord run = runs.begin(new RunRequest("request", select, "", Map.of(), null, flags));
        runs.await(run.id());
        return history.find(run.id()).orElseThrow();
    }

    RunRecord begin(String select) throws Exception {
        return runs.begin(new RunRequest("request", select, "", Map.of(), null));
    }

    /** The same with a variable. */
    RunRecord begin(String select, String variable, Object value) throws Exception {
        return runs.begin(new RunRequest("request", select, "", Map.of(variable, value), null));
    }

    /** What keeps models fresh, once; the run that it began. */
    Optional<RunRecord> beginRefresh() throws SQLException {
        return freshness.refresh();
    }

    /** Waits until a statement sleeps for a minute. */
    void awaitSleeper() throws SQLException {
        while (!sleepers().equals(List.of("1"))) {
            Thread.onSpinWait();
        }
    }

    List<String> sleepers() throws SQLException {
        return query(
                Role.MODELS,
                "select count(*) from pg_stat_activity where datname = current_database() and state"
                    + " = 'active' and query like '%pg_sleep(60)%' and pid <> pg_backend_pid()");
    }

    /** Waits until a query has this one answer. */
    void await(String sql, String answer) throws SQLException {
        await(Role.TRANSFORM, sql, answer);
    }

    /** The same of a query of some role. */
    void await(Role role, String sql, String answer) throws SQLException {
        while (!query(role, sql).equals(List.of(answer))) {
            Thread.onSpinWait();
        }
    }

    /** What keeps models fresh, once; the run that it began, when it has ended. */
    List<String> refresh() throws Exception {
        List<String> outcomes = new ArrayList<>();
        freshness
                .refresh()
                .ifPresent(
                        run -> {
                            runs.await(run.id());
                            outcomes.addAll(outcomes(run.id()));
                        });
        return outcomes;
    }

    /** Nodes of a run with their status, such as {@code a success}. */
    List<String> outcomes(String run) {
        return history.nodes(run).stream()
                .map(
                        node ->
                                node.node().substring(node.node().lastIndexOf('.') + 1)
                                        + " "
                                        + node.status().text())
                .toList();
    }

    String message(String run, String name) {
        return history.nodes(run).stream()
                .filter(node -> node.node().endsWith("." + name))
                .map(node -> String.valueOf(node.message()))
                .findFirst()
                .orElse("");
    }

    /** As landing does it: rows in a table, and its next version. */
    void land(String relation, String values) throws SQLException {
        try (Connection connection = warehouse.connection(Role.TRANSFORM);
                Statement statement = connection.createStatement()) {
            String schema = relation.substring(0, relation.indexOf('.'));
            statement.execute("CREATE SCHEMA IF NOT EXISTS " + schema);
            statement.execute("GRANT USAGE ON SCHEMA " + schema + " TO millrace_models");
            statement.execute("CREATE TABLE IF NOT EXISTS " + relation + " (n integer)");
            statement.execute("GRANT SELECT ON " + relation + " TO millrace_models");
            statement.execute("INSERT INTO " + relation + " VALUES " + values);
            connection.setAutoCommit(false);
            datasets.changed(
                    connection,
                    List.of(Datasets.Change.landed(relation, 1, null)),
                    "r",
                    clock.instant());
            connection.commit();
        }
    }

    /** Appends rows of {@code (shop, amount)} to {@code web.orders} as landing does. */
    void landOrders(String values) throws SQLException {
        try (Connection connection = warehouse.connection(Role.TRANSFORM);
                Statement statement = connection.createStatement()) {
            statement.execute(
                    """
                    CREATE SCHEMA IF NOT EXISTS web;
                    GRANT USAGE ON SCHEMA web TO millrace_models;
                    CREATE TABLE IF NOT EXISTS web.orders (_mr_id text NOT NULL,
                      _mr_event_at timestamptz NOT NULL, _mr_loaded_at timestamptz NOT NULL,
                      shop text, amount bigint);
                    GRANT SELECT ON web.orders TO millrace_models
                    """);
            connection.setAutoCommit(false);
            Instant at = Instant.now().truncatedTo(ChronoUnit.MICROS);
            long rows =
                    statement.executeUpdate(
                            "INSERT INTO web.orders SELECT gen_random_uuid(), '%1$s', '%1$s', v.*"
                                            .formatted(at)
                                    + " FROM (VALUES "
                                    + values
                                    + ") AS v");
            List<DatasetChanged> told =
                    datasets.changed(
                            connection,
                            List.of(Datasets.Change.landed("web.orders", rows, null)),
                            "r",
                            at);
            ChangeBatches.note(
                    connection,
                    told,
                    at,
                    () ->
                            List.of(
                                    new ChangeBatches.Rows(
                                            new RelationName("web", "orders"),
                                            rows,
                                            at,
                                            at,
                                            null)));
            connection.commit();
        }
    }

    List<String> query(Role role, String sql) throws SQLException {
        try (Connection connection = warehouse.connection(role);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    @Override
    public void close() {
        runs.close();
        rollupKeeping.stop();
        live.stop();
        models.close();
        own.close();
    }
}
