package dev.millrace.serving.alert;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Stream;

class BaselineTest {

    private static final BigDecimal THREE = BigDecimal.valueOf(3);

    /** Median 100, deviations 2 0 2 4 4: their median is 2, times 1.4826 times 3. */
    @Test
    void toleranceIsTheScaledMedianOfDeviations() {
        Baseline usual = baseline("98 100 102 104 96");

        assertThat(usual.median()).isEqualByComparingTo("100");
        assertThat(usual.tolerance()).isEqualByComparingTo("8.8956");
        assertThat(usual.isOutside(new BigDecimal("108.8956"))).isFalse();
        assertThat(usual.isOutside(new BigDecimal("108.8957"))).isTrue();
        assertThat(usual.isOutside(new BigDecimal("91.1"))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "100 100 100 100, 105, 106",
        "2 2 2 2, 3, 4",
        "0 0 0 0, 1, 2",
        "0.2 0.2 0.2 0.2, 0.21, 0.22",
        "-100 -100 -100, -105, -106",
        "1 2 3 4, 4, 7"
    })
    void aHistoryWithoutNoiseMakesNoNoiseAnAlarm(
            String history, BigDecimal usual, BigDecimal unusual) {
        assertThat(baseline(history).isOutside(usual)).isFalse();
        assertThat(baseline(history).isOutside(unusual)).isTrue();
    }

    @Test
    void oneBadSeasonDoesNotChangeWhatIsUsual() {
        assertThat(baseline("100 101 99 100 0").isOutside(BigDecimal.valueOf(0))).isTrue();
        assertThat(baseline("100 101 99 100 90000").isOutside(BigDecimal.valueOf(100))).isFalse();
    }

    @Property
    void theMedianItselfIsUsual(
            @ForAll @Size(min = 1, max = 20)
                    List<@IntRange(min = -1000, max = 1000) Integer> history) {
        Baseline usual = Baseline.of(history.stream().map(BigDecimal::valueOf).toList(), THREE);

        assertThat(usual.isOutside(usual.median())).isFalse();
        assertThat(usual.tolerance()).isGreaterThanOrEqualTo(BigDecimal.ONE);
    }

    private static Baseline baseline(String history) {
        return Baseline.of(Stream.of(history.split(" ")).map(BigDecimal::new).toList(), THREE);
    }
}
