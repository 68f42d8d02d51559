package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.test.SettableClock;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Queries that take until a test lets them land, on a clock that the test moves. */
@Timeout(60)
class FlightsTest {

    private static final Duration ABANDONED = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofMillis(1);
    private static final Duration LONG = Duration.ofSeconds(50);

    private final SettableClock clock = SettableClock.at("2026-03-01T00:00:00Z");
    private final CountDownLatch landing = new CountDownLatch(1);
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stop() {
        landing.countDown();
        threads.close();
    }

    private Flights flights(Duration patience, int most) {
        return new Flights(
                new FlightSettings(patience, ABANDONED, most), clock, new SimpleMeterRegistry());
    }

    /** Lands when the test says so. */
    private Flights.Work slow() {
        begun.incrementAndGet();
        return new Flights.Work(
                () -> {
                    landing.await();
                    return new Results(List.of(), Instant.EPOCH, Reads.UNKNOWN, java.util.Map.of());
                },
                ended::incrementAndGet);
    }

    private Flights.Work failing() {
        begun.incrementAndGet();
        return new Flights.Work(
                () -> {
                    throw new IllegalArgumentException("no such table");
                },
                ended::incrementAndGet);
    }

    @Test
    void whoAsksTooEarlyIsToldSoAndGetsTheResultOfTheSameQueryLater() throws Exception {
        Flights impatient = flights(SOON, 10);
        assertThat(impatient.await("a", this::slow)).isEmpty();
        assertThat(impatient.await("a", this::slow)).isEmpty();
        assertThat(begun).hasValue(1);

        landing.countDown();

        Eventually.within(LONG, () -> assertThat(arrivesAt(impatient, "a")).isTrue());
        assertThat(begun).hasValue(1);
        assertThat(impatient.underWay()).isZero();
    }

    private boolean arrivesAt(Flights flights, Object key) throws Exception {
        Optional<Flights.Arrival> arrival = flights.await(key, this::slow);
        arrival.ifPresent(Flights.Arrival::close);
        return arrival.isPresent();
    }

    @Test
    void whoAsksAfterAResultWasTakenAsksAnew() throws Exception {
        landing.countDown();
        Flights flights = flights(LONG, 10);

        assertThat(arrivesAt(flights, "a")).isTrue();
        assertThat(arrivesAt(flights, "a")).isTrue();

        assertThat(begun).hasValue(2);
        assertThat(ended).hasValue(2);
    }

    @Test
    void manyWhoAskTheSameShareOneQueryAndItsMemoryUntilTheLastIsServed() throws Exception {
        Flights flights = flights(LONG, 10);
        List<Future<Optional<Flights.Arrival>>> waiting = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            waiting.add(threads.submit(() -> flights.await("a", this::slow)));
        }
        Eventually.within(LONG, () -> assertThat(flights.underWay()).isEqualTo(1));
        Eventually.within(LONG, () -> assertThat(waitingFor(flights)).isEqualTo(5));

        landing.countDown();
        List<Flights.Arrival> arrivals = new ArrayList<>();
        for (Future<Optional<Flights.Arrival>> one : waiting) {
            arrivals.add(one.get().orElseThrow());
        }

        assertThat(begun).hasValue(1);
        for (Flights.Arrival arrival : arrivals) {
            assertThat(ended).hasValue(0);
            assertThat(arrival.results().readAt()).isEqualTo(Instant.EPOCH);
            arrival.close();
            arrival.close();
        }
        assertThat(ended).hasValue(1);
    }

    /** How many wait for the only flight; an abandoned one would have none. */
    private static int waitingFor(Flights flights) {
        return flights.waiting();
    }

    @Test
    void aQueryThatSomebodyWaitsForIsNeverAbandoned() throws Exception {
        Flights patient = flights(LONG, 10);
        Future<Optional<Flights.Arrival>> waiting =
                threads.submit(() -> patient.await("a", this::slow));
        Eventually.within(LONG, () -> assertThat(waitingFor(patient)).isEqualTo(1));

        // As when the wait is longer than what counts as abandoned.
        clock.advance(ABANDONED.multipliedBy(3));
        patient.endAbandoned();
        assertThat(ended).hasValue(0);
        landing.countDown();

        assertThat(waiting.get()).isPresent();
    }

    @Test
    void aQueryIsAbandonedOnlySomeTimeAfterTheLastOneWhoWaitedHasLeft() throws Exception {
        Flights flights = flights(SOON, 10);
        assertThat(flights.await("a", this::slow)).isEmpty();
        clock.advance(ABANDONED);
        flights.endAbandoned();
        assertThat(ended).hasValue(0);

        assertThat(flights.await("a", this::slow)).isEmpty();
        clock.advance(ABANDONED);
        flights.endAbandoned();
        assertThat(ended).hasValue(0);

        clock.advance(Duration.ofSeconds(1));
        flights.endAbandoned();
        flights.endAbandoned();
        assertThat(ended).hasValue(1);
        assertThat(flights.underWay()).isZero();
    }

    @Test
    void aResultThatNobodyFetchesIsGivenBack() throws Exception {
        Flights flights = flights(SOON, 10);
        assertThat(flights.await("a", this::slow)).isEmpty();
        landing.countDown();

        clock.advance(ABANDONED.plusSeconds(1));
        flights.endAbandoned();

        assertThat(ended).hasValue(1);
        assertThat(flights.underWay()).isZero();
    }

    @Test
    void whoAsksAgainInTimeFindsAResultThatLandedMeanwhile() throws Exception {
        Flights flights = flights(SOON, 10);
        assertThat(flights.await("a", this::slow)).isEmpty();
        landing.countDown();
        // Three replicas, each asked in turn.
        clock.advance(Duration.ofSeconds(20));
        flights.endAbandoned();

        Eventually.within(LONG, () -> assertThat(arrivesAt(flights, "a")).isTrue());
        assertThat(begun).hasValue(1);
    }

    @Test
    void moreQueriesThanMayBeUnderWayAreRefusedUntilOneIsDone() throws Exception {
        Flights flights = flights(SOON, 2);
        assertThat(flights.await("a", this::slow)).isEmpty();
        assertThat(flights.await("b", this::slow)).isEmpty();

        assertThatThrownBy(() -> flights.await("c", this::slow))
                .isInstanceOf(BusyException.class)
                .hasMessage("Too many queries are under way; try again in a moment");
        assertThat(flights.await("b", this::slow)).as("who joins is no new one").isEmpty();

        landing.countDown();
        Eventually.within(LONG, () -> assertThat(arrivesAt(flights, "a")).isTrue());
        Eventually.within(LONG, () -> assertThat(arrivesAt(flights, "c")).isTrue());
    }

    @Test
    void aFailureIsToldToWhoeverAsksAndThenForgotten() throws Exception {
        Flights flights = flights(LONG, 10);
        for (int i = 1; i <= 2; i++) {
            assertThatThrownBy(() -> flights.await("a", this::failing))
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseMessage("no such table");
            assertThat(begun).hasValue(i);
            assertThat(ended).hasValue(i);
        }
        assertThat(flights.underWay()).isZero();
    }

    @Test
    void whoIsInterruptedLeavesTheQueryToOthers() throws Exception {
        Flights flights = flights(LONG, 10);
        Future<Optional<Flights.Arrival>> first =
                threads.submit(() -> flights.await("a", this::slow));
        Future<Optional<Flights.Arrival>> second =
                threads.submit(() -> flights.await("a", this::slow));
        Eventually.within(LONG, () -> assertThat(waitingFor(flights)).isEqualTo(2));

        first.cancel(true);
        Eventually.within(LONG, () -> assertThat(waitingFor(flights)).isEqualTo(1));
        landing.countDown();

        assertThat(second.get()).isPresent();
        assertThat(begun).hasValue(1);
    }

    @Test
    void queriesAreGivenUpAfterAMinuteUnlessSaidOtherwise() {
        FlightSettings settings =
                new Binder(new MapConfigurationPropertySource(Map.of()))
                        .bindOrCreate("millrace.serving", FlightSettings.class);

        assertThat(settings)
                .isEqualTo(new FlightSettings(Duration.ofSeconds(5), Duration.ofSeconds(60), 200));
    }

    @Test
    void settingsThatCannotWorkAreRefusedAtStart() {
        assertThatThrownBy(() -> new FlightSettings(Duration.ZERO, ABANDONED, 1))
                .hasMessageContaining("continue-wait-timeout");
        assertThatThrownBy(() -> new FlightSettings(SOON, Duration.ofSeconds(-1), 1))
                .hasMessageContaining("abandoned-after");
        assertThatThrownBy(() -> new FlightSettings(SOON, ABANDONED, 0))
                .hasMessageContaining("max-queries");
    }
}
