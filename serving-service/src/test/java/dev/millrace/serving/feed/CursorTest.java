package dev.millrace.serving.feed;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

class CursorTest {

    @Property(tries = 300)
    void everyCursorIsReadAsItWasGiven(@ForAll("cursors") Cursor cursor) {
        assertThat(cursor.text()).matches("[A-Za-z0-9_-]+");
        assertThat(Cursor.parse(cursor.text())).hasValue(cursor);
    }

    @Property(tries = 500)
    void noTextAtAllBreaksIt(@ForAll String text) {
        assertThat(Cursor.parse(text)).isEmpty();
    }

    @Property(tries = 500)
    void oneCharacterMoreOrAnotherIsNoOtherFormOfTheSame(
            @ForAll("cursors") Cursor cursor, @ForAll("places") int place) {
        StringBuilder text = new StringBuilder(cursor.text());
        int at = place % text.length();
        text.setCharAt(at, text.charAt(at) == 'A' ? 'B' : 'A');

        assertThat(Cursor.parse(text.toString())).isNotEqualTo(Cursor.parse(cursor.text()));
        assertThat(Cursor.parse(cursor.text() + "=")).isEmpty();
        assertThat(Cursor.parse(cursor.text() + "A")).isEmpty();
    }

    @Provide
    Arbitrary<Integer> places() {
        return Arbitraries.integers().between(0, 10_000);
    }

    @Provide
    Arbitrary<Cursor> cursors() {
        Arbitrary<Long> numbers = Arbitraries.longs().between(0, 0xFFFF_FFFFL);
        Arbitrary<Long> versions = Arbitraries.longs().between(0, Long.MAX_VALUE - 10);
        Arbitrary<Cursor.Place> snapshots =
                Combinators.combine(
                                numbers,
                                versions,
                                numbers,
                                numbers,
                                Arbitraries.integers().between(0, 300))
                        .as(Cursor.Snapshot::new);
        Arbitrary<String> keys =
                Arbitraries.strings()
                        .withCharRange(' ', '\u024F')
                        .withChars('"', '\\')
                        .ofMaxLength(40);
        Arbitrary<Cursor.Place> changes =
                Combinators.combine(
                                versions,
                                Arbitraries.integers().between(0, 9),
                                keys.injectNull(0.3),
                                numbers)
                        .as(
                                (version, window, key, block) ->
                                        new Cursor.Changes(
                                                version,
                                                window == 0 ? 0 : version + window,
                                                key == null ? 0 : version + 1,
                                                key,
                                                block));
        return Combinators.combine(keys, numbers, Arbitraries.oneOf(snapshots, changes))
                .as(Cursor::new);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "[2,\"a.b\",1,\"c\",0,0,0,null,0]",
                "[1,\"a.b\",-1,\"c\",0,0,0,null,0]",
                "[1,\"a.b\",1,\"x\",0,0,0,null,0]",
                "[1,\"a.b\",1,\"c\",5,4,0,null,0]",
                "[1,\"a.b\",1,\"c\",5,0,5,\"k\",0]",
                "[1,\"a.b\",1,\"c\",5,0,6,null,0]",
                "[1,\"a.b\",1,\"c\",5,0,0,\"k\",0]",
                "[1,\"a.b\",1,\"c\",5,0,6,\"\\u0000\",0]",
                "[1,\"a.b\",1,\"c\",1.5,0,0,null,0]",
                "[1,\"a.b\",1,\"c\",99999999999999999999,0,0,null,0]",
                "[1,\"a.b\",1,\"c\",0,0,0,null,0,0]",
                "[1, \"a.b\",1,\"c\",0,0,0,null,0]",
                "[1,\"a.b\",1,\"s\",1,1,1,99999999999,0]",
                "[1,\"a.b\",1,\"s\",1,1,1,0,99999999]"
            })
    void whatIsNoPlaceIsRefused(String json) {
        assertThat(
                        Cursor.parse(
                                Base64.getUrlEncoder()
                                        .withoutPadding()
                                        .encodeToString(json.getBytes(StandardCharsets.UTF_8))))
                .isEmpty();
    }

    @Test
    void whatIsLongerThanAnyCursorIsNotLookedAt() {
        assertThat(Cursor.parse("A".repeat(1_000_000))).isEmpty();
    }
}
