package dev.millrace.standalone.rollup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.zaxxer.hikari.HikariDataSource;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.ProjectLoader;
import dev.millrace.contracts.project.cube.Operator;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.Query;
import dev.millrace.serving.semantic.QueryCompiler;
import dev.millrace.serving.semantic.RollupTable;
import dev.millrace.serving.semantic.SemanticModel;
import dev.millrace.serving.semantic.SqlStatement;
import dev.millrace.serving.semantic.Viewer;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.materialization.Build;
import dev.millrace.transform.materialization.live.LiveKeeping;
import dev.millrace.transform.publish.Datasets;
import dev.millrace.transform.publish.Outbox;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import tools.jackson.databind.json.JsonMapper;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rollups that serving defines, as transform keeps them while rows are added late, change and
 * go: wherever one is current, it tells what the rows tell in the same snapshot.
 */
class RollupsTest {

    private static final String MODEL =
            """
            cubes:
              - name: customers
                sql_table: web.customers
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true}
                  - {name: country, sql: country, type: string}
              - name: orders
                sql_table: web.orders
                joins:
                  - {name: customers, relationship: many_to_one, sql: "{CUBE}.customer = {customers.id}"}
                dimensions:
                  - {name: id, sql: _mr_id, type: string, primary_key: true}
                  - {name: status, sql: status, type: string}
                  - {name: placed_at, sql: placed_at, type: time}
                measures: &measures
                  - {name: count, type: count}
                  - {name: revenue, sql: amount, type: sum}
                  - {name: average, sql: amount, type: avg}
                  - {name: largest, sql: amount, type: max}
                  - {name: large, type: count, filters: [{sql: "{CUBE}.amount > 5000"}]}
                  - {name: share, type: number, sql: "1.0 * {large} / NULLIF({count}, 0)"}
                segments: [{name: paid, sql: "{CUBE}.status = 'paid'"}]
                pre_aggregations:
                  - name: daily
                    measures: [count, revenue, average, largest, large]
                    dimensions: [status, customers.country]
                    segments: [paid]
                    time_dimension: placed_at
                    granularity: day
              - name: clicks
                sql_table: web.clicks
                dimensions:
                  - {name: status, sql: page, type: string}
                  - {name: placed_at, sql: _mr_event_at, type: time}
                measures: *measures
                segments: [{name: paid, sql: "{CUBE}.page = 'p1'"}]
                pre_aggregations:
                  - name: hourly
                    measures: [count, revenue, average, largest, large]
                    dimensions: [status]
                    segments: [paid]
                    time_dimension: placed_at
                    granularity: hour
            """;

    private static final int QUERIES = 250;

    /** Looks at one query's rollup until it is current. */
    private static final int LOOKS = 400;

    /** Sums are of numbers with a fraction here. */
    private static final Set<String> INTEGERS = Set.of();

    private static final Pattern PARAMETER = Pattern.compile("\\$(\\d+)");

    private final TestWarehouse warehouse = TestWarehouse.create();
    private final Semaphore permits = new Semaphore(0);
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private volatile boolean over;
    private HikariDataSource own;
    private HikariDataSource models;
    private LandedShop shop;
    private LiveKeeping live;
    private QueryCompiler compiler;

    @BeforeEach
    void keep() throws Exception {
        own = warehouse.pool(Role.TRANSFORM);
        models = warehouse.pool(Role.MODELS);
        Flyway.configure()
                .dataSource(own)
                .schemas("transform")
                .createSchemas(false)
                .locations("classpath:db/migration/transform")
                .load()
                .migrate();
        warehouse.execute(
                Role.TRANSFORM,
                "GRANT USAGE ON SCHEMA transform TO millrace_models; GRANT SELECT ON"
                        + " transform.freshness TO millrace_models");
        JsonMapper json = JsonMapper.builder().build();
        Datasets datasets = new Datasets(new Outbox(json));
        shop = new LandedShop(warehouse, datasets);
        compiler =
                new QueryCompiler(
                        new SemanticModel(
                                new ProjectLoader(
                                                Environment.of(Map.of()),
                                                Set.of(ProjectLoader.Kind.CUBES))
                                        .load(
                                                ProjectFiles.of(
                                                        Map.of(
                                                                "model/cubes/shop.yml",
                                                                MODEL.getBytes(UTF_8))))
                                        .cubes()),
                        List.of(ZoneId.of("UTC"), ZoneId.of("Europe/Berlin")));
        live =
                new LiveKeeping(
                        new LiveKeeping.Means(
                                own,
                                models,
                                datasets,
                                () -> "rev",
                                json,
                                Clock.systemUTC(),
                                new SimpleMeterRegistry()),
                        Optional::empty,
                        new LiveKeeping.Limits(0, Duration.ofMinutes(5)));
        live.start();
        for (RollupTable rollup : compiler.rollups().tables()) {
            live.ask(
                    LiveKeeping.ROLLUP + rollup.id(),
                    rollup.relation(),
                    rollup.sql(),
                    Build.Options.NONE);
        }
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () ->
                                assertThat(live.states().values())
                                        .hasSize(compiler.rollups().tables().size())
                                        .allSatisfy(
                                                state ->
                                                        assertThat(state.state())
                                                                .as(state.toString())
                                                                .isEqualTo("following")));
    }

    @AfterEach
    void stop() {
        live.stop();
        models.close();
        own.close();
    }

    @Test
    @Timeout(240)
    void whereARollupIsCurrentItTellsWhatTheRowsTell() throws Exception {
        assertThat(compiler.rollups().refused()).isEmpty();
        Thread writer = Thread.ofVirtual().start(this::write);
        int answered = 0;
        int looks = 0;
        for (int i = 0; i < QUERIES; i++) {
            // What is written while the query is looked at.
            permits.release(2);
            Random random = new Random(i);
            Query query = query(random);
            CompiledQuery compiled = compiler.compile(query, Viewer.PLATFORM);
            boolean compared = compiled.rollups().isEmpty();
            answered += compared ? 0 : 1;
            for (int look = 0; !compared; look++) {
                assertThat(look).as("a rollup comes to be current for %s", query).isLessThan(LOOKS);
                compared = isComparedWith(compiled, query);
                looks++;
            }
        }
        over = true;
        permits.release();
        writer.join();

        assertThat(failure.get()).isNull();
        assertThat(answered).as("of %d, by %d looks", QUERIES, looks).isGreaterThan(QUERIES / 2);
    }

    private void write() {
        Random random = new Random(2);
        try {
            while (!over) {
                permits.acquire();
                shop.something(random);
            }
        } catch (SQLException e) {
            failure.set(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** False if no rollup was current; otherwise each that was is the same as the rows. */
    private boolean isComparedWith(CompiledQuery compiled, Query query) throws SQLException {
        try (Connection connection = warehouse.connection(Role.MODELS)) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try (Statement settings = connection.createStatement()) {
                settings.execute("SET TIME ZONE 'UTC'");
            }
            boolean compared = false;
            for (CompiledQuery.OverRollup over : compiled.rollups()) {
                if (isCurrent(connection, over.rollup())) {
                    assertThat(rows(connection, over.select(INTEGERS).statement()))
                            .as("%s by %s", query, over.rollup().id())
                            .containsExactlyInAnyOrderElementsOf(
                                    rows(connection, compiled.statement()));
                    compared = true;
                }
            }
            connection.rollback();
            return compared;
        }
    }

    private boolean isCurrent(Connection connection, RollupTable rollup) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT bool_and(f.version = c.version)
                        FROM millrace_live.model m
                          JOIN millrace_live.cursor c USING (generation)
                          JOIN pg_class t ON t.oid = m.result_oid AND t.relname = ?
                          JOIN transform.freshness f ON f.relation = c.relation
                        """)) {
            select.setString(1, rollup.relation().name());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private static Query query(Random random) {
        boolean orders = random.nextInt(3) > 0;
        String cube = orders ? "orders." : "clicks.";
        List<String> measures =
                some(
                        random,
                        List.of("count", "revenue", "average", "largest", "large", "share"),
                        1,
                        3);
        List<String> dimensions = new ArrayList<>();
        if (random.nextBoolean()) {
            dimensions.add(cube + "status");
        }
        if (orders && random.nextInt(3) == 0) {
            dimensions.add("customers.country");
        }
        List<Query.TimeDimension> times = new ArrayList<>();
        if (random.nextInt(3) > 0) {
            LocalDateTime from =
                    LocalDateTime.of(2026, 1 + random.nextInt(6), 1 + random.nextInt(28), 0, 0);
            times.add(
                    new Query.TimeDimension(
                            cube + "placed_at",
                            random.nextInt(4) == 0
                                    ? null
                                    : some(
                                                    random,
                                                    List.of("hour", "day", "week", "month", "year"),
                                                    1,
                                                    1)
                                            .getFirst(),
                            random.nextBoolean()
                                    ? new Query.DateRange(
                                            from,
                                            from.plusDays(1 + random.nextInt(200))
                                                    .minusNanos(1_000_000))
                                    : null));
        }
        List<Query.Filter> filters = new ArrayList<>();
        if (random.nextInt(3) == 0) {
            filters.add(
                    new Query.Condition(
                            cube + "status",
                            random.nextBoolean() ? Operator.EQUALS : Operator.NOT_EQUALS,
                            List.of(orders ? "paid" : "p1"),
                            random.nextInt(4) == 0,
                            null));
        }
        return new Query(
                measures.stream().map(name -> cube + name).toList(),
                dimensions,
                random.nextInt(5) == 0 ? List.of(cube + "paid") : List.of(),
                times,
                filters,
                List.of(),
                10_000,
                0,
                false,
                false,
                ZoneId.of(some(random, List.of("UTC", "Europe/Berlin"), 1, 1).getFirst()));
    }

    private static <T> List<T> some(Random random, List<T> from, int least, int most) {
        List<T> shuffled = new ArrayList<>(from);
        Collections.shuffle(shuffled, random);
        return shuffled.subList(0, least + random.nextInt(most - least + 1));
    }

    private static List<List<@Nullable String>> rows(Connection connection, SqlStatement sql)
            throws SQLException {
        List<Integer> order = new ArrayList<>();
        Matcher parameters = PARAMETER.matcher(sql.sql());
        while (parameters.find()) {
            order.add(Integer.parseInt(parameters.group(1)));
        }
        List<List<@Nullable String>> found = new ArrayList<>();
        try (PreparedStatement statement =
                connection.prepareStatement(PARAMETER.matcher(sql.sql()).replaceAll("?"))) {
            for (int i = 0; i < order.size(); i++) {
                statement.setObject(i + 1, sql.values().get(order.get(i) - 1), Types.OTHER);
            }
            try (ResultSet rows = statement.executeQuery()) {
                int columns = rows.getMetaData().getColumnCount();
                while (rows.next()) {
                    List<@Nullable String> row = new ArrayList<>();
                    for (int i = 1; i <= columns; i++) {
                        row.add(value(rows.getString(i)));
                    }
                    found.add(row);
                }
            }
        }
        return found;
    }

    /** Numbers to six digits: means have no end. */
    private static @Nullable String value(@Nullable String text) {
        return text == null || !text.matches("-?\\d+(\\.\\d+)?")
                ? text
                : new BigDecimal(text)
                        .setScale(6, RoundingMode.HALF_UP)
                        .stripTrailingZeros()
                        .toPlainString();
    }
}
