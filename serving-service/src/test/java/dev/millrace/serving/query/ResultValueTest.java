package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;

class ResultValueTest {

    @ParameterizedTest
    @CsvSource({
        "1997-01-01, 1997-01-01T00:00:00.000",
        "1997-01-01 10:20:30, 1997-01-01T10:20:30.000",
        "1997-01-01 10:20:30.5, 1997-01-01T10:20:30.500",
        "1997-01-01 10:20:30.123456, 1997-01-01T10:20:30.123",
        "1997-01-01 10:20:30.12+00, 1997-01-01T10:20:30.120",
        "1997-01-01 10:20:30+00, 1997-01-01T10:20:30.000",
        "1997-01-01T10:20:30Z, 1997-01-01T10:20:30.000",
        "infinity, infinity",
        "0044-03-15 BC, 0044-03-15 BC"
    })
    void timesHaveMillisecondsAndNoZone(String postgres, String cube) {
        assertThat(ResultValue.time(postgres)).isEqualTo(cube);
    }

    @Property(tries = 500)
    void aTimeIsCutToMillisecondsAndNothingElse(
            @ForAll @LongRange(min = 0, max = 4_102_444_800_000_000L) long micros) {
        LocalDateTime time =
                LocalDateTime.ofEpochSecond(
                        micros / 1_000_000, (int) (micros % 1_000_000) * 1_000, ZoneOffset.UTC);
        String postgres = postgres(time);
        String expected =
                DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS")
                        .format(time.truncatedTo(ChronoUnit.MILLIS));

        for (String zone : List.of("", "+00", "-08", "+05:45")) {
            assertThat(ResultValue.time(postgres + zone)).isEqualTo(expected);
        }
    }

    /** With as many digits as are needed. */
    private static String postgres(LocalDateTime time) {
        String text = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS").format(time);
        return text.replaceFirst("\\.?0+$", "").length() < 19
                ? text.substring(0, 19)
                : text.replaceFirst("\\.?0+$", "");
    }

    @Property(tries = 500)
    void whatIsNoTimeStaysAsItIs(@ForAll @StringLength(max = 9) String text) {
        assertThat(ResultValue.time(text)).isEqualTo(text);
    }
}
