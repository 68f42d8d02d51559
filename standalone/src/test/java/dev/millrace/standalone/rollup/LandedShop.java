package dev.millrace.standalone.rollup;

import dev.millrace.contracts.event.DatasetChanged;
import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.publish.ChangeBatches;
import dev.millrace.transform.publish.Datasets;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A warehouse as landing fills it: clicks, which are only added, and orders and customers, which
 * change and go. Each transaction counts the versions of what it changed, as its last act.
 */
final class LandedShop {

    private static final String TABLES =
            """
            CREATE SCHEMA web;
            GRANT USAGE ON SCHEMA web TO millrace_models, millrace_reader;
            CREATE TABLE web.clicks (_mr_id text COLLATE "C" NOT NULL, _mr_event_at timestamptz NOT NULL,
              _mr_loaded_at timestamptz NOT NULL, page text, amount numeric);
            CREATE TABLE web.orders (_mr_id text COLLATE "C" PRIMARY KEY, _mr_event_at timestamptz NOT NULL,
              _mr_loaded_at timestamptz NOT NULL, _mr_position bigint[], status text, amount numeric,
              customer int, placed_at timestamptz);
            CREATE TABLE web.customers (_mr_id text COLLATE "C" PRIMARY KEY, _mr_event_at timestamptz NOT NULL,
              _mr_loaded_at timestamptz NOT NULL, _mr_position bigint[], id int, country text);
            GRANT SELECT ON ALL TABLES IN SCHEMA web TO millrace_models, millrace_reader
            """;

    private static final List<String> STATUSES = List.of("paid", "open", "sent back");
    private static final List<String> COUNTRIES = List.of("DE", "FR", "NP");

    private final TestWarehouse warehouse;
    private final Datasets datasets;
    private final AtomicInteger ids = new AtomicInteger();

    LandedShop(TestWarehouse warehouse, Datasets datasets) throws SQLException {
        this.warehouse = warehouse;
        this.datasets = datasets;
        warehouse.execute(Role.TRANSFORM, TABLES);
        Random random = new Random(1);
        for (int customer = 1; customer <= 6; customer++) {
            customer(customer, COUNTRIES.get(random.nextInt(COUNTRIES.size())));
        }
        for (int i = 0; i < 40; i++) {
            something(random);
        }
    }

    /** One transaction of whatever kind. */
    void something(Random random) throws SQLException {
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> clicks(random);
            case 3, 4 -> order(random, "o" + ids.incrementAndGet());
            case 5 -> order(random, "o" + (1 + random.nextInt(Math.max(1, ids.get()))));
            case 6 -> gone("o" + (1 + random.nextInt(Math.max(1, ids.get()))));
            default ->
                    customer(
                            1 + random.nextInt(6), COUNTRIES.get(random.nextInt(COUNTRIES.size())));
        }
    }

    /** Some of them are late, by up to a year. */
    private void clicks(Random random) throws SQLException {
        int count = 1 + random.nextInt(3);
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(
                    "('c%d', '%s', $at, %s, %s)"
                            .formatted(
                                    ids.incrementAndGet(),
                                    moment(random),
                                    random.nextInt(8) == 0
                                            ? "NULL"
                                            : "'p" + random.nextInt(3) + "'",
                                    amount(random)));
        }
        land("web.clicks", count, null, "INSERT INTO web.clicks VALUES " + String.join(", ", rows));
    }

    private void order(Random random, String id) throws SQLException {
        land(
                "web.orders",
                0,
                List.of(id),
                """
                INSERT INTO web.orders VALUES ('%s', '%s', $at, '{1}', %s, %s, %s, '%2$s')
                ON CONFLICT (_mr_id) DO UPDATE SET status = excluded.status, amount = excluded.amount,
                  customer = excluded.customer, placed_at = excluded.placed_at
                """
                        .formatted(
                                id,
                                moment(random),
                                random.nextInt(8) == 0
                                        ? "NULL"
                                        : "'" + STATUSES.get(random.nextInt(3)) + "'",
                                amount(random),
                                random.nextInt(6) == 0 ? "NULL" : 1 + random.nextInt(8)));
    }

    private void gone(String id) throws SQLException {
        land(
                "web.orders",
                0,
                List.of(id),
                "DELETE FROM web.orders WHERE _mr_id = '%s'".formatted(id));
    }

    private void customer(int id, String country) throws SQLException {
        land(
                "web.customers",
                0,
                List.of("k" + id),
                """
                INSERT INTO web.customers VALUES ('k%1$d', $at, $at, '{1}', %1$d, '%2$s')
                ON CONFLICT (_mr_id) DO UPDATE SET country = excluded.country
                """
                        .formatted(id, country));
    }

    private static String moment(Random random) {
        return "2026-%02d-%02d %02d:%02d:%02d+00"
                .formatted(
                        1 + random.nextInt(12),
                        1 + random.nextInt(28),
                        random.nextInt(24),
                        random.nextInt(60),
                        random.nextInt(60));
    }

    private static String amount(Random random) {
        return random.nextInt(10) == 0
                ? "NULL"
                : random.nextInt(10_000) + "." + random.nextInt(100);
    }

    private void land(String relation, long added, @Nullable List<String> keys, String sql)
            throws SQLException {
        Instant at = Instant.now().truncatedTo(ChronoUnit.MICROS);
        try (Connection connection = warehouse.connection(Role.TRANSFORM);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.executeUpdate(sql.replace("$at", "'" + at + "'"));
            List<DatasetChanged> told =
                    datasets.changed(
                            connection,
                            List.of(Datasets.Change.landed(relation, added, null)),
                            "rev",
                            at);
            int dot = relation.indexOf('.');
            ChangeBatches.note(
                    connection,
                    told,
                    at,
                    () ->
                            List.of(
                                    new ChangeBatches.Rows(
                                            new RelationName(
                                                    relation.substring(0, dot),
                                                    relation.substring(dot + 1)),
                                            added,
                                            null,
                                            null,
                                            keys)));
            connection.commit();
        }
    }
}
