package dev.millrace.contracts.project;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;

class DurationTextTest {

    @ParameterizedTest
    @CsvSource({
        "30s, PT30S",
        "5m, PT5M",
        "2h, PT2H",
        "7d, P7D",
        "250ms, PT0.25S",
        "0s, PT0S",
        "PT1M30S, PT1M30S",
        "P1DT1H, PT25H"
    })
    void lengthsAreReadAsTheyAreWritten(String text, Duration length) {
        assertThat(DurationText.parse(text)).contains(length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5",
                "m",
                "5 m",
                "5min",
                "-5m",
                "1.5h",
                "PT-5M",
                "P1Y",
                "P",
                "٣m",
                "99999999999999999999d",
                "PT99999999999999999999H"
            })
    void whatIsNoLengthIsNone(String text) {
        assertThat(DurationText.parse(text)).isEmpty();
    }

    @Property(tries = 200)
    void whatIsWrittenIsReadAgain(@ForAll @LongRange(min = 0, max = 900_000_000) long seconds) {
        Duration length = Duration.ofSeconds(seconds);

        assertThat(DurationText.parse(DurationText.write(length))).contains(length);
    }
}
