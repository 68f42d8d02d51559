package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
}
