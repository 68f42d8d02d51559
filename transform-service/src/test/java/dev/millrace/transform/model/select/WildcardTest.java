package dev.millrace.transform.model.select;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WildcardTest {

    @ParameterizedTest
    @CsvSource({
        "orders, orders, true",
        "orders, Orders, false",
        "stg_*, stg_orders, true",
        "stg_*, stg_, true",
        "*_id, unique_orders_id, true",
        "*a*b*c, xaybzc, true",
        "*a*b*c, xaybz, false",
        "?rders, orders, true",
        "?rders, rders, false",
        "v[0-9], v3, true",
        "v[0-9], vx, false",
        "v[!0-9], vx, true",
        "v[!0-9], v3, false",
        "a[]]b, a]b, true",
        "a[b, a[b, true",
        "a[-x]b, a-b, true",
        "[ac-e], d, true",
        "[ac-e], b, false",
        "[e-a], c, false",
        "a.b, axb, false",
        "(a|b), a, false"
    })
    void aPatternMatchesAsInShells(String pattern, String text, boolean matches) {
        assertThat(Wildcard.matches(pattern, text)).isEqualTo(matches);
    }

    @Test
    void manyStarsTakeNoLongTime() {
        assertThat(Wildcard.matches("*a".repeat(500) + "b", "a".repeat(5_000))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "models/marts/orders.sql, models/marts/orders.sql, true",
        "./models//marts/orders.sql, models/marts/orders.sql, true",
        "models/*/orders.sql, models/marts/orders.sql, true",
        "models/*.sql, models/marts/orders.sql, false",
        "models/**/*.sql, models/marts/deep/orders.sql, true",
        "models/**/*.sql, models/orders.sql, true",
        "**/orders.sql, models/marts/orders.sql, true",
        "models/**, models/marts/orders.sql, false",
        "models/*/*/, models/marts/orders.sql, false",
        "models/marts, models/marts/orders.sql, false"
    })
    void aPatternOfPathsMatchesFiles(String pattern, String file, boolean matches) {
        assertThat(PathPattern.of(pattern).matchesFile(file)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({
        "models, models, true",
        "models/, models, true",
        "models/**, models, true",
        "models/**, models/marts/deep, true",
        "m*, models, true",
        "., '', true",
        "models/*, models, false"
    })
    void aPatternOfPathsMatchesDirectories(String pattern, String directory, boolean matches) {
        assertThat(PathPattern.of(pattern).matchesDirectory(directory)).isEqualTo(matches);
    }
}
