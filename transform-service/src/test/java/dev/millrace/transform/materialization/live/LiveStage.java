package dev.millrace.transform.materialization.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;

import dev.millrace.contracts.event.DatasetChanged;
import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.publish.ChangeBatches;
import dev.millrace.transform.publish.Datasets;
import dev.millrace.transform.publish.Outbox;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A warehouse with landed tables, what lands rows in them, and live models that follow. */
public final class LiveStage implements AutoCloseable {

    static final LiveSettings FAST =
            new LiveSettings(
                    Duration.ofMillis(20),
                    Duration.ofMillis(1),
                    Duration.ofMillis(30),
                    Duration.ofMillis(100),
                    Duration.ofSeconds(20),
                    Duration.ZERO,
                    5_000);

    final TestWarehouse warehouse;
    final HikariDataSource state;
    final HikariDataSource models;
    final Datasets datasets = new Datasets(new Outbox(JsonMapper.builder().build()));
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final List<DatasetChanged> told = new CopyOnWriteArrayList<>();
    private final Map<String, String> queries = new ConcurrentHashMap<>();
    private final AtomicLong moment = new AtomicLong(System.nanoTime() / 1_000 % 1_000_000_000);
    LiveModels live;

    public LiveStage() {
        this(TestWarehouse.create());
    }

    /** Over a warehouse that may be somebody else's, too. */
    public LiveStage(TestWarehouse warehouse) {
        this.warehouse = warehouse;
        state = warehouse.pool(Role.TRANSFORM);
        models = warehouse.pool(Role.MODELS);
        Flyway.configure()
                .dataSource(state)
                .schemas("transform")
                .createSchemas(false)
                .locations("classpath:db/migration/transform")
                .load()
                .migrate();
        live = begin(FAST);
    }

    LiveModels begin(LiveSettings settings) {
        LiveModels begun =
                new LiveModels(
                        state,
                        models,
                        new LiveNews(state, datasets, Clock.systemUTC(), () -> "rev", told::add),
                        settings,
                        Clock.systemUTC(),
                        meters);
        begun.start();
        return begun;
    }

    /** A process ends, and another begins with the same models. */
    void restart() {
        live.stop();
        live = begin(FAST);
        queries.forEach(this::register);
    }

    static RelationName name(String name) {
        return new RelationName("marts", name);
    }

    /** Has a model followed, in the schema {@code marts}. */
    public void register(String name, String sql) {
        queries.put(name, sql);
        try {
            live.register(new LiveModel(name, name(name), sql));
        } catch (LiveRefusedException | SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same as a service does it, at its pace. */
    public void registerAsShipped(String name, String sql) {
        live.stop();
        live = begin(LiveSettings.DEFAULT);
        register(name, sql);
    }

    /** How many milliseconds ago the latest of some moments was that a model has. */
    public double age(String name, String column) {
        String sql =
                "SELECT extract(epoch FROM clock_timestamp() - max(%s)) * 1000 FROM %s"
                        .formatted(column, name(name).quoted());
        try (Connection connection = models.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getDouble(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An appended table of columns with their types. */
    void appended(String table, String columns) throws SQLException {
        create(table, columns, "");
    }

    /** A table that changes make. */
    void keyed(String table, String columns) throws SQLException {
        create(table, columns, ", _mr_position bigint[]");
    }

    private void create(String table, String columns, String more) throws SQLException {
        String schema = table.substring(0, table.indexOf('.'));
        execute(
                """
                CREATE SCHEMA IF NOT EXISTS %1$s;
                GRANT USAGE ON SCHEMA %1$s TO millrace_models, millrace_reader;
                CREATE TABLE %2$s (_mr_id text COLLATE "C" NOT NULL,
                  _mr_event_at timestamptz NOT NULL, _mr_loaded_at timestamptz NOT NULL%4$s, %3$s);
                GRANT SELECT ON %2$s TO millrace_models, millrace_reader
                """
                        .formatted(schema, table, columns, more));
        if (!more.isEmpty()) {
            execute("CREATE UNIQUE INDEX ON %s (_mr_id)".formatted(table));
        }
    }

    void execute(String sql) throws SQLException {
        warehouse.execute(Role.TRANSFORM, sql);
    }

    /** A transaction as landing has them; {@code $at} is the moment that its rows have. */
    final class Landing implements AutoCloseable {
        private final Connection connection;
        final Instant at;
        private final List<ChangeBatches.Rows> rows = new ArrayList<>();

        Landing() throws SQLException {
            this(
                    Instant.now()
                            .truncatedTo(ChronoUnit.MILLIS)
                            .plus(moment.incrementAndGet() % 1_000, ChronoUnit.MICROS));
        }

        Landing(Instant at) throws SQLException {
            connection = warehouse.connection(Role.TRANSFORM);
            connection.setAutoCommit(false);
            this.at = at;
        }

        /** Adds rows, given as SQL values after the landed row's own columns. */
        Landing add(String table, String... values) throws SQLException {
            long added = 0;
            for (String value : values) {
                added += run("INSERT INTO %s VALUES (%s)".formatted(table, value));
            }
            note(table, added, null);
            return this;
        }

        Landing change(String table, List<String> keys, String... statements) throws SQLException {
            for (String statement : statements) {
                run(statement);
            }
            note(table, 0, keys);
            return this;
        }

        void note(String table, long added, @Nullable List<String> keys) {
            int dot = table.indexOf('.');
            rows.add(
                    new ChangeBatches.Rows(
                            new RelationName(table.substring(0, dot), table.substring(dot + 1)),
                            added,
                            null,
                            null,
                            keys));
        }

        private long run(String sql) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate(sql.replace("$at", "'" + at + "'"));
            }
        }

        void commit() throws SQLException {
            List<DatasetChanged> changed =
                    datasets.changed(
                            connection,
                            rows.stream()
                                    .map(
                                            r ->
                                                    Datasets.Change.landed(
                                                            r.relation().toString(),
                                                            r.rows(),
                                                            null))
                                    .toList(),
                            "rev",
                            at);
            ChangeBatches.note(connection, changed, at, () -> rows);
            connection.commit();
        }

        @Override
        public void close() throws SQLException {
            connection.rollback();
            connection.close();
        }
    }

    void land(String table, String... values) throws SQLException {
        try (Landing landing = new Landing()) {
            landing.add(table, values).commit();
        }
    }

    void change(String table, List<String> keys, String... statements) throws SQLException {
        try (Landing landing = new Landing()) {
            landing.change(table, keys, statements).commit();
        }
    }

    /** A change of which no more is told than that there was one. */
    void changeUnnoted(String table, String statement) throws SQLException {
        try (Connection connection = warehouse.connection(Role.TRANSFORM)) {
            connection.setAutoCommit(false);
            try (Statement run = connection.createStatement()) {
                run.execute(statement);
            }
            datasets.changed(
                    connection,
                    List.of(Datasets.Change.landed(table, 1, null)),
                    "rev",
                    Instant.now());
            connection.commit();
        }
    }

    /** The rows of a query as one text each, in some order that is always the same. */
    public List<String> rows(String sql) {
        try (Connection connection = warehouse.connection(Role.MODELS);
                PreparedStatement query =
                        connection.prepareStatement(
                                "SELECT q::text FROM (%s) AS q ORDER BY 1".formatted(sql))) {
            try (ResultSet rows = query.executeQuery()) {
                List<String> read = new ArrayList<>();
                while (rows.next()) {
                    read.add(rows.getString(1));
                }
                return read;
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits until a model has what its query gives. */
    public void awaitSame(String name) {
        String sql = String.valueOf(queries.get(name));
        String table = "SELECT * FROM " + name(name).quoted();
        try {
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(10))
                    .ignoreExceptions()
                    .until(() -> rows(table).equals(rows(sql)));
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            assertThat(rows(table)).as("%s: %s", name, status(name)).isEqualTo(rows(sql));
        }
    }

    LiveStatus status(String name) {
        return live.status(name).orElseThrow();
    }

    /** Waits until a model fails. */
    public void awaitFailed(String name) {
        awaitState(name, LiveStatus.State.FAILING);
    }

    void awaitState(String name, LiveStatus.State wanted) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> status(name).state() == wanted);
    }

    @Override
    public void close() {
        live.stop();
        models.close();
        state.close();
    }
}
