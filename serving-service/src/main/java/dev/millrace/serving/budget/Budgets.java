package dev.millrace.serving.budget;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.millrace.serving.access.BookedName;
import dev.millrace.serving.access.Caller;
import dev.millrace.serving.access.Gate;
import dev.millrace.serving.access.GateClosedException;
import dev.millrace.serving.access.GateClosedException.Reason;
import dev.millrace.serving.access.Limits;
import dev.millrace.serving.access.TenantTokens;
import dev.millrace.serving.access.Visit;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/** Lets callers use what they may, and books it. */
@Component
@Order(Budgets.ORDER)
public class Budgets implements Gate {

    static final int ORDER = 200;

    /** More than anybody sees in an hour; who is forgotten has a full bucket again. */
    private static final int MOST_BUCKETS = 100_000;

    private final BudgetSettings settings;
    private final Usage usage;
    private final TenantTokens tenants;
    private final MeterRegistry meters;
    private final Clock clock;
    private final Cache<String, TokenBucket> buckets =
            Caffeine.newBuilder()
                    .maximumSize(MOST_BUCKETS)
                    .expireAfterAccess(Duration.ofHours(1))
                    .executor(Runnable::run)
                    .build();

    Budgets(
            BudgetSettings settings,
            Usage usage,
            TenantTokens tenants,
            MeterRegistry meters,
            Clock clock) {
        this.settings = settings;
        this.usage = usage;
        this.tenants = tenants;
        this.meters = meters;
        this.clock = clock;
    }

    @Override
    public Stay enter(Visit visit) {
        Usage.User user = Usage.User.of(visit);
        BudgetSettings.Budget own = budget(visit.caller());
        try {
            checkRows(user, own);
            checkRate("caller", user.account(), own);
            for (String tenant : user.tenants()) {
                checkRate("tenant", tenant, settings.tenant());
            }
        } catch (GateClosedException e) {
            usage.refused(user);
            throw e;
        }
        return new Booking(visit, user, own);
    }

    /** Books what a visit uses: at its end, or as it goes on. */
    private final class Booking implements Stay {

        private final Visit visit;
        private final Usage.User user;
        private final BudgetSettings.Budget own;
        private long booked;

        Booking(Visit visit, Usage.User user, BudgetSettings.Budget own) {
            this.visit = visit;
            this.user = user;
            this.own = own;
        }

        /** Before the answer is out: who asks one after the other gets no more than may be. */
        @Override
        public void read() {
            usage.rows(user, visit.rows() - booked);
            booked = visit.rows();
        }

        @Override
        public void progressed() {
            checkRows(user, own);
            read();
        }

        @Override
        public void left() {
            usage.used(user, visit.rows() - booked, visit.bytes(), visit.took().toMillis());
        }
    }

    private void checkRows(Usage.User user, BudgetSettings.Budget own) {
        checkRows(Usage.Kind.CALLER, user.account(), own);
        for (String tenant : user.tenants()) {
            checkRows(Usage.Kind.TENANT, tenant, settings.tenant());
        }
    }

    private void checkRows(Usage.Kind kind, String name, BudgetSettings.Budget budget) {
        if (budget.rowsPerDay() > 0 && usage.rowsToday(kind, name) >= budget.rowsPerDay()) {
            Instant now = clock.instant();
            Instant tomorrow =
                    now.atOffset(ZoneOffset.UTC)
                            .toLocalDate()
                            .plusDays(1)
                            .atStartOfDay()
                            .toInstant(ZoneOffset.UTC);
            throw refusal(
                    "rows",
                    kind.name().toLowerCase(Locale.ROOT),
                    "the budget of %d rows a day of %s is used up; ask for fewer rows from tomorrow (UTC) on, or let an operator raise it"
                            .formatted(budget.rowsPerDay(), words(kind == Usage.Kind.TENANT, name)),
                    Duration.between(now, tomorrow));
        }
    }

    private void checkRate(String of, String name, BudgetSettings.Budget budget) {
        double rate = budget.requestsPerSecond();
        if (rate <= 0) {
            return;
        }
        long now = System.nanoTime();
        buckets.get(of + ' ' + name, _ -> new TokenBucket(budget.size(), now))
                .take(rate, budget.size(), now)
                .ifPresent(
                        wait -> {
                            throw refusal(
                                    "rate",
                                    of,
                                    "the budget of %s requests a second (%d at once) of %s is used up; ask less often, or let an operator raise it"
                                            .formatted(
                                                    number(rate),
                                                    budget.size(),
                                                    words(of.equals("tenant"), name)),
                                    wait);
                        });
    }

    private static String number(double rate) {
        return rate == Math.rint(rate) ? String.valueOf((long) rate) : String.valueOf(rate);
    }

    private static String words(boolean tenant, String name) {
        return tenant ? "tenant " + name : name.replaceFirst(":", " ");
    }

    private GateClosedException refusal(
            String budget, String of, String message, Duration retryAfter) {
        meters.counter("millrace.serving.budget.refusals", "budget", budget, "of", of).increment();
        return new GateClosedException(Reason.BUDGET, message, retryAfter);
    }

    /** What of the queries that run at once is a caller's. */
    public Share share(Caller caller) {
        BudgetSettings.Budget own = budget(caller);
        List<String> names = tenants.namesOf(caller).stream().map(BookedName::of).toList();
        if (names.isEmpty() && own.concurrentQueries() == 0) {
            return Share.NONE;
        }
        String name = BookedName.of(caller.account());
        return new Share(
                own.concurrentQueries() == 0 ? null : "caller " + name,
                own.concurrentQueries(),
                names.stream().map(tenant -> "tenant " + tenant).toList(),
                settings.tenant().concurrentQueries(),
                settings.patience(),
                settings.waiting(),
                () ->
                        refusal(
                                "concurrency",
                                names.isEmpty() ? "caller" : "tenant",
                                "as many queries of %s run and wait as may at once; wait for their answers before asking more"
                                        .formatted(
                                                names.isEmpty()
                                                        ? words(false, name)
                                                        : words(true, String.join(", ", names))),
                                Duration.ofSeconds(1)));
    }

    private BudgetSettings.Budget budget(Caller caller) {
        BudgetSettings.Budget general = settings.caller();
        Limits own = caller.limits();
        return own.equals(Limits.NONE)
                ? general
                : new BudgetSettings.Budget(
                        own.requestsPerSecond() == null
                                ? general.requestsPerSecond()
                                : own.requestsPerSecond(),
                        own.burst() == null
                                ? own.requestsPerSecond() == null ? general.burst() : 0
                                : own.burst(),
                        own.concurrentQueries() == null
                                ? general.concurrentQueries()
                                : own.concurrentQueries(),
                        own.rowsPerDay() == null ? general.rowsPerDay() : own.rowsPerDay());
    }
}
