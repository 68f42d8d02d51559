package dev.millrace.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.standalone.demo.ProgressLine.Surface;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;

class ProgressLineTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final InstantSource source = () -> now;
    private final Clock clock = source.withZone(ZoneOffset.UTC);

    @Test
    void onATerminalOneLineIsDrawnOverAndOver() {
        ProgressLine progress = new ProgressLine(out, Surface.TERMINAL, clock);

        progress.begin("landing", "rows", 200);
        pass(Duration.ofSeconds(1));
        progress.reached(100);

        assertThat(shown()).doesNotContain("\n").contains(" 50 %  100 of 200 rows");
        assertThat(shown().split("\r", -1)).hasSize(3);
        assertThat(shown()).contains("█".repeat(12) + "░".repeat(12));
    }

    @Test
    void aTerminalIsNotDrawnMoreOftenThanAnEyeCanSee() {
        ProgressLine progress = new ProgressLine(out, Surface.TERMINAL, clock);
        progress.begin("landing", "rows", 1_000);
        String before = shown();

        for (int i = 0; i < 1_000; i++) {
            progress.reached(i);
        }

        assertThat(shown()).isEqualTo(before);
    }

    @Test
    void elsewhereALineIsWrittenAtEveryQuarter() {
        ProgressLine progress = new ProgressLine(out, Surface.PLAIN, clock);

        progress.begin("landing", "rows", 2_000);
        for (int i = 0; i <= 2_000; i++) {
            progress.reached(i);
        }

        assertThat(shown().lines())
                .containsExactly(
                        "  landing                 25 %  500 of 2,000 rows",
                        "  landing                 50 %  1,000 of 2,000 rows",
                        "  landing                 75 %  1,500 of 2,000 rows");
        assertThat(shown()).doesNotContain("\r").doesNotContain("\u001b");
    }

    @Test
    void theEndSaysHowMuchItWasAndHowLongItTook() {
        ProgressLine progress = new ProgressLine(out, Surface.PLAIN, clock);
        progress.begin("landing", "rows", 12_345);
        pass(Duration.ofMillis(6_789));

        progress.reached(12_345);
        progress.end();

        assertThat(shown()).isEqualTo("  landing                12,345 rows in 6.8 s\n");
    }

    @Test
    void theSecondTaskBeginsAtNothing() {
        ProgressLine progress = new ProgressLine(out, Surface.PLAIN, clock);
        progress.begin("first", "rows", 4);
        progress.reached(3);
        progress.end();

        progress.begin("second", "rows", 4);
        progress.reached(1);

        assertThat(shown().lines().toList().getLast())
                .isEqualTo("  second                  25 %  1 of 4 rows");
    }

    @Test
    void aTestRunsWithoutATerminal() {
        assertThat(Surface.ofThisProcess()).isEqualTo(Surface.PLAIN);
    }

    @Test
    void nothingToDoIsDone() {
        ProgressLine progress = new ProgressLine(out, Surface.TERMINAL, clock);

        progress.begin("landing", "rows", 0);

        assertThat(shown()).contains("100 %");
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private String shown() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
