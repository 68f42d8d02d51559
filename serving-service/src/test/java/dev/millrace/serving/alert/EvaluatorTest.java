package dev.millrace.serving.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.serving.query.MetricQueryException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** What the data says, held against a model that counts by hand. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EvaluatorTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private WatchedShop shop;

    @BeforeAll
    void open() {
        shop = new WatchedShop();
    }

    @AfterAll
    void close() {
        shop.close();
    }

    @BeforeEach
    void empty() {
        shop.execute("TRUNCATE shop.orders");
    }

    private Map<Map<String, String>, Verdict> at(String alert, Instant asOf) throws Exception {
        return shop.evaluator.evaluate(shop.alert(alert), List.of(), asOf, PATIENCE);
    }

    private Verdict only(String alert, Instant asOf) throws Exception {
        return Optional.ofNullable(at(alert, asOf).get(Map.of())).orElseThrow();
    }

    /** In a time zone whose clocks change in the middle of it, which buckets are not to notice. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void theDataTellsForHowLongNoBucketHadEnough(long seed) throws Exception {
        shop.watch(
                """
                - name: random
                  query:
                    measures: [orders.count]
                    timeDimensions: [{dimension: orders.created_at, granularity: minute, dateRange: from 30 minutes ago to now}]
                    timezone: Europe/Berlin
                  when: {below: 2, for: 3m}
                  notify: [ops]
                """);
        Random random = new Random(seed);
        Instant begin =
                Instant.parse(seed % 2 == 0 ? "2026-10-25T00:30:00Z" : "2026-03-29T00:30:00Z");
        List<Instant> orders = new ArrayList<>();
        StringBuilder sql = new StringBuilder();
        for (int i = 0; i < 150; i++) {
            // On the second as well, where one bucket ends and the next begins.
            Instant at =
                    begin.plusSeconds(random.nextInt(4_800))
                            .plusNanos(
                                    random.nextBoolean() ? 0 : random.nextInt(1_000_000) * 1_000L);
            orders.add(at);
            sql.append("INSERT INTO shop.orders (created_at) VALUES ('%s');".formatted(at));
        }
        shop.execute(sql.toString());

        for (int i = 0; i < 25; i++) {
            Instant asOf = begin.plusSeconds(2_400 + random.nextInt(2_400));
            Verdict verdict = only("random", asOf);

            assertThat(verdict.wrongFor())
                    .as("as of %s", asOf)
                    .isEqualTo(wrongFor(orders, asOf, 2, 31));
            assertThat(verdict.value().longValueExact())
                    .isEqualTo(count(orders, asOf.minusSeconds(60), asOf));
        }
    }

    private static Duration wrongFor(List<Instant> orders, Instant asOf, int least, int most) {
        int minutes = 0;
        while (minutes < most
                && count(
                                orders,
                                asOf.minusSeconds(60L * (minutes + 1)),
                                asOf.minusSeconds(60L * minutes))
                        < least) {
            minutes++;
        }
        return Duration.ofMinutes(minutes);
    }

    private static long count(List<Instant> orders, Instant from, Instant to) {
        return orders.stream().filter(at -> !at.isBefore(from) && at.isBefore(to)).count();
    }

    @Test
    void whatIsDatedLaterIsNotKnownYet() throws Exception {
        shop.watch(
                """
                - name: hour
                  query: {measures: [orders.count], timeDimensions: [{dimension: orders.created_at, dateRange: from 1 hour ago to now}]}
                  when: {above: 100}
                  notify: [ops]
                """);
        Instant asOf = Instant.parse("2026-11-23T10:20:00Z");
        shop.order("Bonn", asOf.minusSeconds(1), 3);
        shop.order("Bonn", asOf.plusSeconds(1), 5);

        assertThat(only("hour", asOf).value()).isEqualByComparingTo("3");
        assertThat(only("hour", asOf.plusSeconds(2)).value()).isEqualByComparingTo("8");
    }

    @Test
    void theLookReachesBackAsFarAsTheTimeAlthoughTheRangeIsShorter() throws Exception {
        shop.watch(
                """
                - name: long
                  query: {measures: [orders.count], timeDimensions: [{dimension: orders.created_at, granularity: minute, dateRange: from 2 minutes ago to now}]}
                  when: {below: 1, for: 20m}
                  notify: [ops]
                """);
        Instant asOf = Instant.parse("2026-11-23T10:20:00Z");

        assertThat(only("long", asOf).wrongFor()).isGreaterThanOrEqualTo(Duration.ofMinutes(20));
    }

    @Test
    void moreInstancesThanAnybodyLooksAtAreAnError() {
        shop.watch(
                """
                - name: cities
                  query: {measures: [orders.count], dimensions: [orders.city]}
                  when: {above: 100}
                  notify: [ops]
                """);
        shop.execute(
                "INSERT INTO shop.orders (city, created_at) SELECT 'city ' || i, now() FROM"
                        + " generate_series(1, 1001) i");

        assertThatThrownBy(() -> at("cities", Instant.parse("2026-11-23T10:20:00Z")))
                .isInstanceOf(MetricQueryException.class)
                .hasMessage(
                        "the dimensions have more than 1000 combinations of values; filter them");
    }

    @Test
    void aLongValueIsCutAndAnEmptyOneIsEmpty() throws Exception {
        shop.watch(
                """
                - name: cities
                  query: {measures: [orders.count], dimensions: [orders.city]}
                  when: {above: 100}
                  notify: [ops]
                """);
        shop.execute(
                "INSERT INTO shop.orders (city) VALUES (repeat('x', 5000) || 'a'), (repeat('x',"
                        + " 5000) || 'b'), (NULL)");

        assertThat(at("cities", Instant.parse("2026-11-23T10:20:00Z")).keySet())
                .hasSize(3)
                .contains(Map.of("city", ""))
                .allSatisfy(labels -> assertThat(labels.get("city")).hasSizeLessThanOrEqualTo(500));
    }

    @Test
    void whatIsUsualIsOfTheSameTimeOnTheClockOfTheWall() throws Exception {
        shop.watch(
                """
                - name: noon
                  query:
                    measures: [orders.count]
                    timeDimensions: [{dimension: orders.created_at, granularity: hour, dateRange: from 3 hours ago to now}]
                    timezone: Europe/Berlin
                  when: {outside_baseline: {season: week, history: 3}}
                  notify: [ops]
                """);
        // Clocks went back on October 25th: noon was at ten in UTC, and is at eleven.
        for (String noon :
                List.of(
                        "2026-10-23T09:30:00Z",
                        "2026-10-16T09:30:00Z",
                        "2026-10-09T09:30:00Z",
                        "2026-10-02T09:30:00Z")) {
            shop.order("Bonn", Instant.parse(noon), 50);
            // An hour later there were none; the week as a whole had some.
        }
        Instant noon = Instant.parse("2026-10-30T11:00:00Z");
        shop.order("Bonn", noon.minusSeconds(1_800), 50);

        assertThat(only("noon", noon).standing()).isEqualTo(Verdict.Standing.CLEAR);
        assertThat(only("noon", noon.minusSeconds(3_600)).standing())
                .isEqualTo(Verdict.Standing.CLEAR);
        shop.order("Bonn", noon.minusSeconds(1_700), 60);
        assertThat(only("noon", noon).standing()).isEqualTo(Verdict.Standing.WRONG);
    }

    @Test
    void anHourWithoutOrdersInAWeekThatHadSomeIsUsualNotUnknown() throws Exception {
        shop.watch(
                """
                - name: night
                  query: {measures: [orders.count], timeDimensions: [{dimension: orders.created_at, dateRange: from 1 hour ago to now}]}
                  when: {outside_baseline: {season: day, history: 4}}
                  notify: [ops]
                """);
        Instant night = Instant.parse("2026-11-23T03:00:00Z");
        assertThat(only("night", night).standing()).isEqualTo(Verdict.Standing.UNKNOWN);
        for (int day = 1; day <= 5; day++) {
            shop.order("Bonn", night.minus(Duration.ofDays(day)).plusSeconds(36_000), 5);
        }

        assertThat(only("night", night).standing()).isEqualTo(Verdict.Standing.CLEAR);
        shop.order("Bonn", night.minusSeconds(60), 5);
        assertThat(only("night", night).standing()).isEqualTo(Verdict.Standing.WRONG);
    }
}
