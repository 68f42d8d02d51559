package dev.millrace.serving.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.alert.Alert;
import dev.millrace.contracts.project.alert.Condition;
import dev.millrace.contracts.project.alert.Granularity;
import dev.millrace.serving.alert.BucketRun.Bucket;
import dev.millrace.serving.alert.BucketRun.Open;
import dev.millrace.serving.alert.Verdict.Standing;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

class BucketRunTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Judge BELOW = judge(new Condition.Below(BigDecimal.ONE));
    private static final Judge ABOVE = judge(new Condition.Above(BigDecimal.ONE));

    static Alert alert(Condition condition, Duration holdFor, Duration resolveFor) {
        return new Alert(
                "a",
                new Position("a.yml", 1, 1),
                null,
                Map.of(),
                Map.of(),
                "orders.count",
                Map.of(),
                Granularity.MINUTE,
                ZoneId.of("UTC"),
                Duration.ofSeconds(5),
                condition,
                holdFor,
                null,
                resolveFor,
                null,
                Alert.Severity.WARNING,
                List.of(),
                Duration.ZERO,
                Duration.ofHours(4),
                List.of(),
                List.of("ops"));
    }

    private static Judge judge(Condition condition) {
        return new Judge(alert(condition, Duration.ZERO, Duration.ZERO));
    }

    /** Told from the front, as one would by hand: count up, and begin again at each break. */
    @Property(tries = 500)
    void lengthsAreThoseThatCountingFromTheFrontGives(@ForAll("buckets") List<Bucket> buckets) {
        int wrong = 0;
        int clear = 0;
        for (Bucket bucket : buckets) {
            boolean isWrong = bucket.standing() == Standing.WRONG;
            boolean isClear = bucket.standing() == Standing.CLEAR;
            switch (bucket.open()) {
                case YES -> {
                    wrong = isWrong ? wrong + 1 : 0;
                    clear = isClear ? clear + 1 : 0;
                }
                // A part with orders in it is no stop; a part without might have had some.
                case IN_PART -> {
                    wrong = isWrong ? wrong : 0;
                    clear = isClear || isWrong ? clear : 0;
                }
                case NO -> {}
            }
        }

        assertThat(BucketRun.of(buckets, MINUTE, BELOW))
                .isEqualTo(new BucketRun(MINUTE.multipliedBy(wrong), MINUTE.multipliedBy(clear)));
    }

    @Property(tries = 300)
    void whatIsWrongIsNotWellAtTheSameTime(@ForAll("buckets") List<Bucket> buckets) {
        BucketRun run = BucketRun.of(buckets, MINUTE, ABOVE);

        assertThat(run.wrongFor().isPositive() && run.clearFor().isPositive()).isFalse();
    }

    @Provide
    Arbitrary<List<Bucket>> buckets() {
        return Combinators.combine(
                        Arbitraries.of(
                                Standing.WRONG, Standing.WRONG, Standing.BETWEEN, Standing.CLEAR),
                        Arbitraries.of(Open.YES, Open.YES, Open.YES, Open.IN_PART, Open.NO))
                .as(Bucket::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(40);
    }

    @Test
    void closedTimeNeitherCountsNorBreaks() {
        List<Bucket> lunch =
                List.of(
                        new Bucket(Standing.WRONG, Open.YES),
                        new Bucket(Standing.WRONG, Open.YES),
                        new Bucket(Standing.WRONG, Open.NO),
                        new Bucket(Standing.CLEAR, Open.NO),
                        new Bucket(Standing.WRONG, Open.YES));

        assertThat(BucketRun.of(lunch, MINUTE, BELOW).wrongFor()).isEqualTo(Duration.ofMinutes(3));
    }

    @Test
    void halfAMinuteAfterOpeningProvesThatOrdersComeButNotThatTheyDoNot() {
        Bucket without = new Bucket(Standing.WRONG, Open.IN_PART);
        Bucket with = new Bucket(Standing.CLEAR, Open.IN_PART);
        Bucket wrong = new Bucket(Standing.WRONG, Open.YES);

        assertThat(BucketRun.of(List.of(without), MINUTE, BELOW).wrongFor()).isZero();
        assertThat(BucketRun.of(List.of(wrong, without), MINUTE, BELOW).wrongFor())
                .isEqualTo(MINUTE);
        assertThat(BucketRun.of(List.of(wrong, with), MINUTE, BELOW).wrongFor()).isZero();
        // Too much in a part is too much in the whole.
        assertThat(BucketRun.of(List.of(with, without), MINUTE, ABOVE).clearFor()).isZero();
    }
}
