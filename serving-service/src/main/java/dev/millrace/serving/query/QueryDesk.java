package dev.millrace.serving.query;

import dev.millrace.operations.trace.CurrentTrace;
import dev.millrace.serving.access.Caller;
import dev.millrace.serving.access.TenantTokens;
import dev.millrace.serving.access.Tenants;
import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.Query;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import tools.jackson.databind.json.JsonMapper;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs queries, and keeps the books: a line in the log and the metrics for each. */
@Component
class QueryDesk {

    private static final Logger log = LoggerFactory.getLogger(QueryDesk.class);

    private final Warehouse warehouse;
    private final ResultMemory memory;
    private final Flights flights;
    private final JsonMapper json;
    private final Clock clock;
    private final MeterRegistry meters;
    private final CurrentTrace trace;
    private final TenantTokens tokens;

    /**
     * What makes one request the same as another. The tenants are no matter of the claims alone: an
     * operator's may be those of a caller.
     */
    private record FlightKey(
            String revision, Map<String, Object> sight, Tenants tenants, String query) {}

    QueryDesk(
            Warehouse warehouse,
            ResultMemory memory,
            Flights flights,
            JsonMapper json,
            Clock clock,
            MeterRegistry meters,
            CurrentTrace trace,
            TenantTokens tokens) {
        this.warehouse = warehouse;
        this.memory = memory;
        this.flights = flights;
        this.json = json;
        this.clock = clock;
        this.meters = meters;
        this.trace = trace;
        this.tokens = tokens;
    }

    /** Memory for what one caller gets beside the results that others may share. */
    ResultMemory.Share memory() {
        return memory.share();
    }

    /** The results, if they come soon enough; else the caller is to ask again. */
    Optional<Flights.Arrival> results(
            String revision,
            Caller caller,
            CubeRequest request,
            QuerySet set,
            List<CompiledQuery> compiled) {
        Tenants tenants = tokens.of(caller);
        try {
            return flights.await(
                    new FlightKey(revision, caller.sight(), tenants, request.query().toString()),
                    () -> {
                        QueryRun run =
                                new QueryRun(
                                        warehouse,
                                        memory.share(),
                                        json,
                                        clock,
                                        () -> tokens.sign(tenants));
                        return new Flights.Work(() -> run.run(set, compiled), run::end);
                    });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WarehouseException(new SQLException("interrupted", "57014", e));
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case SQLException sql -> throw new WarehouseException(sql);
                case RuntimeException runtime -> throw runtime;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    /** Answers a request, and books how it went. */
    <T> T count(String requestId, Caller caller, Function<Entry, T> work) {
        Entry entry = new Entry();
        long began = System.nanoTime();
        try {
            T answer = work.apply(entry);
            book(entry, entry.outcome, requestId, caller, began);
            return answer;
        } catch (RuntimeException e) {
            book(entry, CubeErrors.category(e), requestId, caller, began);
            throw e;
        }
    }

    private void book(Entry entry, String outcome, String requestId, Caller caller, long began) {
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        Timer.builder("millrace.serving.queries")
                .description("Queries by outcome")
                .tag("outcome", outcome)
                .publishPercentileHistogram()
                .register(meters)
                .record(took);
        meters.counter("millrace.serving.rows").increment((double) entry.rows);
        log.info(
                "query outcome={} ms={} rows={} members=[{}] caller={} requestId={} traceId={}",
                outcome,
                took.toMillis(),
                entry.rows,
                entry.members,
                caller.name(),
                requestId,
                trace.traceId().orElse("-"));
    }

    /** What the books say of one request; the names of members, never values. */
    static final class Entry {

        private String members = "";
        private String outcome = "ok";
        private long rows;

        void members(QuerySet set) {
            members =
                    set.queries().stream()
                            .map(NormalizedQuery::query)
                            .flatMap(Entry::members)
                            .distinct()
                            .limit(50)
                            .collect(Collectors.joining(" "));
        }

        private static Stream<String> members(Query query) {
            return Stream.of(
                            query.measures().stream(),
                            query.dimensions().stream(),
                            query.timeDimensions().stream().map(Query.TimeDimension::dimension))
                    .flatMap(paths -> paths);
        }

        void rows(Results results) {
            rows = results.rows();
        }

        void continues() {
            outcome = "continue_wait";
        }
    }
}
