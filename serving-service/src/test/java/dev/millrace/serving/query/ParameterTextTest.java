package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParameterTextTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    a = $1 AND b IN ($2, $13)      | a = ? AND b IN (?, ?)
                    a ? 'key' AND b = $1           | a ?? 'key' AND b = ?
                    a = 'what? $1' OR a = $1       | a = 'what? $1' OR a = ?
                    a = 'it''s?' OR a = $1         | a = 'it''s?' OR a = ?
                    a = E'\\'?' OR a = $1          | a = E'\\'?' OR a = ?
                    a = 'back\\' OR a = $1         | a = 'back\\' OR a = ?
                    "odd?""$1" = $1                | "odd?""$1" = ?
                    a = $$x ? $1$$ OR b = $1       | a = $$x ? $1$$ OR b = ?
                    a = $t$x $$ ? $t$ OR b = $1    | a = $t$x $$ ? $t$ OR b = ?
                    a$1 = $1                       | a$1 = ?
                    """)
    void onlyParametersBecomeQuestionMarks(String sql, String jdbc) {
        assertThat(ParameterText.toJdbc(sql)).isEqualTo(jdbc);
    }
}
