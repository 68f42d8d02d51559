package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A source that sends nothing but garbage, at full rate, holds up nobody. */
class QuarantineFloodTest {

    private static final int RECORDS = 20_000;

    /** Many times what it takes on a slow machine, and far less than row by row would. */
    private static final Duration BOUND = Duration.ofSeconds(5);

    @Test
    void aPollOfGarbageIsKeptInAboutTheTimeThatItsRowsWouldTake() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.land("{\"a\": 1}");
            for (int round = 0; round < 3; round++) {
                landGarbage(stage);
            }

            long started = System.nanoTime();
            Landed landed = landGarbage(stage);
            Duration took = Duration.ofNanos(System.nanoTime() - started);

            assertThat(landed.quarantined()).hasSize(RECORDS);
            assertThat(stage.one("SELECT count(*) FROM transform.quarantine"))
                    .isEqualTo("[" + 4 * RECORDS + "]");
            assertThat(took).isLessThan(BOUND);
        }
    }

    private static Landed landGarbage(LandingStage stage) {
        List<byte[]> values = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            values.add(("{garbage " + i + " ").repeat(12).getBytes(StandardCharsets.UTF_8));
        }
        return stage.land(values);
    }
}
