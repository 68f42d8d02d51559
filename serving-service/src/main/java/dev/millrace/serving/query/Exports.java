package dev.millrace.serving.query;

import dev.millrace.serving.budget.Share;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The exports under way. At most half of the queries that may run at once are exports, so that
 * dashboards never wait for files.
 */
@Component
class Exports {

    /** How long an export waits for others before its caller is told to come again. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Warehouse warehouse;
    private final PlanGuard guard;
    private final ExportSettings settings;
    private final int mostUnderWay;
    private final Clock clock;
    private final Turns places;
    private final Set<ExportRun> underWay = ConcurrentHashMap.newKeySet();

    /** A place among the exports; its run has a connection only for a part of the time. */
    final class Place implements AutoCloseable {

        private final ExportRun run =
                new ExportRun(this::turn, guard, clock, settings.exportTimeout());
        private final Share share;
        private boolean taken;
        private boolean left;

        private Place(Share share) {
            this.share = share;
        }

        ExportRun run() {
            return run;
        }

        private Warehouse.Turn turn() throws SQLException, InterruptedException {
            if (!places.take(share, PATIENCE)) {
                throw new BusyException("Too many exports are under way");
            }
            keep();
            return warehouse.turn(share);
        }

        /** A caller may have left meanwhile. */
        private synchronized void keep() throws SQLException {
            if (left) {
                places.give(share);
                throw new SQLException("the export was ended", "57014");
            }
            taken = true;
        }

        @Override
        public void close() {
            run.close();
            underWay.remove(run);
            synchronized (this) {
                left = true;
                if (taken) {
                    taken = false;
                    places.give(share);
                }
            }
        }
    }

    Exports(
            Warehouse warehouse,
            PlanGuard guard,
            ExportSettings settings,
            WarehouseSettings limits,
            FlightSettings queries,
            Clock clock,
            MeterRegistry meters) {
        this.warehouse = warehouse;
        this.guard = guard;
        this.settings = settings;
        this.mostUnderWay = queries.maxQueries();
        this.clock = clock;
        this.places = new Turns(Math.max(1, limits.poolSize() / 2));
        Gauge.builder("millrace.serving.exports.underway", underWay, Set::size)
                .description("Exports under way, waiting ones included")
                .register(meters);
    }

    /** Begins an export of nobody who has a budget. */
    Place begin() {
        return begin(Share.NONE);
    }

    /**
     * Begins an export; it is closed when its answer is sent.
     *
     * @throws BusyException if too many are under way
     */
    Place begin(Share share) {
        Place place = new Place(share);
        underWay.add(place.run());
        if (underWay.size() > mostUnderWay) {
            place.close();
            throw new BusyException("Too many exports are under way");
        }
        return place;
    }

    int underWay() {
        return underWay.size();
    }

    /** A reader that is slow must not keep a connection from others. */
    @Scheduled(fixedDelay = 1_000)
    void endOverdue() {
        underWay.stream().filter(ExportRun::isOverdue).forEach(ExportRun::end);
    }
}
