package dev.millrace.contracts.warehouse;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlTextTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'a'",
                "''",
                "'it''s'",
                "'a\\'",
                "'a \"b'",
                "\"a \"\"b\"\" 'c'\"",
                "$$a 'b' $$",
                "$q$ $$ $x$ $q$",
                "$_1$a$_1$",
                "$ä$a$ä$"
            })
    void aQuotedPieceEndsBehindItsLastCharacter(String quoted) {
        assertThat(SqlText.endOfQuote(quoted + " x", 0)).isEqualTo(quoted.length());
        assertThat(SqlText.endOfQuote("(" + quoted + ")", 1)).isEqualTo(quoted.length() + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "it's", "'", "a\\b", "\\'", "'\\"})
    void textThatIsQuotedEndsWithItsQuote(String text) {
        String literal = SqlText.literal(text);

        assertThat(SqlText.endOfQuote(literal, literal.indexOf("'"))).isEqualTo(literal.length());
    }

    @Test
    void textIsQuotedSoThatBackslashesAreWhatTheyAre() {
        assertThat(SqlText.literal("it's")).isEqualTo("'it''s'");
        assertThat(SqlText.literal("a\\b'")).isEqualTo("E'a\\\\b'''");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'a", "\"a", "'a''", "$$a$", "$q$ $Q$", "'"})
    void aQuoteThatIsNeverClosedEndsNowhere(String sql) {
        assertThat(SqlText.endOfQuote(sql, 0)).isEqualTo(SqlText.UNCLOSED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a'b'", "$1", "$", "$1$ $1$", "$a b$", "(", " 'a'"})
    void whereNoQuoteBeginsIsItsOwnEnd(String sql) {
        assertThat(SqlText.endOfQuote(sql, 0)).isZero();
    }

    @Test
    void aBackslashHidesAQuoteInAnEscapeStringOnly() {
        assertThat(SqlText.endOfQuote("E'a\\'b' x", 1)).isEqualTo(7);
        assertThat(SqlText.endOfQuote("e'\\\\' x", 1)).isEqualTo(5);
        assertThat(SqlText.endOfQuote("(E'\\'' x", 2)).isEqualTo(6);
        assertThat(SqlText.endOfQuote("'a\\' b'", 0)).isEqualTo(4);
        assertThat(SqlText.endOfQuote("type'a\\' b'", 4)).isEqualTo(8);
        assertThat(SqlText.endOfQuote("äe'a\\' b'", 2)).isEqualTo(6);
        assertThat(SqlText.endOfQuote("E'a\\", 1)).isEqualTo(SqlText.UNCLOSED);
    }

    @Test
    void aDollarInsideAWordOpensNoQuote() {
        assertThat(SqlText.endOfQuote("a$$b$$", 1)).isEqualTo(1);
        assertThat(SqlText.endOfQuote("é$$b$$", 1)).isEqualTo(1);
        assertThat(SqlText.endOfQuote("(a)$$b$$", 3)).isEqualTo(8);
    }

    @Test
    void commentsEndWithTheLineOrWhereTheyAreClosed() {
        assertThat(SqlText.endOfComment("-- a\nb", 0)).isEqualTo(4);
        assertThat(SqlText.endOfComment("-- a\rb", 0)).isEqualTo(4);
        assertThat(SqlText.endOfComment("-- a", 0)).isEqualTo(4);
        assertThat(SqlText.endOfComment("/* a */b", 0)).isEqualTo(7);
        assertThat(SqlText.endOfComment("/* /* a */ */b", 0)).isEqualTo(13);
        assertThat(SqlText.endOfComment("/* /* a */ b", 0)).isEqualTo(SqlText.UNCLOSED);
        assertThat(SqlText.endOfComment("/*/", 0)).isEqualTo(SqlText.UNCLOSED);
        assertThat(SqlText.endOfComment("- a", 0)).isZero();
        assertThat(SqlText.endOfComment("", 0)).isZero();
    }

    @Test
    void aWordGoesOnThroughLettersDigitsAndDollars() {
        assertThat(SqlText.continuesWord("a$1", 1)).isTrue();
        assertThat(SqlText.continuesWord("1$1", 1)).isTrue();
        assertThat(SqlText.continuesWord("_$1", 1)).isTrue();
        assertThat(SqlText.continuesWord("$1", 0)).isFalse();
        assertThat(SqlText.continuesWord("=$1", 1)).isFalse();
    }

    @Property(tries = 200)
    void whateverIsQuotedEndsAtItsEnd(@ForAll String value) {
        String literal = "'" + value.replace("'", "''") + "'";
        String identifier = RelationName.quote(value);

        assertThat(SqlText.endOfQuote(literal + " x", 0)).isEqualTo(literal.length());
        assertThat(SqlText.endOfQuote(identifier + " x", 0)).isEqualTo(identifier.length());
    }

    @Property(tries = 200)
    void everyPlaceHasAnEndWithinTheText(@ForAll("quotesAndComments") String sql) {
        for (int at = 0; at < sql.length(); at++) {
            assertThat(SqlText.endOfQuote(sql, at)).isBetween(-1, sql.length());
            assertThat(SqlText.endOfComment(sql, at)).isBetween(-1, sql.length());
        }
    }

    @Provide
    Arbitrary<String> quotesAndComments() {
        return Arbitraries.strings().withChars("'\"$\\-/*eEq1 \n\r;ä").ofMaxLength(40);
    }
}
