package dev.millrace.serving.live;

import dev.millrace.serving.query.LiveQueries.LiveQuery;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.stereotype.Component;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The queries that are watched. Whoever watches the same watches one and the same. */
@Component
class Watches {

    private final LiveSettings settings;
    private final Map<Object, Watch> watches = new HashMap<>();
    private int watchers;

    Watches(LiveSettings settings, MeterRegistry meters) {
        this.settings = settings;
        Gauge.builder("millrace.serving.live.watchers", this, Watches::watchers)
                .description("Connections that watch a query")
                .register(meters);
        Gauge.builder("millrace.serving.live.queries", this, Watches::queries)
                .description("Different queries that are watched")
                .register(meters);
    }

    /** Begins to watch; nothing if as many watch as may. */
    synchronized Optional<Watch> join(LiveQuery query) {
        if (watchers >= settings.maxWatchers()) {
            return Optional.empty();
        }
        Watch watch = watches.get(query.key());
        if (watch == null || !watch.join()) {
            if (watches.size() >= settings.maxQueries()) {
                return Optional.empty();
            }
            watch = new Watch(query, settings);
            watch.join();
            watches.put(query.key(), watch);
            Thread.ofVirtual().name("live-query").start(watch::run);
        }
        watchers++;
        return Optional.of(watch);
    }

    synchronized void leave(LiveQuery query, Watch watch) {
        watchers--;
        if (watch.leave()) {
            watches.remove(query.key(), watch);
        }
    }

    synchronized int watchers() {
        return watchers;
    }

    synchronized int queries() {
        return watches.size();
    }
}
