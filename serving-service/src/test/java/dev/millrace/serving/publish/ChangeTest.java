package dev.millrace.serving.publish;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

class ChangeTest {

    private static final Map<String, byte[]> PRESENT = Map.of("a", bytes("1"), "b", bytes("2"));

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void ofAllOnlyWhatDiffersIsWritten() {
        Change change = Change.toAll(Map.of("a", bytes("1"), "c", bytes("3")));

        Map<String, Optional<byte[]>> records = change.over(PRESENT);

        assertThat(records).containsOnlyKeys("b", "c");
        assertThat(records.get("b")).isEmpty();
        assertThat(records.get("c")).hasValueSatisfying(v -> assertThat(v).isEqualTo(bytes("3")));
    }

    @Test
    void whatIsToldLaterOfAKeyCountsForMore() {
        Change change =
                Change.toAll(Map.of("a", bytes("1"), "b", bytes("2")))
                        .then(Change.of("a", Optional.empty()));

        assertThat(change.over(PRESENT)).containsOnlyKeys("a");
        assertThat(change.over(PRESENT).get("a")).isEmpty();
    }

    @Test
    void whatIsToldOfAllCountsForMoreThanWhatWasToldBefore() {
        Change change =
                Change.of("z", Optional.of(bytes("9"))).then(Change.toAll(Map.of("a", bytes("1"))));

        assertThat(change.over(PRESENT)).containsOnlyKeys("b");
    }
}
