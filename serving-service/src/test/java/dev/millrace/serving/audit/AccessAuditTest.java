package dev.millrace.serving.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.serving.access.Caller;
import dev.millrace.serving.access.Gate;
import dev.millrace.serving.access.GateClosedException;
import dev.millrace.serving.access.Visit;
import dev.millrace.serving.audit.AccessAuditSettings.Mode;
import dev.millrace.serving.query.Eventually;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.TransientDataAccessResourceException;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

@Timeout(60)
class AccessAuditTest {

    private final List<AccessEntry> written = Collections.synchronizedList(new ArrayList<>());
    private final AtomicBoolean down = new AtomicBoolean();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private AccessAudit audit(Mode mode, int queue) {
        return audit(mode, queue, this::write);
    }

    private AccessAudit audit(Mode mode, int queue, Consumer<List<AccessEntry>> table) {
        return new AccessAudit(
                table,
                new AccessAuditSettings(mode, queue, Duration.ofMillis(20), Duration.ofDays(90)),
                Optional::empty,
                meters);
    }

    private void write(List<AccessEntry> batch) {
        if (down.get()) {
            throw new TransientDataAccessResourceException("the database is away");
        }
        if (batch.stream().anyMatch(entry -> entry.account().endsWith("poison"))) {
            throw new DataIntegrityViolationException("not this one");
        }
        written.addAll(batch);
    }

    private static Visit visit(String name) {
        return new Visit(
                new Caller(name, Map.of("groups", List.of("g"))),
                List.of("t"),
                "load",
                Instant.EPOCH);
    }

    @Test
    void whatCannotBeWrittenDownIsRefused() {
        AccessAudit audit = audit(Mode.REQUIRED, 2);
        Gate.Stay first = audit.enter(visit("a"));
        audit.enter(visit("b"));

        assertThatThrownBy(() -> audit.enter(visit("c")))
                .isInstanceOfSatisfying(
                        GateClosedException.class,
                        closed ->
                                assertThat(closed.reason())
                                        .isEqualTo(GateClosedException.Reason.UNAVAILABLE));

        // Its place is free when its entry is written, and not before.
        first.left();
        assertThatThrownBy(() -> audit.enter(visit("c"))).isInstanceOf(GateClosedException.class);
        audit.finish();
        assertThat(written).extracting(AccessEntry::account).containsExactly("token:a");
        audit.enter(visit("c"));
    }

    @Test
    void atBestItIsAnsweredAndCounted() {
        AccessAudit audit = audit(Mode.BEST_EFFORT, 1);
        audit.enter(visit("a"));
        audit.enter(visit("b")).left();
        audit.finish();

        assertThat(written).isEmpty();
        assertThat(meters.counter("millrace.serving.audit.dropped").count()).isEqualTo(1);
    }

    @Test
    void offIsOff() {
        AccessAudit audit = audit(Mode.OFF, 1);
        for (int i = 0; i < 10; i++) {
            audit.enter(visit("a")).left();
        }
        audit.finish();

        assertThat(written).isEmpty();
    }

    @Test
    void whatTheDatabaseDidNotTakeIsTriedAgain() throws Exception {
        AccessAudit audit = audit(Mode.REQUIRED, 100);
        down.set(true);
        audit.start();
        for (int i = 0; i < 10; i++) {
            audit.enter(visit("a" + i)).left();
        }
        Eventually.within(Duration.ofSeconds(5), () -> assertThat(written).isEmpty());
        down.set(false);

        Eventually.within(Duration.ofSeconds(20), () -> assertThat(written).hasSize(10));
        audit.stop();
        assertThat(written).hasSize(10);
    }

    @Test
    void oneBadEntryKeepsNoOtherFromBeingWritten() {
        AccessAudit audit = audit(Mode.REQUIRED, 3);
        for (String name : List.of("a", "poison", "b")) {
            audit.enter(visit(name)).left();
        }
        audit.finish();

        assertThat(written).extracting(AccessEntry::account).containsExactly("token:a", "token:b");
        assertThat(meters.counter("millrace.serving.audit.dropped").count()).isEqualTo(1);
        // The places are free again, that of the bad one too.
        for (int i = 0; i < 3; i++) {
            audit.enter(visit("c"));
        }
    }

    @Test
    void whatIsLeftAtTheEndIsWritten() {
        AccessAudit audit = audit(Mode.REQUIRED, 5_000);
        audit.start();
        for (int i = 0; i < 2_000; i++) {
            audit.enter(visit("a")).left();
        }
        audit.stop();

        assertThat(written).hasSize(2_000);
    }

    @Test
    void aDatabaseThatIsBackInAMomentGetsWhatIsLeft() {
        AtomicInteger attempts = new AtomicInteger();
        AccessAudit audit =
                audit(
                        Mode.REQUIRED,
                        10,
                        batch -> {
                            down.set(attempts.incrementAndGet() < 3);
                            write(batch);
                        });
        audit.enter(visit("a")).left();

        audit.finish();

        assertThat(written).hasSize(1);
        assertThat(meters.counter("millrace.serving.audit.dropped").count()).isZero();
    }

    @Test
    void aStreamIsWrittenDownWhenItBeginsAndWhenItEnds() {
        AccessAudit audit = audit(Mode.REQUIRED, 10);
        Gate.Stay stay = audit.enter(visit("a"));
        stay.opened();
        audit.finish();
        assertThat(written).extracting(AccessEntry::outcome).containsExactly("opened");

        stay.left();
        audit.finish();
        assertThat(written).extracting(AccessEntry::outcome).containsExactly("opened", "ok");
    }

    @Test
    void namesFromOutsideAreMadeHarmless() {
        AccessAudit audit = audit(Mode.REQUIRED, 10);
        audit.enter(visit("a\0b\n" + "x".repeat(1_000))).left();
        audit.finish();

        assertThat(written.getFirst().account()).startsWith("token:a?b?x").hasSize(300);
    }

    /** What a kept answer pays for: a place, an entry and its way into the queue. */
    @Test
    void anEntryCostsNearlyNothing() {
        AccessAudit audit = audit(Mode.REQUIRED, 300_000, _ -> {});
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            int times = 50_000;
            long began = System.nanoTime();
            for (int i = 0; i < times; i++) {
                audit.enter(visit("a")).left();
            }
            best = Math.min(best, (System.nanoTime() - began) / times);
            audit.finish();
        }
        System.out.println("an audited access costs " + best + " ns");

        assertThat(best).isLessThan(Duration.ofNanos(50_000).toNanos());
    }
}
