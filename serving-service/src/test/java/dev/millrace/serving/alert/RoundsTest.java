package dev.millrace.serving.alert;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Alerts over a real warehouse and real state, with a clock that the test sets. */
class RoundsTest {

    private static final Duration STEP = Duration.ofSeconds(5);
    private static final Instant TEN = Instant.parse("2026-11-23T10:00:00Z");

    private static final String STOPPED =
            """
            - name: orders_stopped
              description: No orders come in
              query: {measures: [orders.count], timeDimensions: %s}
              when: {below: 1, for: 5m}
              severity: critical
              notify: [ops]
            """
                    .formatted(WatchedShop.MINUTES);

    private WatchedShop shop;

    @BeforeEach
    void open() {
        shop = new WatchedShop();
    }

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void anAlertForStoppedOrdersFiresWithinItsTimeAndTenSecondsAndResolvesByItself()
            throws Exception {
        shop.watch(STOPPED);
        // Not at a full minute: its buckets are to end with the evaluation, not with the clock's.
        Instant last = TEN.plusSeconds(17);
        for (int i = 30; i >= 0; i--) {
            shop.order("Bonn", last.minusSeconds(60L * i));
        }
        shop.clock.set(last);
        shop.pass(Duration.ofMinutes(5), STEP);
        assertThat(shop.states("orders_stopped")).containsExactly("pending");

        shop.pass(Duration.ofSeconds(10), STEP);
        assertThat(shop.states("orders_stopped")).containsExactly("firing");
        Instance firing = shop.only("orders_stopped");
        assertThat(Duration.between(last, firing.firedAt()))
                .isBetween(Duration.ofMinutes(5), Duration.ofSeconds(310));
        assertThat(shop.told()).containsExactly("firing orders_stopped");
        JsonNode alert = shop.receiver.calls().getFirst().json().path("alerts").get(0);
        assertThat(alert.path("labels").toString())
                .isEqualTo("{\"alertname\":\"orders_stopped\",\"severity\":\"critical\"}");
        assertThat(alert.path("annotations").path("summary").asString())
                .isEqualTo("orders_stopped: orders.count is 0, below 1 for 5m");
        assertThat(alert.path("annotations").path("description").asString())
                .isEqualTo("No orders come in");

        shop.order("Bonn", shop.clock.instant().plusSeconds(2));
        shop.pass(Duration.ofSeconds(10), STEP);
        assertThat(shop.states("orders_stopped")).containsExactly("resolved");
        shop.pass(Duration.ofSeconds(20), STEP);
        assertThat(shop.told()).containsExactly("firing orders_stopped", "resolved orders_stopped");
        assertThat(shop.store.history("orders_stopped", null, null, null, 10).reversed())
                .extracting(AlertStore.Change::to)
                .containsExactly("pending", "firing", "resolved");
        assertThat(shop.store.history("orders_stopped", null, null, null, 10).get(1).evidence())
                .containsEntry("condition", "below 1 for 5m");
    }

    @Test
    void aServiceThatWasAwayForgetsNothing() {
        shop.order("Bonn", TEN);
        shop.clock.set(TEN.plusSeconds(302));
        shop.watch(STOPPED);

        // The first evaluation there ever was: the data says for how long.
        shop.evaluate();
        assertThat(shop.states("orders_stopped")).containsExactly("firing");
        assertThat(shop.only("orders_stopped").pendingSince()).isEqualTo(TEN.plusSeconds(2));
    }

    @Test
    void rowsAreNotCountedBeforeTheyHappenedNorTwice() throws Exception {
        shop.watch(
                """
                - name: many
                  query: {measures: [orders.count], timeDimensions: [{dimension: orders.created_at, granularity: second, dateRange: from 20 seconds ago to now}]}
                  when: {above: 2, for: 3s}
                  every: 1s
                  notify: [ops]
                """);
        for (int i = 0; i < 20; i++) {
            // To the microsecond before the second ends, three in each.
            shop.order("Bonn", TEN.plusSeconds(i).plusNanos(999_999_000), 3);
        }
        shop.clock.set(TEN.plusSeconds(2));
        shop.pass(Duration.ofSeconds(1), Duration.ofSeconds(1));

        assertThat(shop.states("many")).containsExactly("firing");
        assertThat(shop.only("many").value()).isEqualByComparingTo("3");
    }

    @Test
    void eachCombinationOfValuesIsAnInstanceAndOneThatVanishesCountsZero() throws Exception {
        shop.watch(
                """
                - name: by_city
                  query: {measures: [orders.count], dimensions: [orders.city], timeDimensions: %s}
                  when: {below: 1, for: 5m}
                  group_by: [city]
                  repeat_every: 10h
                  notify: [ops]
                """
                        .formatted(WatchedShop.MINUTES));
        for (int minute = 0; minute < 120; minute++) {
            shop.order("Bonn", TEN.plusSeconds(60L * minute));
        }
        shop.order("O'Ulm", TEN.plusSeconds(60));
        shop.clock.set(TEN.plusSeconds(90));
        // Longer than the query's range: there are no rows of it any more.
        shop.pass(Duration.ofMinutes(50), Duration.ofSeconds(30));

        assertThat(shop.store.instances("by_city"))
                .extracting(i -> i.labels().get("city") + " " + i.state().text())
                .containsExactlyInAnyOrder("Bonn inactive", "O'Ulm firing");
        assertThat(shop.told()).containsExactly("firing by_city");
        JsonNode call = shop.receiver.calls().getFirst().json();
        assertThat(call.path("groupLabels").toString())
                .isEqualTo("{\"alertname\":\"by_city\",\"city\":\"O'Ulm\"}");
        assertThat(call.path("alerts")).hasSize(1);
    }

    @Test
    void itFiresBelowOneAndResolvesAtFiveForTwoMinutes() throws Exception {
        shop.watch(
                """
                - name: slack
                  query: {measures: [orders.count], timeDimensions: %s}
                  when: {below: 1, for: 1m, resolve_at: 5, resolve_for: 2m}
                  notify: [ops]
                """
                        .formatted(WatchedShop.MINUTES));
        shop.pass(STEP, STEP);
        assertThat(shop.states("slack")).containsExactly("firing");

        shop.order("Bonn", shop.clock.instant(), 4);
        shop.pass(Duration.ofSeconds(30), STEP);
        assertThat(shop.states("slack")).containsExactly("firing");

        for (int second = 0; second < 130; second += 10) {
            shop.order("Bonn", shop.clock.instant().plusSeconds(second), 5);
        }
        // Of the two minutes that end now, the first had four.
        shop.pass(Duration.ofMinutes(1), STEP);
        assertThat(shop.states("slack")).containsExactly("firing");
        shop.pass(STEP, STEP);
        assertThat(shop.states("slack")).containsExactly("resolved");
    }

    @Test
    void withoutUnitsOfTimeTheTimeIsStored() throws Exception {
        shop.watch(
                """
                - name: total
                  query: {measures: [orders.revenue], timeDimensions: [{dimension: orders.created_at, dateRange: from 1 hour ago to now}]}
                  when: {above: 10, for: 1m}
                  notify: [ops]
                """);
        shop.order("Bonn", TEN, 11);
        shop.pass(STEP, STEP);
        assertThat(shop.states("total")).containsExactly("pending");
        assertThat(shop.only("total").pendingSince()).isEqualTo(TEN.plusSeconds(5));
        // Another replica goes on with the same time.
        shop.pass(Duration.ofSeconds(55), STEP);
        assertThat(shop.states("total")).containsExactly("pending");
        shop.pass(STEP, STEP);
        assertThat(shop.states("total")).containsExactly("firing");
    }

    @Test
    void aDayIsJudgedWhenItIsComplete() throws Exception {
        shop.watch(
                """
                - name: daily
                  query: {measures: [orders.count], timeDimensions: [{dimension: orders.created_at, granularity: day, dateRange: from 7 days ago to now}], timezone: Europe/Berlin}
                  when: {below: 5}
                  notify: [ops]
                """);
        shop.order("Bonn", Instant.parse("2026-11-22T12:00:00Z"), 9);
        shop.order("Bonn", TEN, 2);
        shop.pass(STEP, STEP);
        assertThat(shop.states("daily")).containsExactly("inactive");
        assertThat(shop.only("daily").value()).isEqualByComparingTo("9");

        // Midnight in Berlin.
        shop.clock.set(Instant.parse("2026-11-23T22:59:55Z"));
        shop.pass(Duration.ofSeconds(1), Duration.ofSeconds(1));
        assertThat(shop.states("daily")).containsExactly("inactive");
        shop.clock.set(Instant.parse("2026-11-23T23:00:05Z"));
        shop.pass(Duration.ofSeconds(1), Duration.ofSeconds(1));
        assertThat(shop.states("daily")).containsExactly("firing");
        assertThat(shop.only("daily").value()).isEqualByComparingTo("2");
    }

    @Test
    void absentIsNoRowsAtAll() throws Exception {
        shop.watch(
                """
                - name: gone
                  query: {measures: [orders.count], dimensions: [orders.city], timeDimensions: [{dimension: orders.created_at, dateRange: from 10 minutes ago to now}]}
                  when: {absent: true}
                  notify: [ops]
                """);
        shop.order("Bonn", TEN);
        shop.pass(STEP, STEP);
        assertThat(shop.states("gone")).containsExactly("inactive");
        shop.clock.advance(Duration.ofMinutes(12));
        shop.pass(STEP, STEP);
        assertThat(shop.states("gone")).containsExactly("firing");
        assertThat(shop.only("gone").labels()).isEmpty();
    }

    @Test
    void outsideTheCalendarNothingFiresAndClosedTimeDoesNotCount() throws Exception {
        // A Monday; it opens at seven in UTC.
        Instant opening = Instant.parse("2026-11-23T07:00:00Z");
        shop.clock.set(opening.minusSeconds(600));
        shop.watch(
                STOPPED + "  calendar: {open: \"Mo-Sa 08:00-22:00\", timezone: Europe/Berlin}\n");
        shop.pass(Duration.ofMinutes(10), STEP);
        assertThat(shop.states("orders_stopped")).allMatch(s -> s.equals("inactive"));

        shop.pass(Duration.ofSeconds(295), STEP);
        assertThat(shop.states("orders_stopped")).containsExactly("pending");
        shop.pass(Duration.ofSeconds(5), STEP);
        assertThat(shop.states("orders_stopped")).containsExactly("firing");

        // At closing time it ends, and says why.
        shop.clock.set(Instant.parse("2026-11-23T20:59:55Z"));
        shop.pass(Duration.ofSeconds(10), STEP);
        assertThat(shop.states("orders_stopped")).containsExactly("resolved");
        assertThat(shop.only("orders_stopped").note()).isEqualTo("closed by the calendar");
        assertThat(shop.told())
                .contains("firing orders_stopped")
                .last()
                .isEqualTo("resolved orders_stopped");
    }

    @Test
    void whatIsFarFromEarlierWeeksFires() throws Exception {
        String unusual =
                """
                - name: unusual
                  query: {measures: [orders.count], timeDimensions: %s}
                  when: {outside_baseline: {season: week, sensitivity: 3, history: 4}, for: 2m}
                  notify: [ops]
                """
                        .formatted(WatchedShop.MINUTES);
        shop.watch(unusual);
        shop.order("Bonn", TEN, 1);
        shop.pass(STEP, STEP);
        assertThat(shop.states("unusual")).containsExactly("inactive");
        assertThat(shop.only("unusual").note())
                .isEqualTo("too little history: fewer than 3 of 4 seasons have data");
        assertThat(shop.store.row("unusual").orElseThrow().note()).startsWith("too little history");

        for (int week = 1; week <= 4; week++) {
            for (int minute = -10; minute < 20; minute++) {
                Instant then = TEN.plusSeconds(60L * minute).minus(Duration.ofDays(7L * week));
                shop.order("Bonn", then.plusSeconds(1), 20 + week);
            }
        }
        for (int minute = -10; minute < 5; minute++) {
            shop.order("Bonn", TEN.plusSeconds(60L * minute + 1), 22);
        }
        shop.pass(Duration.ofMinutes(4), Duration.ofSeconds(20));
        assertThat(shop.states("unusual")).containsExactly("inactive");
        assertThat(shop.only("unusual").note()).isNull();

        // Then there are none, which at this time is not usual.
        shop.pass(Duration.ofMinutes(4), Duration.ofSeconds(20));
        assertThat(shop.states("unusual")).containsExactly("firing");
        assertThat(shop.only("unusual").evidence()).containsKeys("median", "tolerance");
    }

    @Test
    void anAlertThatCannotBeEvaluatedIsTold() throws Exception {
        shop.watch(
                """
                - name: broken
                  query: {measures: [orders.broken]}
                  when: {above: 1}
                  notify: [ops]
                """);
        shop.order("Bonn", TEN);
        shop.pass(Duration.ofSeconds(10), STEP);
        assertThat(shop.store.row("broken").orElseThrow().failures()).isEqualTo(2);
        assertThat(shop.told()).isEmpty();
        shop.pass(Duration.ofSeconds(20), STEP);

        AlertStore.Row row = shop.store.row("broken").orElseThrow();
        assertThat(row.error()).contains("division by zero");
        assertThat(row.errorSince()).isEqualTo(TEN.plusSeconds(5));
        assertThat(shop.told()).containsExactly("firing broken");
        JsonNode alert = shop.receiver.calls().getFirst().json().path("alerts").get(0);
        assertThat(alert.path("annotations").path("summary").asString())
                .isEqualTo("broken: alert cannot be evaluated");
        assertThat(alert.path("labels").path("millrace_state").asString()).isEqualTo("error");

        shop.execute("DELETE FROM shop.orders");
        shop.pass(Duration.ofSeconds(10), STEP);
        assertThat(shop.told()).containsExactly("firing broken", "resolved broken");
        assertThat(shop.store.row("broken").orElseThrow().error()).isNull();
    }

    @Test
    void aQueryThatTakesTooLongIsAnError() throws Exception {
        shop.watch(
                """
                - name: slow
                  query: {measures: [orders.slow]}
                  when: {above: 1}
                  notify: [ops]
                """);
        shop.order("Bonn", TEN);
        shop.pass(STEP, STEP);

        assertThat(shop.store.row("slow").orElseThrow().error())
                .isEqualTo("the query took too long");
    }

    @Test
    void aSilencedAlertFiresWithoutAWordUntilTheSilenceEnds() throws Exception {
        shop.watch(STOPPED);
        shop.silences.add(
                List.of(new Matcher("severity", "crit.*", true, true)),
                TEN,
                TEN.plusSeconds(600),
                "ann",
                "maintenance",
                TEN);
        shop.pass(Duration.ofSeconds(590), STEP);
        assertThat(shop.states("orders_stopped")).containsExactly("firing");
        assertThat(shop.only("orders_stopped").mutedBy()).startsWith("silence ");
        assertThat(shop.told()).isEmpty();

        shop.pass(Duration.ofSeconds(10), STEP);
        assertThat(shop.told()).containsExactly("firing orders_stopped");
    }

    @Test
    void whileOneFiresTheOtherIsNotTold() throws Exception {
        shop.watch(
                STOPPED
                        + """
                        - name: by_city
                          query: {measures: [orders.count], dimensions: [orders.city], timeDimensions: %s}
                          when: {below: 1, for: 5m}
                          inhibited_by: [orders_stopped]
                          notify: [ops]
                        """
                                .formatted(WatchedShop.MINUTES));
        shop.order("Bonn", TEN.minusSeconds(60));
        shop.clock.set(TEN.minusSeconds(30));
        shop.pass(Duration.ofMinutes(10), STEP);
        assertThat(shop.states("by_city")).containsExactly("firing");
        assertThat(shop.only("by_city").mutedBy()).isEqualTo("alert orders_stopped");

        shop.order("Ulm", shop.clock.instant());
        shop.pass(Duration.ofSeconds(15), STEP);
        assertThat(shop.told())
                .startsWith("firing orders_stopped")
                .contains("resolved orders_stopped", "firing by_city")
                .filteredOn(told -> told.equals("firing by_city"))
                .hasSize(1);
    }

    @Test
    void whatStillFiresIsRepeatedUnlessSomebodyLooksAfterIt() throws Exception {
        shop.watch(STOPPED + "  repeat_every: 10m\n");
        shop.pass(Duration.ofMinutes(21), Duration.ofSeconds(30));
        assertThat(shop.told())
                .containsExactly(
                        "firing orders_stopped", "firing orders_stopped", "firing orders_stopped");

        shop.store.save(
                "orders_stopped",
                shop.only("orders_stopped")
                        .acknowledged(
                                new Instance.Acknowledgement(
                                        shop.clock.instant(), "ann", "on it")));
        shop.pass(Duration.ofMinutes(30), Duration.ofSeconds(30));
        assertThat(shop.told()).hasSize(3);
        assertThat(shop.only("orders_stopped").acknowledgement()).isNotNull();
    }

    @Test
    void aFirstNotificationWaitsForMoreOfItsGroup() throws Exception {
        shop.watch(
                """
                - name: by_city
                  query: {measures: [orders.count], dimensions: [orders.city], timeDimensions: %s}
                  when: {below: 1, for: 2m}
                  group_wait: 60s
                  notify: [ops]
                """
                        .formatted(WatchedShop.MINUTES));
        shop.order("Bonn", TEN);
        shop.order("Ulm", TEN.plusSeconds(30));
        shop.clock.set(TEN.plusSeconds(31));
        shop.pass(Duration.ofSeconds(135), STEP);
        assertThat(shop.states("by_city")).containsExactly("firing", "firing");
        assertThat(shop.told()).isEmpty();

        shop.pass(Duration.ofMinutes(1), STEP);
        assertThat(shop.receiver.calls()).hasSize(1);
        assertThat(shop.receiver.calls().getFirst().json().path("alerts")).hasSize(2);
    }

    @Test
    void twoEvaluatorsTellEachChangeOnce() throws Exception {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            many.append(STOPPED.replace("orders_stopped", "stopped_" + i));
        }
        shop.watch(many.toString());
        CountDownLatch begin = new CountDownLatch(1);
        try (ExecutorService replicas = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> both = List.of(replica(replicas, begin), replica(replicas, begin));
            begin.countDown();
            for (Future<?> one : both) {
                one.get();
            }
        }

        assertThat(shop.told()).hasSize(10).doesNotHaveDuplicates();
        assertThat(shop.jdbc.sql("SELECT count(*) FROM alert_history").query(Long.class).single())
                .isEqualTo(10);
    }

    private Future<?> replica(ExecutorService replicas, CountDownLatch begin) {
        return replicas.submit(
                () -> {
                    begin.await();
                    for (int i = 0; i < 20; i++) {
                        Rounds rounds = shop.rounds();
                        rounds.claim(2).forEach(rounds::evaluate);
                        Deliveries deliveries = shop.deliveries();
                        for (Notification due : deliveries.claim(2)) {
                            deliveries.deliver(due);
                        }
                    }
                    return null;
                });
    }

    @Test
    void whoDiesInTheMiddleLosesItsLeaseAndWhoIsLateWritesNothing() {
        shop.watch(STOPPED);
        AlertStore.Claim dead = shop.rounds().claim(1).getFirst();
        assertThat(shop.rounds().claim(1)).isEmpty();

        shop.clock.advance(Duration.ofSeconds(8));
        List<AlertStore.Claim> again = shop.rounds().claim(1);
        assertThat(again).hasSize(1);
        // It was not dead after all, but it is too late.
        shop.rounds().evaluate(dead);
        assertThat(shop.store.instances("orders_stopped")).isEmpty();
        shop.rounds().evaluate(again.getFirst());
        assertThat(shop.states("orders_stopped")).containsExactly("firing");
    }

    @Test
    void anAlertThatLeavesTheProjectIsToldToBeOver() throws Exception {
        shop.watch(STOPPED);
        shop.pass(STEP, STEP);
        assertThat(shop.told()).containsExactly("firing orders_stopped");

        shop.watch("");
        shop.pass(STEP, STEP);
        // Another replica may have it still.
        assertThat(shop.states("orders_stopped")).containsExactly("firing");
        shop.clock.advance(Duration.ofMinutes(3));
        shop.rounds().follow();
        shop.deliver();

        assertThat(shop.store.row("orders_stopped")).isEmpty();
        assertThat(shop.told()).containsExactly("firing orders_stopped", "resolved orders_stopped");
        JsonNode first = shop.receiver.calls().getFirst().json().path("alerts").get(0);
        JsonNode last = shop.receiver.calls().getLast().json().path("alerts").get(0);
        assertThat(last.path("fingerprint")).isEqualTo(first.path("fingerprint"));
        assertThat(shop.store.history("orders_stopped", null, null, null, 10).getFirst().to())
                .isEqualTo("resolved");
    }

    @Test
    void whoLookedAfterItIsDoneWhenAllIsWell() throws Exception {
        shop.watch(STOPPED);
        shop.order("Bonn", TEN.minusSeconds(120));
        shop.pass(STEP, STEP);
        assertThat(shop.states("orders_stopped")).containsExactly("pending");
        shop.store.save(
                "orders_stopped",
                shop.only("orders_stopped")
                        .acknowledged(new Instance.Acknowledgement(TEN, "ann", "on it")));
        shop.order("Bonn", shop.clock.instant());
        shop.pass(STEP, STEP);

        assertThat(shop.states("orders_stopped")).containsExactly("inactive");
        assertThat(shop.only("orders_stopped").acknowledgement()).isNull();
    }

    @Test
    void anInstanceThatIsWellIsForgottenADayAfterItsLastRow() throws Exception {
        shop.watch(
                """
                - name: high
                  query: {measures: [orders.count], dimensions: [orders.city], timeDimensions: %s}
                  when: {above: 10}
                  notify: [ops]
                """
                        .formatted(WatchedShop.MINUTES));
        shop.order("Bonn", TEN);
        shop.pass(STEP, STEP);
        shop.clock.advance(Duration.ofHours(23));
        shop.pass(STEP, STEP);
        assertThat(shop.states("high")).containsExactly("inactive");
        shop.clock.advance(Duration.ofHours(2));
        shop.pass(STEP, STEP);
        assertThat(shop.states("high")).isEmpty();
    }

    @Test
    void otherDimensionsMakeOtherInstancesAndEndTheOld() throws Exception {
        String byCity =
                """
                - name: high
                  query: {measures: [orders.count], dimensions: [orders.city], timeDimensions: %s}
                  when: {above: 2}
                  notify: [ops]
                """
                        .formatted(WatchedShop.MINUTES);
        shop.watch(byCity);
        shop.order("Bonn", TEN, 5);
        shop.pass(STEP, STEP);
        assertThat(shop.states("high")).containsExactly("firing");

        shop.watch(byCity.replace("dimensions: [orders.city], ", ""));
        shop.pass(STEP, STEP);
        assertThat(shop.store.instances("high"))
                .extracting(i -> i.labels() + " " + i.state().text())
                .containsExactlyInAnyOrder("{city=Bonn} resolved", "{} firing");
        assertThat(shop.told()).containsExactly("firing high", "firing high");
        assertThat(shop.receiver.calls().getLast().json().path("alerts")).hasSize(2);
    }

    @Test
    void whatIsOldIsForgotten() throws Exception {
        shop.watch(STOPPED);
        shop.pass(STEP, STEP);
        shop.silences.add(
                List.of(new Matcher("a", "b", false, true)),
                TEN,
                TEN.plusSeconds(60),
                "ann",
                "x",
                TEN);
        AlertRetention retention =
                new AlertRetention(shop.store, shop.notifications, shop.settings, shop.clock);
        shop.clock.advance(Duration.ofDays(89));
        retention.forget();
        assertThat(shop.store.hasHistory("orders_stopped")).isTrue();
        shop.clock.advance(Duration.ofDays(2));
        retention.forget();

        assertThat(shop.store.hasHistory("orders_stopped")).isFalse();
        assertThat(shop.notifications.page(null, null, null, 10)).isEmpty();
        assertThat(shop.silences.page(shop.clock.instant(), true, "", 10)).isEmpty();
    }

    @Test
    void evaluationsKeepStepAndDoNotMakeUpForWhatTheyMissed() {
        assertThat(Rounds.next(TEN, STEP, TEN.plusMillis(300))).isEqualTo(TEN.plusSeconds(5));
        assertThat(Rounds.next(TEN, STEP, TEN.plusSeconds(3_602)))
                .isEqualTo(TEN.plusSeconds(3_605));
    }

    @Test
    void aDayOfHistoryIsReplayed() throws Exception {
        shop.watch(STOPPED);
        for (int minute = 0; minute < 600; minute++) {
            if (minute < 200 || minute > 230) {
                shop.order("Bonn", TEN.plusSeconds(60L * minute + 1));
            }
        }

        Replay.Story story =
                shop.replay.of(
                        shop.alert("orders_stopped"),
                        TEN.plusSeconds(3_600),
                        TEN.plusSeconds(36_000),
                        Duration.ofMinutes(1));

        assertThat(story.complete()).isTrue();
        assertThat(story.firings()).isEqualTo(1);
        assertThat(story.changes())
                .extracting(c -> c.at() + " " + c.to())
                .containsExactly(
                        TEN.plusSeconds(201 * 60) + " pending",
                        TEN.plusSeconds(205 * 60) + " firing",
                        TEN.plusSeconds(232 * 60) + " resolved");
        // Nothing of it is written down.
        assertThat(shop.store.instances("orders_stopped")).isEmpty();
    }
}
