package dev.millrace.serving.query;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Queries under way. Whoever asks waits for some seconds and is then told to ask again, as Cube's
 * clients do; the query goes on meanwhile, and whoever asks the same again gets its result. A query
 * that nobody asks for any more is ended.
 */
@Component
class Flights implements AutoCloseable {

    private final Map<Object, Flight> flights = new HashMap<>();

    /**
     * Of the platform: there are no more of them than queries, and one that waits for the
     * warehouse's answer is woken in a third of the time that a virtual one takes.
     */
    private final ExecutorService threads =
            Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("query-", 0).factory());

    private final FlightSettings settings;
    private final Clock clock;

    /**
     * What a flight carries out.
     *
     * @param results runs on a thread of its own
     * @param end stops it if it still runs, and gives back what its results hold; called once
     */
    record Work(Callable<Results> results, Runnable end) {}

    /** One query under way; its changing parts are guarded by the flights. */
    private static final class Flight {
        private final FutureTask<Results> task;
        private final Runnable end;
        private int waiting;
        private final Instant began;
        private Instant lastAsked;
        private boolean removed;

        Flight(Work work, Instant now) {
            this.began = now;
            this.task = new FutureTask<>(work.results());
            this.end = work.end();
            this.lastAsked = now;
        }
    }

    /** Results that whoever asked has in hand until they are sent. */
    final class Arrival implements AutoCloseable {

        private final Flight flight;
        private final Results results;
        private final Instant asked;
        private boolean closed;

        private Arrival(Flight flight, Results results, Instant asked) {
            this.flight = flight;
            this.results = results;
            this.asked = asked;
        }

        /**
         * Whether the query began before it was asked for, but not so long before that the same
         * caller may have asked for it then, and was told to ask again.
         */
        boolean isOlderThanItsRequest() {
            return flight.began.isBefore(asked)
                    && flight.began.plus(settings.continueWaitTimeout()).isAfter(asked);
        }

        Results results() {
            return results;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                leave(flight);
            }
        }
    }

    Flights(FlightSettings settings, Clock clock, MeterRegistry meters) {
        this.settings = settings;
        this.clock = clock;
        Gauge.builder("millrace.serving.queries.underway", this, Flights::underWay)
                .description("Queries under way, waiting ones included")
                .register(meters);
        Gauge.builder("millrace.serving.requests.waiting", this, Flights::waiting)
                .description("Requests that wait for a query just now")
                .register(meters);
    }

    /**
     * The results, if they come soon enough.
     *
     * @param key what makes two requests the same
     * @throws BusyException if too many queries are under way
     */
    Optional<Arrival> await(Object key, Supplier<Work> work)
            throws ExecutionException, InterruptedException {
        Instant asked = clock.instant();
        Flight flight = join(key, work);
        boolean arrived = false;
        try {
            Results results =
                    flight.task.get(
                            settings.continueWaitTimeout().toMillis(), TimeUnit.MILLISECONDS);
            remove(key, flight);
            arrived = true;
            return Optional.of(new Arrival(flight, results, asked));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            remove(key, flight);
            throw e;
        } finally {
            if (!arrived) {
                leave(flight);
            }
        }
    }

    private synchronized Flight join(Object key, Supplier<Work> work) {
        Flight flight = flights.get(key);
        if (flight == null) {
            if (flights.size() >= settings.maxQueries()) {
                throw new BusyException("Too many queries are under way");
            }
            flight = new Flight(work.get(), clock.instant());
            // First, as there may be no thread for it.
            threads.execute(flight.task);
            flights.put(key, flight);
        }
        flight.waiting++;
        return flight;
    }

    /** Who asks from now on gets a result of then. */
    private synchronized void remove(Object key, Flight flight) {
        if (flights.remove(key, flight)) {
            flight.removed = true;
        }
    }

    private void leave(Flight flight) {
        if (isLast(flight)) {
            flight.end.run();
        }
    }

    private synchronized boolean isLast(Flight flight) {
        flight.waiting--;
        flight.lastAsked = clock.instant();
        return flight.removed && flight.waiting == 0;
    }

    @Override
    public void close() {
        threads.shutdown();
    }

    synchronized int underWay() {
        return flights.size();
    }

    /** How many wait just now. */
    synchronized int waiting() {
        return flights.values().stream().mapToInt(flight -> flight.waiting).sum();
    }

    @Scheduled(fixedDelay = 2_000)
    void endAbandoned() {
        // Ending one takes a connection to the database, which must keep no caller waiting.
        takeAbandoned().forEach(flight -> flight.end.run());
    }

    private synchronized List<Flight> takeAbandoned() {
        Instant last = clock.instant().minus(settings.abandonedAfter());
        List<Flight> abandoned = new ArrayList<>();
        flights.values()
                .removeIf(
                        flight -> {
                            boolean left = flight.waiting == 0 && flight.lastAsked.isBefore(last);
                            if (left) {
                                flight.removed = true;
                                abandoned.add(flight);
                            }
                            return left;
                        });
        return abandoned;
    }
}
