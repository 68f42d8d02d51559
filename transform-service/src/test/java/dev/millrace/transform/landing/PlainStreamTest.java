package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlainStreamTest {

    @Test
    void plainJsonBecomesARowWithTopicPartitionAndOffsetAsItsIdentity() {
        try (LandingStage stage = LandingStage.plain(1)) {
            stage.start();

            stage.click(
                    """
                    {"user": {"name": "Ada", "age": 36}, "tags": ["a", 1], "paid": true,
                     "price": 12.50, "at": "2026-01-02T03:04:05.678901+01:00"}\
                    """,
                    "[1, 2]");
            stage.awaitRows("click", 2);

            assertThat(
                            stage.one(
                                    """
                                    SELECT (_mr_id, user__name, user__age, tags, paid, price, at)::text
                                    FROM $S.click ORDER BY _mr_id\
                                    """))
                    .isEqualTo(
                            "[(%1$s-0-0,Ada,36,\"[\"\"a\"\", 1]\",t,12.50,\"2026-01-02"
                                            .formatted(stage.clicks())
                                    + " 02:04:05.678901+00\"), (%1$s-0-1,,,,,,)]"
                                            .formatted(stage.clicks()));
            assertThat(stage.one("SELECT value::text FROM $S.click WHERE value IS NOT NULL"))
                    .isEqualTo("[[1, 2]]");
        }
    }
}
