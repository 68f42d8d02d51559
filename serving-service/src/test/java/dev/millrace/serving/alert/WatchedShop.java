package dev.millrace.serving.alert;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.zaxxer.hikari.HikariDataSource;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.InvalidProjectException;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.ProjectLoader;
import dev.millrace.contracts.project.ProjectLoader.Kind;
import dev.millrace.contracts.project.alert.Alert;
import dev.millrace.contracts.project.alert.AlertModel;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.query.TestMetrics;
import dev.millrace.test.SettableClock;
import dev.millrace.test.TestWarehouse;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import tools.jackson.databind.json.JsonMapper;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A shop whose orders are watched: a warehouse, state, a receiver, and a clock to be set. */
final class WatchedShop implements AutoCloseable {

    static final String CUBES =
            """
            cubes:
              - name: orders
                sql_table: shop.orders
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true}
                  - {name: city, sql: city, type: string}
                  - {name: created_at, sql: created_at, type: time}
                measures:
                  - {name: count, type: count}
                  - {name: revenue, sql: total, type: sum}
                  - {name: broken, sql: "1 / (total - total)", type: sum}
                  - {name: slow, sql: "pg_sleep(20)::text", type: count_distinct}
            """;

    static final String MINUTES =
            "[{dimension: orders.created_at, granularity: minute, dateRange: from 30 minutes ago to"
                    + " now}]";

    final TestWarehouse warehouse = TestWarehouse.create();
    final SettableClock clock = SettableClock.at("2026-11-23T10:00:00Z");
    final Receiver receiver = new Receiver();
    final MeterRegistry meters = new SimpleMeterRegistry();
    final AlertSettings settings =
            new AlertSettings(
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(1),
                    Duration.ofHours(24),
                    Duration.ofDays(90),
                    "https://millrace.example");
    final JdbcClient jdbc;
    final AlertStore store;
    final Silences silences;
    final Notifications notifications;
    final Evaluator evaluator;
    final Replay replay;

    private final HikariDataSource state;
    private final TransactionTemplate transactions;
    private final TestMetrics metrics;
    private final WebhookSender sender;
    private AlertModel model = AlertModel.EMPTY;

    WatchedShop() {
        state = migrated();
        jdbc = JdbcClient.create(state);
        transactions = new TransactionTemplate(new DataSourceTransactionManager(state));
        store = new AlertStore(jdbc);
        silences = new Silences(jdbc);
        notifications = new Notifications(jdbc);
        metrics = new TestMetrics(warehouse, load("").cubes());
        evaluator = new Evaluator(metrics.queries(), JsonMapper.shared());
        replay = new Replay(evaluator, settings);
        sender = new WebhookSender(settings, clock);
        execute(
                """
                CREATE SCHEMA shop;
                CREATE TABLE shop.orders (id bigint GENERATED ALWAYS AS IDENTITY, city text,
                  created_at timestamptz, total numeric DEFAULT 1);
                GRANT USAGE ON SCHEMA shop TO millrace_reader;
                GRANT SELECT ON ALL TABLES IN SCHEMA shop TO millrace_reader;
                """);
    }

    private HikariDataSource migrated() {
        HikariDataSource pool = warehouse.pool(Role.SERVING);
        pool.setSchema("serving");
        Flyway.configure()
                .dataSource(pool)
                .schemas("serving")
                .defaultSchema("serving")
                .createSchemas(false)
                .placeholderReplacement(false)
                .locations("classpath:db/migration/operations", "classpath:db/migration/serving")
                .load()
                .migrate();
        return pool;
    }

    /** Takes alerts into force; channel {@code ops} is the receiver. */
    WatchedShop watch(String alerts) {
        model = load(alerts).alerts();
        rounds().follow();
        return this;
    }

    Alert alert(String name) {
        return model.alert(name).orElseThrow();
    }

    private Project load(String alerts) {
        String text =
                "channels:\n  - {name: ops, type: webhook, url: \"%s\", secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}\n"
                                .formatted(receiver.url())
                        + (alerts.isEmpty() ? "" : "alerts:\n" + alerts.indent(2));
        try {
            return new ProjectLoader(Environment.of(Map.of()), Set.of(Kind.ALERTS))
                    .load(
                            ProjectFiles.of(
                                    Map.of(
                                            "model/cubes/a.yml",
                                            CUBES.getBytes(UTF_8),
                                            "alerts/a.yml",
                                            text.getBytes(UTF_8))));
        } catch (InvalidProjectException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** A replica's evaluations. */
    Rounds rounds() {
        return new Rounds(
                () -> model,
                store,
                silences,
                notifications,
                evaluator,
                transactions,
                new AlertMeters(meters),
                settings,
                clock);
    }

    /** A replica's deliveries. */
    Deliveries deliveries() {
        return new Deliveries(
                () -> model, notifications, sender, new AlertMeters(meters), settings, clock);
    }

    /** Evaluates what is due. */
    void evaluate() {
        Rounds rounds = rounds();
        rounds.claim(100).forEach(rounds::evaluate);
    }

    /** Delivers what is due. */
    void deliver() throws InterruptedException {
        Deliveries deliveries = deliveries();
        for (List<Notification> due = deliveries.claim(100);
                !due.isEmpty();
                due = deliveries.claim(100)) {
            for (Notification notification : due) {
                deliveries.deliver(notification);
            }
        }
    }

    /** Lets time go by, and does at each step what is due. */
    void pass(Duration time, Duration step) throws InterruptedException {
        Instant end = clock.instant().plus(time);
        while (clock.instant().isBefore(end)) {
            clock.advance(step);
            evaluate();
            deliver();
        }
    }

    void order(String city, Instant at) {
        order(city, at, 1);
    }

    void order(String city, Instant at, int count) {
        execute(
                "INSERT INTO shop.orders (city, created_at) SELECT '%s', '%s' FROM generate_series(1, %d)"
                        .formatted(city.replace("'", "''"), at, count));
    }

    void execute(String sql) {
        try {
            warehouse.execute(Role.TRANSFORM, sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The states of an alert's instances, in the order of their keys. */
    List<String> states(String alert) {
        return store.instances(alert).stream().map(i -> i.state().text()).toList();
    }

    Instance only(String alert) {
        List<Instance> all = store.instances(alert);
        if (all.size() != 1) {
            throw new AssertionError("not one instance: " + all);
        }
        return all.getFirst();
    }

    /** What the receiver was told, as status and names. */
    List<String> told() {
        return receiver.calls().stream()
                .map(
                        call ->
                                call.json().path("status").asString()
                                        + " "
                                        + call.json()
                                                .path("groupLabels")
                                                .path("alertname")
                                                .asString())
                .toList();
    }

    @Override
    public void close() {
        sender.close();
        metrics.close();
        receiver.close();
        state.close();
    }
}
