package dev.millrace.transform.landing.value;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

import java.nio.charset.StandardCharsets;

/** Which JSON has no text that needs to be cleaned. */
class TextTest {

    @Property
    void asciiWithoutBackslashesIsPlainWhateverItsLength(
            @ForAll
                    @CharRange(from = 0, to = '[')
                    @CharRange(from = ']', to = 127)
                    @StringLength(max = 40)
                    String text) {
        assertThat(Text.isPlain(text.getBytes(StandardCharsets.US_ASCII))).isTrue();
    }

    @Property
    void oneOtherByteAnywhereIsSeen(
            @ForAll @CharRange(from = 0, to = '[') @StringLength(min = 1, max = 40) String text,
            @ForAll @IntRange(max = 39) int at,
            @ForAll @IntRange(min = 127, max = 255) int other) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        bytes[at % bytes.length] = (byte) (other == 127 ? '\\' : other);

        assertThat(Text.isPlain(bytes)).isFalse();
    }

    @Property
    void whatIsPlainNeedsNoCleaningAsAJsonText(@ForAll String text) {
        byte[] json = text.getBytes(StandardCharsets.UTF_8);
        if (Text.isPlain(json) && text.indexOf(0) < 0) {
            assertThat(Text.clean(text)).isSameAs(text);
        }
    }
}
