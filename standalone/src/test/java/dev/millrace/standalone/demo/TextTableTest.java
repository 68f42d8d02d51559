package dev.millrace.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

class TextTableTest {

    @Test
    void numbersStandAtTheRightAndWordsAtTheLeft() {
        TextTable table =
                new TextTable(
                        List.of("city", "count"),
                        List.of(List.of("München", "7"), List.of("Köln", "12")));

        assertThat(table.lines(10))
                .containsExactly(
                        "city     count", //
                        "───────  ─────",
                        "München      7",
                        "Köln        12");
    }

    @Test
    void saysHowManyRowsItLeavesOut() {
        TextTable table =
                new TextTable(List.of("n"), List.of(List.of("1"), List.of("2"), List.of("3")));

        assertThat(table.lines(1)).endsWith("1", "… 2 more rows");
        assertThat(table.lines(3)).noneMatch(line -> line.contains("more"));
    }

    @Test
    void anEmptyTableIsItsHeader() {
        assertThat(new TextTable(List.of("a", "bc"), List.of()).lines(5))
                .containsExactly("a  bc", "─  ──");
    }

    @Test
    void aColumnWithOneWordIsNotNumeric() {
        TextTable table =
                new TextTable(List.of("v"), List.of(List.of("10.50"), List.of("unknown")));

        assertThat(table.lines(5)).contains("10.50");
    }

    @Test
    void linesDoNotEndInBlanks() {
        TextTable table =
                new TextTable(List.of("a", "b"), List.of(List.of("x", ""), List.of("y", "zz")));

        assertThat(table.lines(5)).noneMatch(line -> line.endsWith(" "));
    }

    @Test
    void widthsAreThoseOfTheRowsThatAreShown() {
        TextTable table =
                new TextTable(List.of("w"), List.of(List.of("ab"), List.of("a very long word")));

        assertThat(table.lines(1)).containsExactly("w", "──", "ab", "… 1 more rows");
    }
}
