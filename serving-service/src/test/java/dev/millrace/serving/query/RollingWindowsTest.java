package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.serving.query.Shop.Order;
import dev.millrace.serving.semantic.QueryException;
import dev.millrace.test.TestWarehouse;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.MathContext;
import java.sql.SQLException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Measures over windows of time, answered by PostgreSQL and by loops over the same orders. */
class RollingWindowsTest {

    private static final Shop SHOP = Shop.of(7);
    private static final List<Window> WINDOWS =
            List.of(
                    new Window("a", "7 day", null, "end"),
                    new Window("b", "3 month", null, "end"),
                    new Window("c", "unbounded", null, "end"),
                    new Window("d", null, "1 month", "start"),
                    new Window("e", "2 week", "1 week", "start"),
                    new Window("f", "1 day", "1 day", "end"),
                    new Window("g", null, "unbounded", "start"),
                    new Window("h", "unbounded", "unbounded", "end"));
    private static final Map<String, String> TYPES =
            new TreeMap<>(
                    Map.of(
                            "sum", "amount",
                            "count", "id",
                            "max", "amount",
                            "avg", "amount",
                            "count_distinct", "customer_id"));
    private static final Bench BENCH = new Bench(landed(), model());

    /** A window as the model writes it. */
    private record Window(
            String name, @Nullable String trailing, @Nullable String leading, String offset) {}

    private static TestWarehouse landed() {
        TestWarehouse warehouse = TestWarehouse.create();
        try {
            SHOP.land(warehouse);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return warehouse;
    }

    private static String model() {
        StringBuilder measures = new StringBuilder();
        TYPES.forEach(
                (type, sql) -> {
                    for (Window window : WINDOWS) {
                        measures.append(
                                "      - {name: %s_%s, type: %s, sql: %s, rolling_window: {offset: %s%s%s}}\n"
                                        .formatted(
                                                type,
                                                window.name(),
                                                type,
                                                sql,
                                                window.offset(),
                                                side("trailing", window.trailing()),
                                                side("leading", window.leading())));
                    }
                    measures.append(
                            "      - {name: %s_to_date, type: %s, sql: %s, rolling_window: {type: to_date, granularity: month}}\n"
                                    .formatted(type, type, sql));
                });
        return """
        cubes:
          - name: orders
            sql_table: shop.orders
            joins:
              - {name: items, relationship: one_to_many, sql: "{CUBE}.id = {items}.order_id"}
            dimensions:
              - {name: id, sql: id, type: number, primary_key: true}
              - {name: status, sql: status, type: string}
              - {name: placed_at, sql: placed_at, type: time, granularities: [{name: half, interval: 6 months}]}
            measures:
              - {name: plain, type: count}
        %s
              - {name: ratio, type: number, sql: "{sum_c} / NULLIF({count_c}, 0)"}
          - name: items
            sql_table: shop.items
            dimensions:
              - {name: order_id, sql: order_id, type: number, primary_key: true}
              - {name: line, sql: line, type: number, primary_key: true}
              - {name: product, sql: product, type: string}
        """
                .formatted(measures);
    }

    private static String side(String key, @Nullable String interval) {
        return interval == null ? "" : ", " + key + ": " + interval;
    }

    @Property(tries = 250)
    void eachUnitHasWhatLiesInItsWindow(@ForAll long seed) {
        Random random = new Random(seed);
        String type = List.copyOf(TYPES.keySet()).get(random.nextInt(TYPES.size()));
        Window window = WINDOWS.get(random.nextInt(WINDOWS.size()));
        String unit = List.of("day", "week", "month").get(random.nextInt(3));
        ZoneId zone = ZoneId.of(List.of("UTC", "Europe/Berlin").get(random.nextInt(2)));
        LocalDate from = LocalDate.of(2026, 1, 1).plusDays(random.nextInt(300));
        LocalDate to = from.plusDays(random.nextInt(60));

        List<List<String>> rows =
                BENCH.rows(
                        """
                        {"measures":["orders.%s_%s"],"timezone":"%s",
                         "timeDimensions":[{"dimension":"orders.placed_at","granularity":"%s","dateRange":["%s","%s"]}]}
                        """
                                .formatted(type, window.name(), zone, unit, from, to));

        assertThat(rows.stream().map(row -> row.getFirst() + " " + number(row.getLast())))
                .as("%s %s by %s from %s to %s in %s", type, window, unit, from, to, zone)
                .containsExactlyElementsOf(expected(type, window, unit, zone, from, to));
    }

    private static List<String> expected(
            String type, Window window, String unit, ZoneId zone, LocalDate from, LocalDate to) {
        boolean added = !type.equals("avg") && !type.equals("count_distinct");
        List<String> expected = new ArrayList<>();
        LocalDateTime begin = floor(from.atStartOfDay(), unit);
        while (!begin.isAfter(to.atTime(23, 59))) {
            LocalDateTime end = begin.plus(1, chrono(unit)).minus(1, ChronoUnit.MICROS);
            List<Order> within = new ArrayList<>();
            for (Order order : SHOP.orders) {
                LocalDateTime at = local(order, zone);
                if (isWithin(added ? floor(at, base(unit, window)) : at, begin, end, window)) {
                    within.add(order);
                }
            }
            expected.add(begin + ":00.000 " + number(aggregate(type, within, added)));
            begin = begin.plus(1, chrono(unit));
        }
        return expected;
    }

    private static boolean isWithin(
            LocalDateTime at, LocalDateTime begin, LocalDateTime end, Window window) {
        boolean start = window.offset().equals("start");
        LocalDateTime edge = start ? begin : end;
        if (!"unbounded".equals(window.trailing())) {
            LocalDateTime since = plus(edge, window.trailing(), -1);
            if (start ? at.isBefore(since) : !at.isAfter(since)) {
                return false;
            }
        }
        if (!"unbounded".equals(window.leading())) {
            LocalDateTime until = plus(edge, window.leading(), 1);
            return start ? at.isBefore(until) : !at.isAfter(until);
        }
        return true;
    }

    private static LocalDateTime plus(LocalDateTime time, @Nullable String interval, int sign) {
        if (interval == null) {
            return time;
        }
        String[] parts = interval.split(" ", -1);
        return time.plus((long) sign * Integer.parseInt(parts[0]), chrono(parts[1]));
    }

    private static ChronoUnit chrono(String unit) {
        return switch (unit) {
            case "day" -> ChronoUnit.DAYS;
            case "week" -> ChronoUnit.WEEKS;
            default -> ChronoUnit.MONTHS;
        };
    }

    /** The unit that windows are added up from: the finest; days where weeks meet months. */
    private static String base(String unit, Window window) {
        List<String> units =
                Stream.of(unit, unit(window.trailing()), unit(window.leading()))
                        .filter(Objects::nonNull)
                        .distinct()
                        .toList();
        if (units.contains("day") || units.size() > 1) {
            return units.contains("day") || units.contains("week") ? "day" : units.getFirst();
        }
        return units.getFirst();
    }

    private static @Nullable String unit(@Nullable String interval) {
        return interval == null || interval.equals("unbounded") ? null : interval.split(" ", -1)[1];
    }

    private static LocalDateTime floor(LocalDateTime time, String unit) {
        LocalDateTime day = time.truncatedTo(ChronoUnit.DAYS);
        return switch (unit) {
            case "week" -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            case "month" -> day.withDayOfMonth(1);
            default -> day;
        };
    }

    private static LocalDateTime local(Order order, ZoneId zone) {
        return OffsetDateTime.parse(order.placedAt().replace(' ', 'T').replace("+00", "Z"))
                .withOffsetSameInstant(ZoneOffset.UTC)
                .atZoneSameInstant(zone)
                .toLocalDateTime();
    }

    private static @Nullable Object aggregate(
            String type, Collection<Order> orders, boolean added) {
        List<BigDecimal> amounts =
                orders.stream().map(Order::amount).filter(Objects::nonNull).toList();
        return switch (type) {
            // What is added up from no unit at all is nothing; of no row, it is a count of zero.
            case "count" -> orders.isEmpty() && added ? null : orders.size();
            case "count_distinct" ->
                    orders.stream()
                            .map(Order::customer)
                            .filter(Objects::nonNull)
                            .distinct()
                            .count();
            case "sum" -> amounts.stream().reduce(BigDecimal::add).orElse(null);
            case "max" -> amounts.stream().max(BigDecimal::compareTo).orElse(null);
            default ->
                    amounts.stream()
                            .reduce(BigDecimal::add)
                            .map(
                                    sum ->
                                            sum.divide(
                                                    BigDecimal.valueOf(amounts.size()),
                                                    MathContext.DECIMAL64))
                            .orElse(null);
        };
    }

    private static String number(@Nullable Object value) {
        return value == null || value.equals("null")
                ? "null"
                : new BigDecimal(value.toString())
                        .setScale(6, java.math.RoundingMode.HALF_UP)
                        .stripTrailingZeros()
                        .toPlainString();
    }

    @org.junit.jupiter.api.Test
    void withoutAGranularityTheRangeIsTheOnlyPoint() {
        List<List<String>> rows =
                BENCH.rows(
                        """
                        {"measures":["orders.count_b","orders.count_c","orders.count_to_date","orders.plain"],
                         "timeDimensions":[{"dimension":"orders.placed_at","dateRange":["2026-06-10","2026-06-30"]}]}
                        """);

        assertThat(rows)
                .containsExactly(
                        List.of(
                                count("2026-03-31", "2026-06-30"),
                                count("2020-01-01", "2026-06-30"),
                                count("2026-06-01", "2026-06-30"),
                                count("2026-06-10", "2026-06-30")));
    }

    /** Orders from the first to the last of these days. */
    private static String count(String from, String to) {
        return String.valueOf(
                SHOP.orders.stream()
                        .map(order -> order.placedAt().substring(0, 10))
                        .filter(day -> day.compareTo(from) >= 0 && day.compareTo(to) <= 0)
                        .count());
    }

    @org.junit.jupiter.api.Test
    void windowsToDateBeginAnewWithEachUnit() {
        List<List<String>> rows =
                BENCH.rows(
                        """
                        {"measures":["orders.count_to_date"],
                         "timeDimensions":[{"dimension":"orders.placed_at","granularity":"day","dateRange":["2026-02-27","2026-03-02"]}]}
                        """);

        assertThat(rows.stream().map(row -> number(row.getLast())))
                .containsExactly(
                        zeroIsNull(count("2026-02-01", "2026-02-27")),
                        zeroIsNull(count("2026-02-01", "2026-02-28")),
                        zeroIsNull(count("2026-03-01", "2026-03-01")),
                        zeroIsNull(count("2026-03-01", "2026-03-02")));
    }

    private static String zeroIsNull(String count) {
        return count.equals("0") ? "null" : count;
    }

    @org.junit.jupiter.api.Test
    void aRowThatAJoinMultipliesIsInItsWindowOnce() {
        String times =
                "\"timeDimensions\":[{\"dimension\":\"orders.placed_at\",\"granularity\":\"half\",\"dateRange\":[\"2026-01-01\",\"2026-12-31\"]}]";

        List<List<String>> joined =
                BENCH.rows(
                        "{\"measures\":[\"orders.sum_c\",\"orders.avg_c\"],\"filters\":[{\"member\":\"items.product\",\"operator\":\"set\"}],%s}"
                                .formatted(times));
        List<List<String>> alone =
                BENCH.rows(
                        "{\"measures\":[\"orders.sum_c\",\"orders.avg_c\"],\"filters\":[{\"member\":\"orders.id\",\"operator\":\"lte\",\"values\":[\"20\"]}],%s}"
                                .formatted(times));

        // Only the first twenty orders have items; all but a few of them have several.
        long withItems =
                SHOP.items.stream()
                        .filter(i -> i.order() != null)
                        .map(Shop.Item::orderId)
                        .distinct()
                        .count();
        assertThat(withItems).isEqualTo(20);
        assertThat(joined).hasSize(2).isEqualTo(alone);
    }

    @org.junit.jupiter.api.Test
    void calculationsOverWindowsAndDimensionsBesideThemAreAnswered() {
        List<List<String>> rows =
                BENCH.rows(
                        """
                        {"measures":["orders.ratio"],"dimensions":["orders.status"],
                         "timeDimensions":[{"dimension":"orders.placed_at","granularity":"month","dateRange":["2026-12-01","2026-12-31"]}]}
                        """);

        assertThat(rows)
                .extracting(List::getFirst)
                .containsExactlyInAnyOrder("paid", "open", "sent back", "100%_off", "null");
    }

    @org.junit.jupiter.api.Test
    void whatHasNoEndIsRefused() {
        assertThatThrownBy(
                        () ->
                                BENCH.rows(
                                        "{\"measures\":[\"orders.sum_b\"],\"timeDimensions\":[{\"dimension\":\"orders.placed_at\",\"granularity\":\"day\"}]}"))
                .isInstanceOf(QueryException.class)
                .hasMessage("Time series queries without dateRange aren't supported");
        assertThatThrownBy(
                        () ->
                                BENCH.rows(
                                        "{\"measures\":[\"orders.sum_b\"],\"timeDimensions\":[{\"dimension\":\"orders.placed_at\",\"granularity\":\"second\",\"dateRange\":[\"2026-01-01\",\"2026-12-31\"]}]}"))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("more than 50000 units of 'second'");
    }
}
