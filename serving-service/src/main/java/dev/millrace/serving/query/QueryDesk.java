package dev.millrace.serving.query;

import dev.millrace.operations.trace.CurrentTrace;
import dev.millrace.serving.access.Caller;
import dev.millrace.serving.access.GateClosedException;
import dev.millrace.serving.access.TenantTokens;
import dev.millrace.serving.access.Tenants;
import dev.millrace.serving.access.Visit;
import dev.millrace.serving.budget.Budgets;
import dev.millrace.serving.budget.Share;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.stereotype.Component;

import tools.jackson.databind.json.JsonMapper;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs queries, and keeps the books: a line in the log and the metrics for each. */
@Component
class QueryDesk {

    private static final Logger log = LoggerFactory.getLogger(QueryDesk.class);
    private static final String KEPT = "hit";
    private static final int MOST_LOGGED = 50;

    private final Warehouse warehouse;
    private final PlanGuard guard;
    private final ReadSet reads;
    private final RollupStates rollups;
    private final LargeResults large;
    private final AnswerCache cache;
    private final ResultMemory memory;
    private final Flights flights;
    private final JsonMapper json;
    private final Clock clock;
    private final MeterRegistry meters;
    private final CurrentTrace trace;
    private final TenantTokens tokens;
    private final Budgets budgets;
    private final Counter rows;
    private final Map<Label, Timer> timers = new ConcurrentHashMap<>();

    /** What queries are told apart by in the metrics. */
    private record Label(String outcome, String cached, String format) {}

    QueryDesk(
            Warehouse warehouse,
            PlanGuard guard,
            ReadSet reads,
            RollupStates rollups,
            LargeResults large,
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
        this.large = large;
        this.cache = cache;
        this.memory = memory;
        this.flights = flights;
        this.json = json;
        this.clock = clock;
        this.meters = meters;
        this.trace = trace;
        this.tokens = tokens;
        this.budgets = budgets;
        this.rows = meters.counter("millrace.serving.rows");
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
    Optional<Held> results(CachePolicy policy, Caller caller, Question question, Entry entry) {
        Tenants tenants = tokens.of(caller);
        AnswerCache.Key key = AnswerCache.Key.of(tenants, question);
        Terms terms = new Terms(policy.isExact(), budgets.share(caller));
        try {
            if (policy == CachePolicy.STALE_WHILE_REVALIDATE) {
                Optional<Held> recent = recent(key, entry);
                if (recent.isPresent()) {
                    Thread.ofVirtual().name("refresh").start(() -> refresh(key, question, terms));
                    return recent;
                }
            }
            Optional<Results> kept = kept(policy, key, entry);
            if (kept.isPresent()) {
                return kept.map(results -> new Held(results, () -> {}));
            }
            Optional<Held> read = read(key, question, terms);
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

    private Optional<Held> read(AnswerCache.Key key, Question question, Terms terms)
            throws ExecutionException, InterruptedException {
        Optional<Flights.Arrival> first = fly(key, question, terms);
        if (first.isEmpty()
                || !first.get().isOlderThanItsRequest()
                || cache.isStillTrue(first.get().results())) {
            return first.map(QueryDesk::held);
        }
        // Something was committed between the query that was joined and this request. One that is
        // under way now began after that query had ended, and so after the request.
        first.get().close();
        return fly(key, question, terms).map(QueryDesk::held);
    }

    private static Held held(Flights.Arrival arrival) {
        return new Held(arrival.results(), arrival::close);
    }

    private Optional<Flights.Arrival> fly(AnswerCache.Key key, Question question, Terms terms)
            throws ExecutionException, InterruptedException {
        Object flight = terms.exact() && question.mayUseRollups() ? List.of(key, "exact") : key;
        AtomicBoolean isOwn = new AtomicBoolean();
        try {
            return flights.await(
                    flight,
                    () -> {
                        isOwn.set(true);
                        return work(key, question, terms);
                    });
        } catch (ExecutionException e) {
            if (isOwn.get() || !(e.getCause() instanceof GateClosedException)) {
                throw e;
            }
            // It was refused for whoever asked first, whose budget is not this caller's.
            return flights.await(
                    Arrays.asList(flight, terms.share().caller()),
                    () -> work(key, question, terms));
        }
    }

    private Flights.Work work(AnswerCache.Key key, Question question, Terms terms) {
        QueryRun run =
                new QueryRun(
                        warehouse,
                        guard,
                        reads,
                        rollups,
                        large,
                        memory.share(),
                        json,
                        clock,
                        () -> tokens.sign(key.tenants()),
                        terms.share());
        return new Flights.Work(
                () -> kept(key, run.run(question.set(), question.compiled(), terms.exact())),
                run::end);
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
    private void refresh(AnswerCache.Key key, Question question, Terms terms) {
        try {
            if (cache.current(key).isEmpty()) {
                read(key, question, terms).ifPresent(Held::close);
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

    /** The results that are kept, if they are true now. */
    Optional<Results> current(Caller caller, Question question) throws InterruptedException {
        return cache.current(AnswerCache.Key.of(tokens.of(caller), question));
    }

    private Optional<Results> kept(CachePolicy policy, AnswerCache.Key key, Entry entry)
            throws InterruptedException {
        if (policy == CachePolicy.NO_CACHE) {
            return Optional.empty();
        }
        Optional<Results> current = cache.current(key);
        entry.cached = current.isPresent() ? KEPT : "miss";
        return current;
    }

    /** Answers a request, and books how it went. */
    <T> T count(String requestId, Visit visit, Function<Entry, T> work) {
        visit.requestId(requestId);
        return count(requestId, visit.caller(), visit, work);
    }

    /**
     * Books an answer that was kept, and written for somebody else.
     *
     * @param began when it was looked for, on {@link System#nanoTime}'s scale
     */
    void countKept(Visit visit, Visit.Members members, long count, long began) {
        Entry entry = new Entry();
        entry.asked = members;
        entry.rows = count;
        entry.cached = KEPT;
        book(entry, entry.outcome, visit.requestId(), visit.caller(), began);
        book(entry, entry.outcome, visit);
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
                book(entry, outcome, visit);
            }
        }
    }

    private static void book(Entry entry, String outcome, Visit visit) {
        visit.members(entry.asked);
        visit.booked(entry.rows, entry.cached, outcome);
    }

    private void book(Entry entry, String outcome, String requestId, Caller caller, long began) {
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        timers.computeIfAbsent(new Label(outcome, entry.cached, entry.format), this::timer)
                .record(took);
        rows.increment((double) entry.rows);
        // Of answers that were kept there are thousands a second: they are in the metrics, and
        // with their callers in the audit.
        boolean isRoutine = outcome.equals("ok") && entry.cached.equals(KEPT);
        if (isRoutine && !log.isDebugEnabled()) {
            return;
        }
        log.atLevel(isRoutine ? Level.DEBUG : Level.INFO)
                .log(
                        "query outcome={} cache={} format={} ms={} rows={} members=[{}] caller={}"
                                + " requestId={} traceId={}",
                        outcome,
                        entry.cached,
                        entry.format,
                        took.toMillis(),
                        entry.rows,
                        Stream.concat(
                                        entry.asked.measures().stream(),
                                        entry.asked.dimensions().stream())
                                .limit(MOST_LOGGED)
                                .collect(Collectors.joining(" ")),
                        caller.name(),
                        requestId,
                        trace.traceId().orElse("-"));
    }

    private Timer timer(Label label) {
        return Timer.builder("millrace.serving.queries")
                .description("Queries by outcome")
                .tag("outcome", label.outcome())
                .tag("cache", label.cached())
                .tag("format", label.format())
                .publishPercentileHistogram()
                .register(meters);
    }

    /** What the books say of one request; the names of members, never values. */
    static final class Entry {

        private Visit.Members asked = Visit.Members.NONE;
        private String outcome = "ok";
        private String format = "json";
        private long rows;
        private String cached = "no";

        void asks(Visit.Members members) {
            asked = members;
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
