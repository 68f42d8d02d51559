package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.serving.semantic.QueryException;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.time.Clock;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Many moments cut into units by PostgreSQL, and the same by Java. */
class GranularitiesTest {

    private static final TestWarehouse WAREHOUSE = TestWarehouse.create();
    private static final List<String> ZONES =
            List.of("UTC", "America/Los_Angeles", "Asia/Kathmandu", "Australia/Lord_Howe");

    private static final String MODEL =
            """
            cubes:
              - name: e
                sql: "SELECT * FROM (VALUES ROWS) v (id, at)"
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true, public: true}
                  - name: at
                    sql: "{CUBE}.at::timestamptz"
                    type: time
                    granularities:
                      - OWN
            """;

    /** Half of them anywhere, half near the beginning of some month. */
    private static Set<Instant> moments(long seed) {
        Random random = new Random(seed);
        Set<Instant> moments = new LinkedHashSet<>();
        while (moments.size() < 150) {
            LocalDateTime month =
                    LocalDateTime.of(2018, 1, 1, 0, 0).plusMonths(random.nextInt(14 * 12));
            long micros =
                    random.nextBoolean()
                            ? random.nextLong(28L * 86_400_000_000L)
                            : random.nextLong(-30_000_000L, 30_000_000L);
            moments.add(
                    month.atZone(ZoneId.of(ZONES.get(random.nextInt(ZONES.size()))))
                            .toInstant()
                            .plus(micros, ChronoUnit.MICROS));
        }
        return moments;
    }

    /** For each zone, the beginning of the unit that each moment lies in, as local time. */
    private static Map<String, Map<Instant, LocalDateTime>> cut(
            Set<Instant> moments, String own, String unit) {
        List<Instant> list = List.copyOf(moments);
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < list.size(); i++) {
            rows.append(i == 0 ? "" : ", ").append("(%d, '%s')".formatted(i, list.get(i)));
        }
        Map<String, Map<Instant, LocalDateTime>> byZone = new HashMap<>();
        try (Bench bench = bench(own, rows.toString())) {
            for (String zone : ZONES) {
                Map<Instant, LocalDateTime> units = new HashMap<>();
                JsonNode data =
                        bench.data(
                                """
                                {"dimensions":["e.id"],"timezone":"%s",
                                 "timeDimensions":[{"dimension":"e.at","granularity":"%s"}]}
                                """
                                        .formatted(zone, unit));
                for (JsonNode row : data.valueStream().toList()) {
                    units.put(
                            list.get(row.path("e.id").asInt()),
                            LocalDateTime.parse(row.path("e.at." + unit).asString()));
                }
                byZone.put(zone, units);
            }
        }
        return byZone;
    }

    private static Bench bench(String own, String rows) {
        return new Bench(
                Bench.Settings.of(WAREHOUSE).poolSize(1),
                MODEL.replace("OWN", own).replace("ROWS", rows),
                Clock.systemUTC());
    }

    private static Map<String, Map<Instant, LocalDateTime>> expected(
            Set<Instant> moments, UnaryOperator<LocalDateTime> begin) {
        Map<String, Map<Instant, LocalDateTime>> byZone = new HashMap<>();
        for (String zone : ZONES) {
            Map<Instant, LocalDateTime> units = new HashMap<>();
            for (Instant moment : moments) {
                units.put(moment, begin.apply(LocalDateTime.ofInstant(moment, ZoneId.of(zone))));
            }
            byZone.put(zone, units);
        }
        return byZone;
    }

    @ParameterizedTest
    @ValueSource(strings = {"second", "minute", "hour", "day", "week", "month", "quarter", "year"})
    void theCalendarsUnitsBeginWhereTheyDoInEachZone(String unit) {
        Set<Instant> moments = moments(unit.hashCode());
        String unused = "{name: unused, interval: 1 year}";

        assertThat(cut(moments, unused, unit))
                .isEqualTo(expected(moments, time -> begin(time, unit)));
    }

    private static LocalDateTime begin(LocalDateTime time, String unit) {
        LocalDateTime day = time.truncatedTo(ChronoUnit.DAYS);
        return switch (unit) {
            case "second" -> time.truncatedTo(ChronoUnit.SECONDS);
            case "minute" -> time.truncatedTo(ChronoUnit.MINUTES);
            case "hour" -> time.truncatedTo(ChronoUnit.HOURS);
            case "day" -> day;
            case "week" -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            case "month" -> day.withDayOfMonth(1);
            case "quarter" ->
                    day.withDayOfMonth(1).withMonth((time.getMonthValue() - 1) / 3 * 3 + 1);
            default -> day.withDayOfYear(1);
        };
    }

    /** A unit begins a whole number of lengths before or after the point that it counts from. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    interval: 1 year, offset: 3 months                      | 12 |       | 1900-04-01T00:00:00
                    interval: 1 year, offset: -1 month                      | 12 |       | 1899-12-01T00:00:00
                    interval: 1 quarter, offset: 1 month                    | 3  |       | 1900-02-01T00:00:00
                    interval: 6 months                                      | 6  |       | 1900-01-01T00:00:00
                    interval: 2 years, origin: "2025-01-01"                 | 24 |       | 2025-01-01T00:00:00
                    interval: 5 months, origin: "2024-02-01"                | 5  |       | 2024-02-01T00:00:00
                    interval: 1 month, origin: "2030-01-15"                 | 1  |       | 2030-01-15T00:00:00
                    interval: 1 month, offset: 9 days 6 hours               | 1  |       | 1900-01-10T06:00:00
                    interval: 1 month, origin: "2024-01-05T10:30:45"        | 1  |       | 2024-01-05T10:30:45
                    interval: 1 year 6 months, origin: "2020-07-28"         | 18 |       | 2020-07-28T00:00:00
                    interval: 1 week                                        |    | PT168H| 1900-01-01T00:00:00
                    interval: 1 week, offset: 2 days                        |    | PT168H| 1900-01-03T00:00:00
                    interval: 2 weeks, origin: "2024-01-03"                 |    | PT336H| 2024-01-03T00:00:00
                    interval: 8 hours                                       |    | PT8H  | 1900-01-01T00:00:00
                    interval: 8 hours, offset: 90 minutes                   |    | PT8H  | 1900-01-01T01:30:00
                    interval: 15 minutes                                    |    | PT15M | 1900-01-01T00:00:00
                    interval: 10 seconds                                    |    | PT10S | 1900-01-01T00:00:00
                    interval: 1 day 1 hour, origin: "2024-06-01T05:00:00"   |    | PT25H | 2024-06-01T05:00:00
                    """)
    void aModelsUnitsBeginWholeLengthsFromTheirOrigin(
            String definition, Integer months, String length, LocalDateTime origin) {
        Set<Instant> moments = moments(definition.hashCode());
        UnaryOperator<LocalDateTime> begin =
                months != null
                        ? time -> byMonths(time, months, origin)
                        : time -> byLength(time, Duration.parse(length), origin);

        assertThat(cut(moments, "{name: own, " + definition + "}", "own"))
                .isEqualTo(expected(moments, begin));
    }

    private static LocalDateTime byMonths(LocalDateTime time, int months, LocalDateTime origin) {
        LocalDateTime begin = origin;
        while (begin.isAfter(time)) {
            begin = begin.minus(Period.ofMonths(months));
        }
        while (!begin.plus(Period.ofMonths(months)).isAfter(time)) {
            begin = begin.plus(Period.ofMonths(months));
        }
        return begin;
    }

    private static LocalDateTime byLength(
            LocalDateTime time, Duration length, LocalDateTime origin) {
        long seconds =
                Math.floorDiv(ChronoUnit.MICROS.between(origin, time), 1_000L * length.toMillis());
        return origin.plusSeconds(seconds * length.toSeconds());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    interval: 1 month 1 day                     | The granularity 'own' of 1 month 1 day is not offered
                    interval: 5 months                          | needs an 'origin' to count from
                    interval: 7 hours                           | needs an 'origin' to count from
                    interval: 2 weeks                           | needs an 'origin' to count from
                    """)
    void unitsWithoutAMeaningAreRefused(String definition, String error) {
        assertThatThrownBy(() -> cut(moments(1), "{name: own, " + definition + "}", "own"))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining(error);
    }

    @Test
    void rangesReachTheLastDayThatCanBeWritten() {
        try (Bench bench =
                bench(
                        "{name: own, interval: 1 year}",
                        "(1, '9999-12-31T23:00:00Z'), (2, '0001-06-01T00:00:00Z'), (3,"
                                + " 'infinity')")) {
            for (String zone : ZONES) {
                assertThat(
                                bench.column(
                                        """
                                        {"dimensions":["e.id"],"order":{"e.id":"asc"},"timezone":"%s",
                                         "timeDimensions":[{"dimension":"e.at","dateRange":["0001-02-01","9999-12-31"]}]}
                                        """
                                                .formatted(zone)))
                        .as(zone)
                        .contains("2")
                        .doesNotContain("3");
            }
            assertThat(
                            bench.column(
                                    """
                                    {"dimensions":["e.id"],"order":{"e.id":"asc"},"timezone":"America/Los_Angeles",
                                     "timeDimensions":[{"dimension":"e.at","dateRange":["9999-12-31","9999-12-31"]}]}
                                    """))
                    .containsExactly("1");
        }
    }
}
