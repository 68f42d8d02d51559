package dev.millrace.operations.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;

class HeaderTextTest {

    @Test
    void lettersOfAllKindsAreReadAsTheyWereTyped() {
        for (String typed : new String[] {"plain", "Ärger, Gießen", "– “quoted” ✓", "日本語", "😀"}) {
            assertThat(HeaderText.typed(asRead(typed))).isEqualTo(typed);
            assertThat(HeaderText.isHarmless(asRead(typed))).isTrue();
        }
    }

    @Test
    void latin1StaysLatin1() {
        assertThat(HeaderText.typed("M\u00fcller")).isEqualTo("Müller");
    }

    @Test
    void controlsAreNotHarmless() {
        assertThat(HeaderText.isHarmless("a\tb")).isTrue();
        for (String control : new String[] {"a\u0000", "a\nb", "a\rb", "\u007f", "\u001b[31m"}) {
            assertThat(HeaderText.isHarmless(control)).isFalse();
        }
        assertThat(HeaderText.isHarmless("\u0085")).as("a bare C1 control").isFalse();
        assertThat(HeaderText.isHarmless(asRead("\u0085"))).as("one in UTF-8").isFalse();
    }

    /** What the container makes of UTF-8. */
    private static String asRead(String typed) {
        return new String(typed.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
