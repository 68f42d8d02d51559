package dev.millrace.transform.materialization.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;

/**
 * Streams of rows that come late, change and go, in transactions that overlap, fail, and tell of
 * themselves or not; while sessions are killed, processes restarted and tables built anew: the end
 * is always what the queries give.
 */
class LivePropertyTest {

    private static final int STEPS = 60;

    private static final Map<String, String> MODELS = new LinkedHashMap<>();

    static {
        MODELS.put(
                "per_minute",
                """
                select date_trunc('minute', _mr_event_at) as minute, count(*) as n, sum(amount),
                  avg(amount) as mean, min(amount), max(region), count(amount) filter (where amount > 3)
                from web.orders group by 1
                """);
        MODELS.put(
                "per_region_having",
                """
                select region, sum(amount) as total from web.orders where amount is not null
                group by region having sum(amount) > 5
                """);
        MODELS.put(
                "by_customer_region",
                """
                select c.region, date_trunc('hour', o._mr_event_at) as hour, count(*) as n, sum(o.amount)
                from web.orders o join shop.customers c on c._mr_id = o.customer group by 1, 2
                """);
        MODELS.put(
                "by_customer_region_left",
                """
                select date_bin('15 minutes', o._mr_event_at, '2026-01-01') as b, c.region, count(*) as n
                from web.orders o left join shop.customers c on c._mr_id = o.customer
                where c.region is distinct from 'r1' group by 1, 2
                """);
        MODELS.put(
                "regions_left",
                """
                select c.region, count(*) as n, count(c._mr_id) as m from web.orders o
                left join shop.customers c on c._mr_id = o.customer group by 1
                """);
        MODELS.put("total", "select count(*) as n, sum(amount), max(_mr_event_at) from web.orders");
        MODELS.put(
                "rated",
                """
                select r.name, sum(o.amount * r.rate) from web.orders o
                join ref.rates r on r.name = o.region group by 1
                """);
        MODELS.put(
                "customers_by_region",
                """
                select region, count(*) as n, string_agg(name, ',' order by name, _mr_id) as names
                from shop.customers group by region
                """);
        MODELS.put(
                "items",
                """
                select c.region, sum(i.n), count(distinct i.customer) from shop.items i
                join shop.customers c on c._mr_id = i.customer group by 1
                """);
        MODELS.put(
                "items_left",
                """
                select i.kind, count(*) as n, count(c._mr_id) as m, max(c.name) from shop.items i
                left join shop.customers c on c._mr_id = i.customer group by 1
                """);
        MODELS.put(
                "buyers",
                """
                with bought as (select customer, count(*) as n, max(amount) as most from web.orders
                  group by customer)
                select c.region, c._mr_id as id, b.n, b.most from shop.customers c
                left join bought b on b.customer = c._mr_id
                """);
        MODELS.put(
                "sessions",
                """
                with marked as (
                  select customer, _mr_event_at as at, case when _mr_event_at - lag(_mr_event_at)
                    over (partition by customer order by _mr_event_at, _mr_id) < interval '10 minutes'
                    then 0 else 1 end as begins from web.orders),
                numbered as (select customer, at, sum(begins) over (
                  partition by customer order by at) as session from marked)
                select customer, session, min(at) as began, max(at) as ended, count(*) as n
                from numbered group by customer, session
                """);
        MODELS.put(
                "latest",
                """
                select distinct on (customer) customer, amount, region from web.orders
                order by customer, _mr_event_at desc, _mr_id
                """);
    }

    private final Random chance;
    private final LiveStage stage = new LiveStage();
    private int nextId;

    LivePropertyTest() {
        chance = new Random();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void whateverHappensTheTablesEndAsTheQueries(int seed) throws Exception {
        chance.setSeed(seed);
        try (stage) {
            stage.appended("web.orders", "customer text, region text, amount numeric");
            stage.keyed("shop.customers", "name text, region text");
            stage.keyed("shop.items", "customer text, kind text, n int");
            stage.warehouse.execute(
                    Role.MODELS,
                    "create schema ref; create table ref.rates (name text, rate numeric)");
            stage.execute("grant create on schema shop to millrace_models");
            List<String> names = new ArrayList<>(MODELS.keySet());
            int registered = chance.nextInt(names.size());
            names.subList(0, registered).forEach(this::register);
            for (int step = 0; step < STEPS; step++) {
                step(names, step == STEPS / 3 ? registered : -1);
            }
            MODELS.keySet().forEach(stage::awaitSame);
            MODELS.keySet().forEach(stage.live::refresh);
            landOrders();
            MODELS.keySet().forEach(stage::awaitSame);
            assertThat(stage.rows("select count(*) from web.orders")).isNotEqualTo(List.of("(0)"));
        }
    }

    private void register(String name) {
        stage.register(name, Objects.requireNonNull(MODELS.get(name)));
    }

    private void step(List<String> names, int registerFrom) throws Exception {
        if (registerFrom >= 0) {
            names.subList(registerFrom, names.size()).forEach(this::register);
        }
        switch (chance.nextInt(16)) {
            case 0, 1, 2, 3 -> landOrders();
            case 4 -> overlapping();
            case 5 -> {
                try (LiveStage.Landing failed = stage.new Landing()) {
                    failed.add("web.orders", order());
                }
            }
            case 6, 7, 8 -> changeCustomers();
            case 9, 10 -> changeItems();
            case 11 -> stage.land("web.orders");
            case 12 -> changeRates();
            case 13 -> kill();
            case 14 -> {
                if (chance.nextInt(4) == 0) {
                    stage.restart();
                } else {
                    stage.live.refresh(names.get(chance.nextInt(names.size())));
                }
            }
            default -> unnoted();
        }
    }

    private String pick(String... values) {
        return values[chance.nextInt(values.length)];
    }

    private String order() {
        return "'o%d', timestamptz '2026-01-01 10:00+00' + interval '%d seconds', $at, %s, %s, %s"
                .formatted(
                        nextId++,
                        chance.nextInt(chance.nextInt(4) == 0 ? 100_000 : 3_000),
                        pick("'c0'", "'c1'", "'c2'", "'c3'", "null"),
                        pick("'r0'", "'r1'", "null"),
                        pick("1", "2.50", "-3", "null", "7"));
    }

    private String[] orders() {
        String[] orders = new String[1 + chance.nextInt(5)];
        for (int i = 0; i < orders.length; i++) {
            orders[i] = order();
        }
        return orders;
    }

    private void landOrders() throws SQLException {
        stage.land("web.orders", orders());
    }

    /** What begins first is committed last. */
    private void overlapping() throws SQLException {
        try (LiveStage.Landing first = stage.new Landing();
                LiveStage.Landing second = stage.new Landing()) {
            first.add("web.orders", orders());
            second.add("web.orders", orders());
            second.commit();
            first.commit();
        }
    }

    private void changeCustomers() throws SQLException {
        TreeSet<String> keys = new TreeSet<>();
        List<String> statements = new ArrayList<>();
        for (int i = chance.nextInt(3); i >= 0; i--) {
            String key = pick("c0", "c1", "c2", "c3");
            keys.add(key);
            statements.add("delete from shop.customers where _mr_id = '%s'".formatted(key));
            if (chance.nextInt(3) > 0) {
                statements.add(
                        "insert into shop.customers values ('%s', '2026-01-01', $at, '{1}', '%s', %s)"
                                .formatted(
                                        key,
                                        pick("Ada", "Bo", "Cy"),
                                        pick("'r0'", "'r1'", "null")));
            }
        }
        stage.change("shop.customers", List.copyOf(keys), statements.toArray(String[]::new));
    }

    private void changeItems() throws SQLException {
        String key = pick("i0", "i1", "i2");
        stage.change(
                "shop.items",
                List.of(key),
                """
                insert into shop.items values ('%s', '2026-01-01', $at, '{1}', %s, %s, %d)
                on conflict (_mr_id) do update set customer = excluded.customer,
                  kind = excluded.kind, n = excluded.n\
                """
                        .formatted(
                                key,
                                pick("'c0'", "'c1'", "'c9'", "null"),
                                pick("'a'", "'b'", "null"),
                                chance.nextInt(9)));
    }

    private void changeRates() throws SQLException {
        stage.warehouse.execute(
                Role.MODELS,
                "truncate ref.rates; insert into ref.rates values ('r0', %d), ('r1', %d)"
                        .formatted(chance.nextInt(4), chance.nextInt(4)));
        stage.changeUnnoted("ref.rates", "select 1");
    }

    private void unnoted() throws SQLException {
        switch (chance.nextInt(3)) {
            case 0 -> stage.changeUnnoted("shop.customers", "truncate shop.customers");
            case 1 ->
                    stage.changeUnnoted(
                            "shop.items", "update shop.items set n = n + 1, kind = 'z'");
            default -> stage.changeUnnoted("web.orders", "delete from web.orders where amount = 7");
        }
    }

    private void kill() throws SQLException {
        stage.warehouse.execute(
                Role.MODELS,
                "select pg_terminate_backend(pid) from pg_stat_activity where usename ="
                        + " current_user and datname = current_database()"
                        + " and pid <> pg_backend_pid()");
    }
}
