package dev.millrace.serving.budget;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.millrace.operations.background.BackgroundWork;
import dev.millrace.serving.access.BookedName;
import dev.millrace.serving.access.Visit;

import org.springframework.stereotype.Component;

import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
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
    private Batch counted = new Batch();

    private Batch written = new Batch();

    /** Of what rows are a budget. */
    enum Kind {
        CALLER,
        TENANT
    }

    /**
     * Who uses something; names as they are {@link BookedName booked}.
     *
     * @param tenants whose rows it sees: what it uses counts for each
     */
    record User(String account, List<String> tenants) {

        User {
            tenants = List.copyOf(tenants);
        }

        static User of(Visit visit) {
            return new User(visit.account(), visit.tenants());
        }
    }

    record Entry(LocalDate day, User user) {}

    record Total(LocalDate day, Kind kind, String name) {}

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

    /** What was counted and is not known to be written, and the rows of it for each budget. */
    private static final class Batch {

        private final Map<Entry, Amounts> entries = new HashMap<>();
        private final Map<Total, Long> rows = new HashMap<>();

        void add(Entry entry, Amounts amounts) {
            entries.merge(entry, amounts, Amounts::plus);
            if (amounts.rows() != 0) {
                add(new Total(entry.day(), Kind.CALLER, entry.user().account()), amounts.rows());
                for (String tenant : entry.user().tenants()) {
                    add(new Total(entry.day(), Kind.TENANT, tenant), amounts.rows());
                }
            }
        }

        private void add(Total total, long more) {
            rows.merge(total, more, Long::sum);
        }

        long rows(Total total) {
            return rows.getOrDefault(total, 0L);
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
            counted.add(entry, amounts);
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
            return (before == null ? 0 : before) + counted.rows(total) + written.rows(total);
        }
    }

    /** Writes what was counted. */
    void flush() {
        Batch batch;
        synchronized (this) {
            if (written.entries.isEmpty()) {
                written = counted;
                counted = new Batch();
            }
            batch = written;
        }
        if (!batch.entries.isEmpty()) {
            table.add(batch.entries);
        }
        LocalDate today = today();
        // What is written is not to be written again, even if nothing can be read now: then what
        // was known is out of date, and is looked up by whoever asks next.
        Map<Total, Long> fresh = Map.of();
        boolean isRead = false;
        try {
            fresh = table.rows(known.asMap().keySet());
            isRead = true;
        } finally {
            synchronized (this) {
                written = new Batch();
                if (isRead) {
                    known.asMap().keySet().removeIf(total -> !total.day().equals(today));
                    fresh.forEach(known::put);
                } else {
                    known.invalidateAll();
                }
            }
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
