package dev.millrace.serving.query;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Queries under way. Whoever asks waits for some seconds and is then told to ask again, as Cube's
 * clients do; the query goes on meanwhile, and whoever asks the same again gets its result. A query
 * that nobody asks for any more is stopped.
 */
@Component
class Flights {

    private final Map<Object, Flight> flights = new ConcurrentHashMap<>();
    private final Clock clock;
    private final Duration patience;
    private final Duration abandonedAfter;
    private final int most;

    /** What a flight carries out, and how to stop it. */
    record Work(Callable<List<ResultRows>> rows, Runnable stop) {}

    private static final class Flight {
        private final FutureTask<List<ResultRows>> task;
        private final Runnable stop;
        private volatile Instant asked;

        Flight(Work work, Instant asked) {
            this.task = new FutureTask<>(work.rows());
            this.stop = work.stop();
            this.asked = asked;
        }
    }

    Flights(
            Clock clock,
            @Value("${millrace.serving.continue-wait-timeout:5s}") Duration patience,
            @Value("${millrace.serving.abandoned-after:15s}") Duration abandonedAfter,
            @Value("${millrace.serving.max-queries:200}") int most) {
        this.clock = clock;
        this.patience = patience;
        this.abandonedAfter = abandonedAfter;
        this.most = most;
    }

    /**
     * The result, if it comes soon enough.
     *
     * @param key what makes two requests the same
     * @throws BusyException if too many queries are under way
     */
    Optional<List<ResultRows>> await(Object key, java.util.function.Supplier<Work> work)
            throws ExecutionException, InterruptedException {
        Flight flight =
                flights.computeIfAbsent(
                        key,
                        _ -> {
                            if (flights.size() >= most) {
                                throw new BusyException();
                            }
                            Flight begun = new Flight(work.get(), clock.instant());
                            Thread.ofVirtual().name("query").start(begun.task);
                            return begun;
                        });
        flight.asked = clock.instant();
        try {
            List<ResultRows> rows = flight.task.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            flights.remove(key, flight);
            return Optional.of(rows);
        } catch (ExecutionException e) {
            flights.remove(key, flight);
            throw e;
        } catch (TimeoutException e) {
            return Optional.empty();
        }
    }

    int underWay() {
        return flights.size();
    }

    @Scheduled(fixedDelay = 2_000)
    void stopAbandoned() {
        Instant last = clock.instant().minus(abandonedAfter);
        flights.forEach(
                (key, flight) -> {
                    if (flight.asked.isBefore(last) && flights.remove(key, flight)) {
                        flight.stop.run();
                    }
                });
    }

    /** Too many queries are under way. */
    static final class BusyException extends RuntimeException {
        BusyException() {
            super("Too many queries are under way; try again in a moment");
        }
    }
}
