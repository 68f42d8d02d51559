package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.query.Shop.Customer;
import dev.millrace.serving.query.Shop.Item;
import dev.millrace.serving.query.Shop.Order;
import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.Query;
import dev.millrace.serving.semantic.QueryCompiler;
import dev.millrace.serving.semantic.Viewer;
import dev.millrace.test.TestWarehouse;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.math.BigDecimal;
import java.math.MathContext;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Queries drawn at random, answered by PostgreSQL and by loops over the same shop in memory. */
class RandomQueriesTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Shop SHOP = Shop.of(42);
    private static final TestWarehouse WAREHOUSE = landed();
    private static final QueryCompiler COMPILER = Shop.compiler();
    private static final List<String> ZONES =
            List.of("UTC", "America/Los_Angeles", "Europe/Berlin", "Asia/Kathmandu");

    /** One row of everything joined, left to right; any part may be absent. */
    private record Row(@Nullable Item item, @Nullable Order order, @Nullable Customer customer) {}

    private static final Map<String, Function<Row, @Nullable Object>> DIMENSIONS =
            Map.of(
                    "customers.country", row -> of(row.customer(), Customer::country),
                    "orders.status", row -> of(row.order(), Order::status),
                    "orders.size",
                            row ->
                                    row.order() == null || row.order().amount() == null
                                            ? "so-called 'small'"
                                            : size(row.order().amount()),
                    "items.product", row -> of(row.item(), Item::product));

    private static final Map<String, Function<Collection<Row>, @Nullable Object>> MEASURES =
            measures();

    private static TestWarehouse landed() {
        TestWarehouse warehouse = TestWarehouse.create();
        try {
            SHOP.land(warehouse);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return warehouse;
    }

    private static String size(BigDecimal amount) {
        return amount.compareTo(BigDecimal.valueOf(500)) >= 0
                ? "big"
                : amount.compareTo(BigDecimal.valueOf(100)) >= 0 ? "middling" : "so-called 'small'";
    }

    private static <T> @Nullable Object of(@Nullable T part, Function<T, @Nullable Object> value) {
        return part == null ? null : value.apply(part);
    }

    /** Each measure over the distinct rows of its own table, however often a join shows them. */
    private static Map<String, Function<Collection<Row>, @Nullable Object>> measures() {
        Map<String, Function<Collection<Row>, @Nullable Object>> map = new TreeMap<>();
        map.put("customers.count", rows -> customers(rows).size());
        map.put(
                "customers.credit",
                rows -> sum(customers(rows).stream().map(c -> BigDecimal.valueOf(c.credit()))));
        map.put("orders.count", rows -> orders(rows).size());
        map.put("orders.revenue", rows -> sum(amounts(rows, o -> true)));
        map.put(
                "orders.average",
                rows -> {
                    List<BigDecimal> amounts = amounts(rows, o -> true).toList();
                    BigDecimal sum = sum(amounts.stream());
                    return sum == null
                            ? null
                            : sum.divide(BigDecimal.valueOf(amounts.size()), MathContext.DECIMAL64);
                });
        map.put(
                "orders.largest",
                rows -> amounts(rows, o -> true).max(BigDecimal::compareTo).orElse(null));
        map.put(
                "orders.statuses",
                rows ->
                        orders(rows).stream()
                                .map(Order::status)
                                .filter(Objects::nonNull)
                                .distinct()
                                .count());
        map.put(
                "orders.paid",
                rows -> orders(rows).stream().filter(RandomQueriesTest::paid).count());
        map.put("orders.paid_revenue", rows -> sum(amounts(rows, RandomQueriesTest::paid)));
        map.put("items.count", rows -> items(rows).size());
        map.put(
                "items.quantity",
                rows -> sum(items(rows).stream().map(i -> BigDecimal.valueOf(i.quantity()))));
        return map;
    }

    private static boolean paid(Order order) {
        return "paid".equals(order.status());
    }

    private static Collection<Customer> customers(Collection<Row> rows) {
        return distinct(rows, Row::customer);
    }

    private static Collection<Order> orders(Collection<Row> rows) {
        return distinct(rows, Row::order);
    }

    private static Collection<Item> items(Collection<Row> rows) {
        return distinct(rows, Row::item);
    }

    private static <T> Collection<T> distinct(
            Collection<Row> rows, Function<Row, @Nullable T> part) {
        return rows.stream()
                .map(part)
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(java.util.LinkedHashSet::new));
    }

    private static java.util.stream.Stream<BigDecimal> amounts(
            Collection<Row> rows, Predicate<Order> filter) {
        return orders(rows).stream().filter(filter).map(Order::amount).filter(Objects::nonNull);
    }

    private static @Nullable BigDecimal sum(java.util.stream.Stream<BigDecimal> values) {
        return values.reduce(BigDecimal::add).orElse(null);
    }

    @Property(tries = 400)
    void postgresAnswersAsLoopsDo(@ForAll long seed) throws SQLException {
        Random random = new Random(seed);
        List<String> measures = some(random, new ArrayList<>(MEASURES.keySet()), 1, 3);
        List<String> dimensions = some(random, sorted(DIMENSIONS.keySet()), 0, 2);
        String zone = ZONES.get(random.nextInt(ZONES.size()));
        ObjectNode query = JSON.createObjectNode();
        measures.forEach(query.putArray("measures")::add);
        dimensions.forEach(query.putArray("dimensions")::add);
        query.put("timezone", zone);
        List<Predicate<Row>> filters = filters(random, query.putArray("filters"));
        Function<Row, @Nullable Object> unit = timeDimension(random, query, zone);

        List<Row> rows =
                joined(query).stream()
                        .filter(row -> filters.stream().allMatch(f -> f.test(row)))
                        .toList();
        Map<List<@Nullable String>, List<@Nullable String>> expected =
                evaluate(rows, measures, dimensions, unit);
        if (random.nextInt(3) == 0) {
            String bound = String.valueOf(random.nextInt(20));
            ((ArrayNode) query.get("filters"))
                    .addObject()
                    .put("member", measures.getFirst())
                    .put("operator", "gt")
                    .putArray("values")
                    .add(bound);
            expected.values()
                    .removeIf(
                            values ->
                                    values.getFirst() == null
                                            || new BigDecimal(values.getFirst())
                                                            .compareTo(new BigDecimal(bound))
                                                    <= 0);
        }

        assertThat(run(query, dimensions.size() + (unit == null ? 0 : 1)))
                .as(query.toString())
                .isEqualTo(expected);
    }

    private static List<String> sorted(Collection<String> names) {
        return names.stream().sorted().toList();
    }

    private static <T> List<T> some(Random random, List<T> from, int least, int most) {
        List<T> shuffled = new ArrayList<>(from);
        Collections.shuffle(shuffled, random);
        return shuffled.subList(0, least + random.nextInt(most - least + 1));
    }

    /**
     * The rows that the query's members range over, joined from the table that Cube begins with.
     */
    private static List<Row> joined(ObjectNode query) {
        String text = query.toString();
        List<Row> rows = new ArrayList<>();
        if (text.contains("items.")) {
            SHOP.items.forEach(
                    item -> {
                        Order order = item.order();
                        rows.add(new Row(item, order, order == null ? null : order.customer()));
                    });
            return rows;
        }
        boolean orders = text.contains("orders.");
        String first = query.path("measures").path(0).asString();
        if (orders && !first.startsWith("customers.")) {
            SHOP.orders.forEach(order -> rows.add(new Row(null, order, order.customer())));
            return rows;
        }
        for (Customer customer : SHOP.customers) {
            List<Order> own =
                    SHOP.orders.stream()
                            .filter(o -> orders && customer.equals(o.customer()))
                            .toList();
            if (own.isEmpty()) {
                rows.add(new Row(null, null, customer));
            }
            own.forEach(order -> rows.add(new Row(null, order, customer)));
        }
        return rows;
    }

    private static List<Predicate<Row>> filters(Random random, ArrayNode filters) {
        List<Predicate<Row>> predicates = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            if (random.nextInt(3) > 0) {
                predicates.add(condition(random, filters.addObject()));
                continue;
            }
            boolean or = random.nextBoolean();
            ArrayNode group = filters.addObject().putArray(or ? "or" : "and");
            Predicate<Row> a = condition(random, group.addObject());
            Predicate<Row> b = condition(random, group.addObject());
            predicates.add(or ? a.or(b) : a.and(b));
        }
        return predicates;
    }

    private static Predicate<Row> condition(Random random, ObjectNode filter) {
        if (random.nextInt(4) == 0) {
            return amountCondition(random, filter);
        }
        String member =
                some(random, List.of("customers.country", "orders.status"), 1, 1).getFirst();
        String operator =
                some(
                                random,
                                List.of(
                                        "equals",
                                        "notEquals",
                                        "contains",
                                        "notContains",
                                        "startsWith",
                                        "notStartsWith",
                                        "endsWith",
                                        "notEndsWith",
                                        "set",
                                        "notSet"),
                                1,
                                1)
                        .getFirst();
        List<String> values =
                some(random, List.of("DE", "paid", "open", "O'", "100%_", "E", "s", "off"), 1, 3);
        boolean withNull = random.nextInt(4) == 0;
        filter.put("member", member).put("operator", operator);
        if (!operator.endsWith("et")) {
            ArrayNode list = filter.putArray("values");
            values.forEach(list::add);
            if (withNull) {
                list.addNull();
            }
        }
        return row -> {
            Object value = Objects.requireNonNull(DIMENSIONS.get(member)).apply(row);
            boolean not = operator.startsWith("not") && !operator.equals("notSet");
            return switch (operator) {
                case "set" -> value != null;
                case "notSet" -> value == null;
                default ->
                        value == null
                                ? not != withNull
                                : not != values.stream().anyMatch(v -> matches(operator, value, v));
            };
        };
    }

    private static boolean matches(String operator, Object value, String wanted) {
        String text = value.toString();
        String upper = text.toUpperCase(java.util.Locale.ROOT);
        String part = wanted.toUpperCase(java.util.Locale.ROOT);
        return switch (operator) {
            case "equals", "notEquals" -> text.equals(wanted);
            case "contains", "notContains" -> upper.contains(part);
            case "startsWith", "notStartsWith" -> upper.startsWith(part);
            default -> upper.endsWith(part);
        };
    }

    private static Predicate<Row> amountCondition(Random random, ObjectNode filter) {
        String operator = some(random, List.of("gt", "gte", "lt", "lte"), 1, 1).getFirst();
        BigDecimal bound = BigDecimal.valueOf(random.nextInt(100_000), random.nextInt(3));
        filter.put("member", "orders.amount").put("operator", operator);
        filter.putArray("values").add(bound.toPlainString());
        return row -> {
            if (row.order() == null || row.order().amount() == null) {
                return false;
            }
            int order = row.order().amount().compareTo(bound);
            return switch (operator) {
                case "gt" -> order > 0;
                case "gte" -> order >= 0;
                case "lt" -> order < 0;
                default -> order <= 0;
            };
        };
    }

    private static @Nullable Function<Row, @Nullable Object> timeDimension(
            Random random, ObjectNode query, String zone) {
        if (random.nextInt(3) == 0) {
            return null;
        }
        ObjectNode time = query.putArray("timeDimensions").addObject();
        String unit =
                some(random, List.of("month", "day", "hour", "quarter", "year"), 1, 1).getFirst();
        time.put("dimension", "orders.placed_at").put("granularity", unit);
        ZoneId local = ZoneId.of(zone);
        return row -> row.order() == null ? null : begin(row.order().placedAt(), unit, local);
    }

    private static String begin(String placedAt, String unit, ZoneId zone) {
        var local =
                OffsetDateTime.parse(placedAt.replace(' ', 'T').replace("+00", "Z"))
                        .atZoneSameInstant(zone)
                        .toLocalDateTime();
        var day = local.toLocalDate();
        var begin =
                switch (unit) {
                    case "year" -> day.withDayOfYear(1).atStartOfDay();
                    case "quarter" ->
                            day.withMonth((day.getMonthValue() - 1) / 3 * 3 + 1)
                                    .withDayOfMonth(1)
                                    .atStartOfDay();
                    case "month" -> day.withDayOfMonth(1).atStartOfDay();
                    case "day" -> day.atStartOfDay();
                    default -> local.truncatedTo(ChronoUnit.HOURS);
                };
        return begin.format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss"));
    }

    private static Map<List<@Nullable String>, List<@Nullable String>> evaluate(
            List<Row> rows,
            List<String> measures,
            List<String> dimensions,
            @Nullable Function<Row, @Nullable Object> unit) {
        Map<List<@Nullable String>, List<Row>> groups = new LinkedHashMap<>();
        if (dimensions.isEmpty() && unit == null) {
            groups.put(List.of(), rows);
        }
        for (Row row : rows) {
            List<@Nullable String> key = new ArrayList<>();
            for (String dimension : dimensions) {
                key.add(text(Objects.requireNonNull(DIMENSIONS.get(dimension)).apply(row)));
            }
            if (unit != null) {
                key.add(text(unit.apply(row)));
            }
            if (!key.isEmpty()) {
                groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(row);
            }
        }
        Map<List<@Nullable String>, List<@Nullable String>> result = new HashMap<>();
        groups.forEach(
                (key, members) -> {
                    List<@Nullable String> values = new ArrayList<>();
                    for (String measure : measures) {
                        values.add(
                                number(
                                        Objects.requireNonNull(MEASURES.get(measure))
                                                .apply(members)));
                    }
                    result.put(key, values);
                });
        return result;
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    /** Six digits: averages have no end. */
    private static @Nullable String number(@Nullable Object value) {
        return value == null
                ? null
                : new BigDecimal(value.toString())
                        .setScale(6, java.math.RoundingMode.HALF_UP)
                        .stripTrailingZeros()
                        .toPlainString();
    }

    private static Map<List<@Nullable String>, List<@Nullable String>> run(
            ObjectNode json, int keys) throws SQLException {
        Query query = new QueryReader(JSON, Clock.systemUTC()).read(json).query();
        CompiledQuery compiled = COMPILER.compile(query, Viewer.PLATFORM);
        Map<List<@Nullable String>, List<@Nullable String>> result = new HashMap<>();
        try (Connection connection = WAREHOUSE.connection(Role.READER);
                Statement settings = connection.createStatement()) {
            settings.execute("SET TIME ZONE 'UTC'");
            try (PreparedStatement statement =
                    connection.prepareStatement(ParameterText.toJdbc(compiled.statement().sql()))) {
                for (int i = 0; i < compiled.statement().values().size(); i++) {
                    statement.setObject(i + 1, compiled.statement().values().get(i), Types.OTHER);
                }
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        List<@Nullable String> key = new ArrayList<>();
                        List<@Nullable String> values = new ArrayList<>();
                        for (int i = 1; i <= compiled.columns().size(); i++) {
                            if (i <= keys) {
                                key.add(rows.getString(i));
                            } else {
                                values.add(number(rows.getString(i)));
                            }
                        }
                        assertThat(result.put(key, values)).as("one row a group").isNull();
                    }
                }
            }
        }
        return result;
    }
}
