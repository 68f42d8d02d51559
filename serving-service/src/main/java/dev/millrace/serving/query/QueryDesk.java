package dev.millrace.serving.query;

import dev.millrace.operations.trace.CurrentTrace;
import dev.millrace.serving.access.Caller;
import dev.millrace.serving.access.GateClosedException;
import dev.millrace.serving.access.TenantTokens;
import dev.millrace.serving.access.Tenants;
import dev.millrace.serving.access.Visit;
import dev.millrace.serving.budget.Budgets;
import dev.millrace.serving.budget.Share;
import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.Query;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import tools.jackson.databind.json.JsonMapper;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs queries, and keeps the books: a line in the log and the metrics for each. */
@Component
class QueryDesk {

    private static final Logger log = LoggerFactory.getLogger(QueryDesk.class);

    /** Those of a query that somebody wrote; what is beyond asks for nothing that exists. */
    private static final int MOST_NAMES = 500;

    private static final int LONGEST_NAME = 300;

    private final Warehouse warehouse;
    private final PlanGuard guard;
    private final ReadSet reads;
    private final RollupStates rollups;
    private final AnswerCache cache;
    private final ResultMemory memory;
    private final Flights flights;
    private final JsonMapper json;
    private final Clock clock;
    private final MeterRegistry meters;
    private final CurrentTrace trace;
    private final TenantTokens tokens;
    private final Budgets budgets;

    QueryDesk(
            Warehouse warehouse,
            PlanGuard guard,
            ReadSet reads,
            RollupStates rollups,
            AnswerCache cache,
            ResultMemory memory,
            Flights flights,
            JsonMapper json,
            Clock clock,
            MeterRegistry meters,
            CurrentTrace trace,
            TenantTokens tokens,
            Budgets budgets) {
        this.warehouse = warehouse;
        this.guard = guard;
        this.reads = reads;
        this.rollups = rollups;
        this.cache = cache;
        this.memory = memory;
        this.flights = flights;
        this.json = json;
        this.clock = clock;
        this.meters = meters;
        this.trace = trace;
        this.tokens = tokens;
        this.budgets = budgets;
    }

    /** Memory for what one caller gets beside the results that others may share. */
    ResultMemory.Share memory() {
        return memory.share();
    }

    /**
     * On what terms a query is run.
     *
     * @param exact whether what is read has to be as new as the rows
     * @param share whose turn it takes
     */
    private record Terms(boolean exact, Share share) {}

    /** Results in hand until they are sent. */
    record Held(Results results, Runnable release) implements AutoCloseable {

        @Override
        public void close() {
            release.run();
        }
    }

    /** The results, kept or read, if they come soon enough; else the caller is to ask again. */
    Optional<Held> results(
            CachePolicy policy,
            Caller caller,
            QuerySet set,
            List<CompiledQuery> compiled,
            Entry entry) {
        Tenants tenants = tokens.of(caller);
        AnswerCache.Key key = AnswerCache.Key.of(tenants, set, compiled);
        Terms terms = new Terms(policy.isExact(), budgets.share(caller));
        try {
            if (policy == CachePolicy.STALE_WHILE_REVALIDATE) {
                Optional<Held> recent = recent(key, entry);
                if (recent.isPresent()) {
                    Thread.ofVirtual()
                            .name("refresh")
                            .start(() -> refresh(key, set, compiled, terms));
                    return recent;
                }
            }
            Optional<Results> kept = kept(policy, key, entry);
            if (kept.isPresent()) {
                return kept.map(results -> new Held(results, () -> {}));
            }
            Optional<Held> read = read(key, set, compiled, terms);
            return read.isPresent() || policy != CachePolicy.STALE_IF_SLOW
                    ? read
                    : recent(key, entry);
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

    private Optional<Held> read(
            AnswerCache.Key key, QuerySet set, List<CompiledQuery> compiled, Terms terms)
            throws ExecutionException, InterruptedException {
        Optional<Flights.Arrival> first = fly(key, set, compiled, terms);
        if (first.isEmpty()
                || !first.get().isOlderThanItsRequest()
                || cache.isStillTrue(first.get().results())) {
            return first.map(QueryDesk::held);
        }
        // Something was committed between the query that was joined and this request. One that is
        // under way now began after that query had ended, and so after the request.
        first.get().close();
        return fly(key, set, compiled, terms).map(QueryDesk::held);
    }

    private static Held held(Flights.Arrival arrival) {
        return new Held(arrival.results(), arrival::close);
    }

    private Optional<Flights.Arrival> fly(
            AnswerCache.Key key, QuerySet set, List<CompiledQuery> compiled, Terms terms)
            throws ExecutionException, InterruptedException {
        Object flight =
                terms.exact() && compiled.stream().anyMatch(query -> !query.rollups().isEmpty())
                        ? List.of(key, "exact")
                        : key;
        AtomicBoolean isOwn = new AtomicBoolean();
        try {
            return flights.await(
                    flight,
                    () -> {
                        isOwn.set(true);
                        return work(key, set, compiled, terms);
                    });
        } catch (ExecutionException e) {
            if (isOwn.get() || !(e.getCause() instanceof GateClosedException)) {
                throw e;
            }
            // It was refused for whoever asked first, whose budget is not this caller's.
            return flights.await(
                    Arrays.asList(flight, terms.share().caller()),
                    () -> work(key, set, compiled, terms));
        }
    }

    private Flights.Work work(
            AnswerCache.Key key, QuerySet set, List<CompiledQuery> compiled, Terms terms) {
        QueryRun run =
                new QueryRun(
                        warehouse,
                        guard,
                        reads,
                        rollups,
                        memory.share(),
                        json,
                        clock,
                        () -> tokens.sign(key.tenants()),
                        terms.share());
        return new Flights.Work(() -> kept(key, run.run(set, compiled, terms.exact())), run::end);
    }

    private Optional<Held> recent(AnswerCache.Key key, Entry entry) {
        return cache.recent(key)
                .map(
                        results -> {
                            entry.cached = "stale";
                            return new Held(results, () -> {});
                        });
    }

    /** For the next who asks. Whoever cannot wait for it learns of failures when asking again. */
    private void refresh(
            AnswerCache.Key key, QuerySet set, List<CompiledQuery> compiled, Terms terms) {
        try {
            if (cache.current(key).isEmpty()) {
                read(key, set, compiled, terms).ifPresent(Held::close);
            }
        } catch (ExecutionException | RuntimeException e) {
            log.warn("An answer could not be refreshed: {}", String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Results kept(AnswerCache.Key key, Results read) {
        cache.keep(key, read);
        return read;
    }

    private Optional<Results> kept(CachePolicy policy, AnswerCache.Key key, Entry entry)
            throws InterruptedException {
        if (policy == CachePolicy.NO_CACHE) {
            return Optional.empty();
        }
        Optional<Results> current = cache.current(key);
        entry.cached = current.isPresent() ? "hit" : "miss";
        return current;
    }

    /** Answers a request, and books how it went. */
    <T> T count(String requestId, Visit visit, Function<Entry, T> work) {
        visit.requestId(requestId);
        return count(requestId, visit.caller(), visit, work);
    }

    /** Answers what is asked for several callers at once, and books how it went. */
    <T> T count(String requestId, Caller caller, Function<Entry, T> work) {
        return count(requestId, caller, null, work);
    }

    private <T> T count(
            String requestId, Caller caller, @Nullable Visit visit, Function<Entry, T> work) {
        Entry entry = new Entry();
        long began = System.nanoTime();
        String outcome = "platform";
        try {
            T answer = work.apply(entry);
            outcome = entry.outcome;
            return answer;
        } catch (RuntimeException e) {
            outcome = CubeErrors.category(e);
            throw e;
        } finally {
            book(entry, outcome, requestId, caller, began);
            if (visit != null) {
                visit.members(entry.asked);
                visit.booked(entry.rows, entry.cached, outcome);
            }
        }
    }

    /** The names of what the queries ask for, as many as anybody reads. */
    static Visit.Members members(QuerySet set) {
        List<Query> queries = set.queries().stream().map(NormalizedQuery::query).toList();
        return new Visit.Members(
                names(queries.stream().flatMap(query -> query.measures().stream())),
                names(
                        queries.stream()
                                .flatMap(
                                        query ->
                                                Stream.concat(
                                                        query.dimensions().stream(),
                                                        query.timeDimensions().stream()
                                                                .map(
                                                                        Query.TimeDimension
                                                                                ::dimension)))),
                names(queries.stream().flatMap(query -> filtered(query.filters()))),
                names(queries.stream().flatMap(query -> query.segments().stream())));
    }

    private static Stream<String> filtered(List<Query.Filter> filters) {
        return filters.stream()
                .flatMap(
                        filter ->
                                switch (filter) {
                                    case Query.And(List<Query.Filter> all) -> filtered(all);
                                    case Query.Or(List<Query.Filter> any) -> filtered(any);
                                    case Query.Condition condition -> Stream.of(condition.member());
                                });
    }

    private static List<String> names(Stream<String> paths) {
        return paths.distinct()
                .limit(MOST_NAMES)
                .map(path -> path.length() <= LONGEST_NAME ? path : path.substring(0, LONGEST_NAME))
                .toList();
    }

    private void book(Entry entry, String outcome, String requestId, Caller caller, long began) {
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        Timer.builder("millrace.serving.queries")
                .description("Queries by outcome")
                .tag("outcome", outcome)
                .tag("cache", entry.cached)
                .tag("format", entry.format)
                .publishPercentileHistogram()
                .register(meters)
                .record(took);
        meters.counter("millrace.serving.rows").increment((double) entry.rows);
        log.info(
                "query outcome={} cache={} format={} ms={} rows={} members=[{}] caller={}"
                        + " requestId={} traceId={}",
                outcome,
                entry.cached,
                entry.format,
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
        private Visit.Members asked = Visit.Members.NONE;
        private String outcome = "ok";
        private String format = "json";
        private long rows;
        private String cached = "no";

        void members(QuerySet set) {
            asked = QueryDesk.members(set);
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
            rows(results.rows());
        }

        void rows(long count) {
            rows = count;
        }

        void format(String wireName) {
            format = wireName;
        }

        void continues() {
            outcome = "continue_wait";
        }
    }
}
