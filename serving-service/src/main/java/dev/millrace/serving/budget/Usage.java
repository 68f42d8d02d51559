package dev.millrace.serving.budget;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.millrace.operations.background.BackgroundWork;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts what callers use, and writes it once a second: what a process counted in the last one is
 * lost if it dies. What other replicas counted is known a second later.
 */
@Component
class Usage extends BackgroundWork {

    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int MOST_TOTALS = 100_000;

    /** After the doors are closed, so that the last answers are counted. */
    private static final int PHASE = DEFAULT_PHASE - 4096;

    private final UsageTable table;
    private final Clock clock;
    private final Cache<Total, Long> known =
            Caffeine.newBuilder()
                    .maximumSize(MOST_TOTALS)
                    .expireAfterAccess(Duration.ofMinutes(5))
                    .executor(Runnable::run)
                    .build();

    /** Counted, and in nobody's hands; all of these by the lock of this. */
    private Map<Entry, Amounts> counted = new HashMap<>();

    private Map<Entry, Amounts> written = Map.of();

    /** Of what rows are a budget. */
    enum Kind {
        CALLER,
        TENANT
    }

    /** Who uses something. */
    record User(String account, @Nullable String tenant) {}

    record Entry(LocalDate day, User user) {}

    record Total(LocalDate day, Kind kind, String name) {

        boolean includes(Entry entry) {
            return day.equals(entry.day())
                    && switch (kind) {
                        case CALLER -> name.equals(entry.user().account());
                        case TENANT -> name.equals(entry.user().tenant());
                    };
        }
    }

    /** What was used. */
    record Amounts(long requests, long refused, long rows, long bytes, long millis) {

        Amounts plus(Amounts more) {
            return new Amounts(
                    requests + more.requests,
                    refused + more.refused,
                    rows + more.rows,
                    bytes + more.bytes,
                    millis + more.millis);
        }
    }

    Usage(UsageTable table, Clock clock) {
        super("usage");
        this.table = table;
        this.clock = clock;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    void used(User user, long rows, long bytes, long millis) {
        count(user, new Amounts(1, 0, rows, bytes, millis));
    }

    void rows(User user, long rows) {
        count(user, new Amounts(0, 0, rows, 0, 0));
    }

    void refused(User user) {
        count(user, new Amounts(0, 1, 0, 0, 0));
    }

    private void count(User user, Amounts amounts) {
        Entry entry = new Entry(today(), user);
        synchronized (this) {
            counted.merge(entry, amounts, Amounts::plus);
        }
    }

    private LocalDate today() {
        return clock.instant().atOffset(ZoneOffset.UTC).toLocalDate();
    }

    /**
     * The rows that somebody was given today.
     *
     * @throws org.springframework.dao.DataAccessException if they are not known and cannot be
     *     looked up
     */
    long rowsToday(Kind kind, String name) {
        Total total = new Total(today(), kind, name);
        Long before = known.get(total, table::rows);
        synchronized (this) {
            return (before == null ? 0 : before) + sum(counted, total) + sum(written, total);
        }
    }

    private static long sum(Map<Entry, Amounts> entries, Total total) {
        long rows = 0;
        for (Map.Entry<Entry, Amounts> entry : entries.entrySet()) {
            if (total.includes(entry.getKey())) {
                rows += entry.getValue().rows();
            }
        }
        return rows;
    }

    /** Writes what was counted. */
    void flush() {
        Map<Entry, Amounts> batch;
        synchronized (this) {
            if (written.isEmpty()) {
                written = counted;
                counted = new HashMap<>();
            }
            batch = written;
        }
        if (!batch.isEmpty()) {
            table.add(batch);
        }
        LocalDate today = today();
        Map<Total, Long> fresh = table.rows(known.asMap().keySet());
        synchronized (this) {
            written = Map.of();
            known.asMap().keySet().removeIf(total -> !total.day().equals(today));
            fresh.forEach(known::put);
        }
    }

    @Override
    protected void round() throws InterruptedException {
        Thread.sleep(INTERVAL);
        flush();
    }

    @Override
    protected void finish() {
        flush();
        // What was counted while a batch failed.
        flush();
    }
}
