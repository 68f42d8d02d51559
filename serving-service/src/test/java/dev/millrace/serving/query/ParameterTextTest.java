package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

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

    /** Pieces of SQL, each whole in itself, with what JDBC is to be sent. */
    private static final List<List<String>> PIECES =
            List.of(
                    List.of(" $1 ", " ? "),
                    List.of(" $12,", " ?,"),
                    List.of(" a ", " a "),
                    List.of(" ? ", " ?? "),
                    List.of(" @? ", " @?? "),
                    List.of(" 'it''s $1 ?' ", " 'it''s $1 ?' "),
                    List.of(" e'\\' $1 ?' ", " e'\\' $1 ?' "),
                    List.of(" 'back\\' ", " 'back\\' "),
                    List.of(" \"$2 \"\" ?\" ", " \"$2 \"\" ?\" "),
                    List.of(" $$ ' $1 ? $$ ", " $$ ' $1 ? $$ "),
                    List.of(" $a_1$ $$ \" ? $a_1$ ", " $a_1$ $$ \" ? $a_1$ "),
                    List.of(" a$1 ", " a$1 "),
                    List.of(" $\u0661 ", " $\u0661 "),
                    List.of("\n", "\n"));

    @Property(tries = 500)
    void piecesAreTurnedWhateverStandsBesideThem(
            @ForAll @Size(max = 20) List<@IntRange(max = 13) Integer> order) {
        StringBuilder sql = new StringBuilder();
        StringBuilder jdbc = new StringBuilder();
        for (int piece : order) {
            sql.append(PIECES.get(piece).getFirst());
            jdbc.append(PIECES.get(piece).getLast());
        }

        assertThat(ParameterText.toJdbc(sql.toString())).isEqualTo(jdbc.toString());
    }

    @Property(tries = 500)
    void anyTextIsReadToItsEnd(
            @ForAll @CharRange(from = '!', to = '~') @StringLength(max = 40) String text) {
        String jdbc = ParameterText.toJdbc(text);

        assertThat(jdbc.replace("?", "")).hasSizeLessThanOrEqualTo(text.length());
        assertThat(jdbc.length()).isLessThanOrEqualTo(2 * text.length());
    }
}
