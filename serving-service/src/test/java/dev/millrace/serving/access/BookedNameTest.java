package dev.millrace.serving.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.List;

class BookedNameTest {

    @Test
    void aShortAndPlainNameStaysAsItIs() {
        for (String name : List.of("", "key:acme", "Zürich, 東京 😀", "x".repeat(300))) {
            assertThat(BookedName.of(name)).isEqualTo(name);
        }
    }

    @Test
    void namesThatDifferAtTheirEndStayTwo() {
        String one = BookedName.of("東".repeat(5_000) + "1");
        String other = BookedName.of("東".repeat(5_000) + "2");

        assertThat(one).isNotEqualTo(other).startsWith("東東").hasSize(300);
        assertThat(one.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(1_000);
    }

    @Test
    void whatPostgresqlOrALogDoesNotTakeIsReplacedAndStillTellsNamesApart() {
        String zero = BookedName.of("a\0b");
        String line = BookedName.of("a\nb");
        String half = BookedName.of("a\ud800b");

        assertThat(List.of(zero, line, half)).doesNotHaveDuplicates().doesNotContain("a?b");
        assertThat(List.of(zero, line, half)).allMatch(name -> name.startsWith("a?b…"));
    }

    @Test
    void whatIsBookedAlreadyStaysAsItIs() {
        for (String name :
                List.of("a\0b", "y".repeat(1_000), "😀".repeat(500), "z" + "😀".repeat(500))) {
            assertThat(BookedName.of(BookedName.of(name))).isEqualTo(BookedName.of(name));
        }
    }
}
