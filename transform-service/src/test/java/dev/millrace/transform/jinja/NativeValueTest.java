package dev.millrace.transform.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NativeValueTest {

    /** Expected values as Python's {@code repr} of what {@code ast.literal_eval} gives. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '^',
            textBlock =
                    """
                    1                       @ 1
                    -1                      @ -1
                    + 5                     @ 5
                    1_000                   @ 1000
                    0                       @ 0
                    00                      @ 0
                    0x1F                    @ 31
                    0b101                   @ 5
                    1.5                     @ 1.5
                    -.5                     @ -0.5
                    1.                      @ 1.0
                    1e3                     @ 1000.0
                    99999999999999999999    @ 99999999999999999999
                    'a'                     @ 'a'
                    "it's"                  @ "it's"
                    'a' "b"                 @ 'ab'
                    'a\\n'                  @ 'a\\n'
                    True                    @ True
                    None                    @ None
                    [1, 'a', None,]         @ [1, 'a', None]
                    []                      @ []
                    (1,)                    @ (1,)
                    ()                      @ ()
                    (1)                     @ 1
                    1, 2                    @ (1, 2)
                    {'a': [1, {'b': ()}]}   @ {'a': [1, {'b': ()}]}
                    {1, 2}                  @ {1, 2}
                    {}                      @ {}
                    [ 1 , 2 ]               @ [1, 2]
                    """)
    void aLiteralGivesItsValue(String text, String expected) {
        assertThat(Representation.of(NativeValue.of(text))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "abc",
                "true",
                "none",
                "01",
                "1 2",
                "[1",
                "[1 2]",
                "(1",
                "{1: }",
                "{1: 2, 3}",
                "'a",
                "Truex",
                "2024-01-01",
                "1.2.3",
                "0x",
                "--1",
                "[,]",
                "{[1]: 2}",
                "a, b",
                "$1",
                "'\\x'",
                "1 + 1",
                "f()",
                "1__0",
                "1_"
            })
    void otherTextStaysAsItIs(String text) {
        assertThat(NativeValue.of(text)).isEqualTo(text);
    }
}
