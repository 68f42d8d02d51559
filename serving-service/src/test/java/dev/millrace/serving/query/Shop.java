package dev.millrace.serving.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.InvalidProjectException;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.ProjectLoader;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.semantic.QueryCompiler;
import dev.millrace.serving.semantic.SemanticModel;
import dev.millrace.test.TestWarehouse;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A shop of three tables, in memory and in a warehouse: items belong to orders and orders to
 * customers, but some belong to none, and some columns are empty.
 */
final class Shop {

    static final String MODEL =
            """
            cubes:
              - name: customers
                sql_table: shop.customers
                joins:
                  - {name: orders, relationship: one_to_many, sql: "{CUBE}.id = {orders}.customer_id"}
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true}
                  - {name: country, sql: country, type: string}
                measures:
                  - {name: count, type: count}
                  - {name: credit, sql: credit, type: sum}
              - name: orders
                sql_table: shop.orders
                joins:
                  - {name: customers, relationship: many_to_one, sql: "{CUBE}.customer_id = {customers.id}"}
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true}
                  - {name: status, sql: status, type: string}
                  - {name: amount, sql: "{CUBE}.amount", type: number}
                  - {name: placed_at, sql: placed_at, type: time, granularities: [{name: fiscal_year, interval: 1 year, offset: 3 months}, {name: fortnight, interval: 2 weeks, origin: "2026-01-05"}]}
                  - name: size
                    type: string
                    case:
                      when:
                        - {sql: "{amount} >= 500", label: big}
                        - {sql: "{amount} >= 100", label: middling}
                      else: {label: "so-called 'small'"}
                measures:
                  - {name: count, type: count, drill_members: [id, status]}
                  - {name: revenue, sql: amount, type: sum, format: currency}
                  - {name: average, sql: amount, type: avg}
                  - {name: largest, sql: amount, type: max}
                  - {name: statuses, sql: status, type: count_distinct}
                  - {name: paid, type: count, filters: [{sql: "{CUBE}.status = 'paid'"}]}
                  - {name: paid_revenue, sql: amount, type: sum, filters: [{sql: "{status} = 'paid'"}]}
                  - {name: paid_share, type: number, sql: "1.0 * {paid_revenue} / NULLIF({revenue}, 0)"}
                  - {name: per_customer, type: number, sql: "{revenue} / NULLIF({customers.count}, 0)"}
                segments:
                  - {name: paid_only, sql: "{CUBE}.status = 'paid'"}
                hierarchies:
                  - {name: by_size, levels: [size, status]}
              - name: items
                sql: "SELECT * FROM shop.items"
                joins:
                  - {name: orders, relationship: many_to_one, sql: "{CUBE}.order_id = {orders}.id"}
                dimensions:
                  - {name: order_id, sql: order_id, type: number, primary_key: true}
                  - {name: line, sql: line, type: number, primary_key: true}
                  - {name: product, sql: product, type: string}
                measures:
                  - {name: count, type: count}
                  - {name: quantity, sql: quantity, type: sum}
            views:
              - name: sales
                description: What is sold
                cubes:
                  - {join_path: items, includes: [quantity, product]}
                  - {join_path: items.orders, prefix: true, includes: "*", excludes: [per_customer]}
                  - {join_path: items.orders.customers, includes: [{name: country, alias: land, title: Land}]}
                folders: [{name: Basic, includes: [quantity, land]}]
            """;

    final List<Customer> customers = new ArrayList<>();
    final List<Order> orders = new ArrayList<>();
    final List<Item> items = new ArrayList<>();

    record Customer(int id, @Nullable String country, int credit) {}

    record Order(
            int id,
            @Nullable Customer customer,
            @Nullable String status,
            @Nullable BigDecimal amount,
            String placedAt) {}

    record Item(int line, @Nullable Order order, int orderId, String product, int quantity) {}

    private Shop() {}

    static Shop of(long seed) {
        Random random = new Random(seed);
        Shop shop = new Shop();
        List<String> countries = List.of("DE", "FR", "O'Land", "it's");
        for (int id = 1; id <= 12; id++) {
            shop.customers.add(
                    new Customer(id, oneOf(random, countries), random.nextInt(10) * 100));
        }
        List<String> statuses = List.of("paid", "open", "sent back", "100%_off");
        for (int id = 1; id <= 60; id++) {
            shop.orders.add(
                    new Order(
                            id,
                            oneOf(random, shop.customers),
                            oneOf(random, statuses),
                            random.nextInt(12) == 0
                                    ? null
                                    : BigDecimal.valueOf(random.nextInt(100_000), 2),
                            "2026-%02d-%02d %02d:%02d:59.999700+00"
                                    .formatted(
                                            1 + random.nextInt(12),
                                            1 + random.nextInt(28),
                                            random.nextInt(24),
                                            random.nextInt(60))));
        }
        List<String> products = List.of("tea", "cup", "pot");
        for (int i = 0; i < 150; i++) {
            // Order 11's line 1 and order 1's line 11 have the same digits.
            Order order = shop.orders.get(random.nextInt(20));
            boolean orphan = random.nextInt(15) == 0;
            int orderId = orphan ? 1_000 + i : order.id();
            int line = 1 + (int) shop.items.stream().filter(it -> it.orderId() == orderId).count();
            shop.items.add(
                    new Item(
                            line,
                            orphan ? null : order,
                            orderId,
                            products.get(random.nextInt(3)),
                            1 + random.nextInt(9)));
        }
        return shop;
    }

    private static <T> @Nullable T oneOf(Random random, List<T> values) {
        int index = random.nextInt(values.size() + 1);
        return index == values.size() ? null : values.get(index);
    }

    /** Puts the shop into a warehouse, readable for those who only read. */
    void land(TestWarehouse warehouse) throws SQLException {
        StringBuilder sql =
                new StringBuilder(
                        """
                        CREATE SCHEMA shop;
                        CREATE TABLE shop.customers (id int, country text, credit int);
                        CREATE TABLE shop.orders (id int, customer_id int, status text,
                          amount numeric, placed_at timestamptz);
                        CREATE TABLE shop.items (order_id int, line int, product text, quantity int);
                        GRANT USAGE ON SCHEMA shop TO millrace_reader;
                        GRANT SELECT ON ALL TABLES IN SCHEMA shop TO millrace_reader;
                        """);
        for (Customer c : customers) {
            insert(sql, "customers", c.id(), c.country(), c.credit());
        }
        for (Order o : orders) {
            insert(
                    sql,
                    "orders",
                    o.id(),
                    o.customer() == null ? null : o.customer().id(),
                    o.status(),
                    o.amount(),
                    o.placedAt());
        }
        for (Item i : items) {
            insert(sql, "items", i.orderId(), i.line(), i.product(), i.quantity());
        }
        warehouse.execute(Role.TRANSFORM, sql.toString());
    }

    private static void insert(StringBuilder sql, String table, @Nullable Object... values) {
        sql.append("INSERT INTO shop.").append(table).append(" VALUES (");
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            sql.append(i == 0 ? "" : ", ")
                    .append(
                            value == null
                                    ? "NULL"
                                    : "'" + value.toString().replace("'", "''") + "'");
        }
        sql.append(");\n");
    }

    /** A revision of its own. */
    static ServedModel.Revision revision() {
        SemanticModel model = model(MODEL);
        return new ServedModel.Revision("r", new QueryCompiler(model), new Annotations(model));
    }

    static QueryCompiler compiler() {
        return compiler(MODEL);
    }

    static QueryCompiler compiler(String model) {
        return new QueryCompiler(model(model));
    }

    /** The same with rollups, kept in the days of some time zones. */
    static QueryCompiler compiler(String model, List<ZoneId> zones) {
        return new QueryCompiler(model(model), zones);
    }

    private static SemanticModel model(String model) {
        ProjectLoader loader =
                new ProjectLoader(Environment.of(Map.of()), Set.of(ProjectLoader.Kind.CUBES));
        try {
            return new SemanticModel(
                    loader.load(ProjectFiles.of(Map.of("model/cubes/a.yml", model.getBytes(UTF_8))))
                            .cubes());
        } catch (InvalidProjectException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
