package dev.millrace.transform.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

class RowDifferenceTest {

    private static final List<String> COLUMNS = List.of("id", "name");

    private static RowDifference between(List<List<Object>> expected, List<List<Object>> actual) {
        return RowDifference.between(COLUMNS, expected, actual);
    }

    private static List<Object> row(@Nullable Object... values) {
        return new ArrayList<>(Arrays.asList(values));
    }

    @Test
    void theSameRowsInAnotherOrderAreNoDifference() {
        assertThat(
                        between(
                                        List.of(row(1, "a"), row(2, null)),
                                        List.of(row(2, null), row(1, "a")))
                                .isEmpty())
                .isTrue();
    }

    @Test
    void aRowThatComesTwiceIsExpectedTwice() {
        assertThat(between(List.of(row(1, "a")), List.of(row(1, "a"), row(1, "a"))).table())
                .isEqualTo("@@  | id | name\n+++ | 1  | a");
    }

    @Test
    void numbersAreTheSameWhateverTheirScale() {
        assertThat(
                        between(
                                        List.of(row(new BigDecimal("4.5"), "a")),
                                        List.of(row(new BigDecimal("4.50"), "a")))
                                .isEmpty())
                .isTrue();
    }

    @Test
    void noValueIsNotAnEmptyText() {
        assertThat(between(List.of(row(1, null)), List.of(row(1, ""))).table())
                .isEqualTo("@@ | id | name\n→  | 1  | NULL→");
    }

    @Test
    void changedMissingAndUnexpectedRowsAreShown() {
        assertThat(
                        between(
                                        List.of(row(1, "a"), row(2, "b"), row(3, "c")),
                                        List.of(row(1, "a"), row(2, "x\ny"), row(7, "z")))
                                .table())
                .isEqualTo(
                        """
                        @@  | id | name
                        →   | 2  | b→x y
                        --- | 3  | c
                        +++ | 7  | z\
                        """);
    }

    @Test
    void onlySomeOfManyRowsAreShown() {
        List<List<Object>> many = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            many.add(row(i, "x".repeat(1_000)));
        }

        assertThat(between(List.of(), many).table().lines())
                .hasSize(52)
                .last()
                .isEqualTo("… and 950 more rows that differ");
        assertThat(between(List.of(), many).table().length()).isLessThan(5_000);
    }
}
